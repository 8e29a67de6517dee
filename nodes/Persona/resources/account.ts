import { commaList, file, id, json, map, required, text, timeRange, words } from '../fields/kinds';
import type { Fields } from '../fields/types';
import type { Resource } from '../engine/types';
import { erase } from '../operations/erasure/erase';
import { previewErasure } from '../operations/erasure/previewErasure';
import { accountTypeId, referenceId } from './shared/accountFields';
import { buildDownloadOperation } from './shared/downloadOperation';
import { buildObjectIds, buildObjectOperations } from './shared/objects';
import { pathIds } from './shared/pathIds';
import { addressFields, personFields } from './shared/personFields';
import { relationFields } from './shared/relation';
import { buildSearch } from '../operations/search/buildSearch';
import { buildTagOperation, tagsField } from './shared/tags';

const attributes: Fields = {
	fields: map(
		'Fields',
		'Values by the field keys of the account type, as a JSON object',
		'{"plan": "gold"}',
		'accountFields',
	),
	...personFields,
	...addressFields,
	'account-status': text('Account Status', 'Name of the status to set', 'Default', {
		guarded: true,
		neverEmpty: true,
	}),
	'selfie-photo.data': file('Selfie Photo', 'Binary field that contains the picture of the face'),
	tags: tagsField,
};

const newAttributes: Fields = {
	'reference-id': { ...referenceId, topLevel: true },
	'account-type-id': { ...accountTypeId, topLevel: true },
	...attributes,
};

const objectIds = buildObjectIds(
	'authentications (only to add), documents, graph queries, inquiries, reports, report runs, SARs, selfies or verifications',
	['inq', 'rep', 'doc', 'grphq', 'self', 'ver'],
	100,
);

/** Accounts: everything known about one person or business. */
export const accounts: Resource = {
	name: 'Account',
	value: 'account',
	builderHint:
		'The record of a person or business, to which all their inquiries and reports belong',
	include: ['account-type'],
	permission: 'account',
	operations: {
		create: {
			name: 'Create',
			description:
				'Add a person or business that Persona does not know yet. If that is not certain, use Create or Update.',
			route: 'POST /accounts',
			attributes: newAttributes,
		},
		createOrUpdate: {
			name: 'Create or Update',
			description: 'Create a new record, or update the current one if it already exists (upsert)',
			route: 'POST /accounts',
			attributes: newAttributes,
			meta: {
				'upsert-by': required(
					text(
						'Match By',
						'Key of the field whose value finds the account: that of the reference ID, or of a field that is unique among the accounts of the type. The item needs a value for it.',
						'email-address',
						{ default: 'reference-id' },
					),
				),
			},
			requirements: [
				{ problem: "The field that 'Match By' names has no value", namedBy: 'upsert-by' },
			],
		},
		get: {
			name: 'Get',
			description:
				'Read what is known of a person or business: fields, status, tags and reference ID',
			route: 'GET /accounts/{account-id}',
		},
		getAll: {
			name: 'Get Many',
			description: 'List accounts, newest first, or find them by reference ID',
			route: 'GET /accounts',
			filter: {
				'reference-id': commaList(
					'Reference IDs',
					'Your own IDs of people or businesses, separated by commas. Blanks and invisible marks around it are removed.',
					'user-42, user-43',
					{ topLevel: true, format: 'identifier' },
				),
			},
			returns: 'list',
		},
		search: {
			name: 'Search',
			description: 'Find accounts by conditions on status, type, dates and searchable fields',
			route: 'POST /accounts/search',
			...buildSearch(
				{
					created_at: 'Created At',
					status: 'Status ID',
					type: 'Type ID',
					updated_at: 'Updated At',
				},
				'actst_ABC123',
				{ others: ['fields.*', 'identifiers.*'] },
			),
			returns: 'list',
		},
		update: {
			name: 'Update',
			description: 'Change fields, tags or the reference ID where the ID of the account is known',
			route: 'PATCH /accounts/{account-id}',
			attributes: { 'reference-id': referenceId, ...attributes },
		},
		redact: {
			name: 'Redact',
			description:
				'Permanently delete the personal data of an account and of everything that belongs to it',
			route: 'DELETE /accounts/{account-id}',
			irreversible:
				'Redacting deletes the personal data of the account and of all its inquiries, verifications and reports for good',
		},
		previewErasure: previewErasure(pathIds['account-id']),
		erase,
		...buildObjectOperations('account', '/accounts/{account-id}', objectIds),
		addRelation: {
			name: 'Add Relation',
			action: 'Add relation to account',
			description:
				'Connect it with another account or a transaction, e.g. a business with its owner',
			route: 'POST /accounts/{account-id}/add-relation',
			meta: relationFields,
		},
		removeRelation: {
			name: 'Remove Relation',
			action: 'Remove relation from account',
			description:
				'End the connection with another account or a transaction, e.g. when an owner has left',
			route: 'POST /accounts/{account-id}/remove-relation',
			meta: relationFields,
		},
		getRelations: {
			name: 'Get Many Relations',
			action: 'Get many relations of account',
			description:
				'List the accounts and transactions that an account is related to by one relation key',
			route: 'GET /accounts/{account-id}/relations',
			filter: {
				key: relationFields['relation-schema-key'],
				...timeRange('Related'),
			},
			returns: 'list',
			unpaged: true,
		},
		consolidate: {
			name: 'Consolidate',
			action: 'Consolidate accounts into one',
			description:
				'Move everything that belongs to other accounts to this one, and archive the others',
			route: 'POST /accounts/{account-id}/consolidate',
			meta: {
				'source-account-ids': required(
					words(
						'Source Account IDs',
						'IDs of the accounts to merge into this one, separated by commas or as a list',
						'act_ABC123, act_DEF456',
						{ idPrefix: 'act' },
					),
				),
			},
			irreversible:
				'Consolidating archives the source accounts for good; their attributes are not merged',
		},
		runAction: {
			name: 'Run Action',
			action: 'Run action on account',
			description: 'Start an action that the account type defines in Persona, with its parameters',
			route: 'POST /accounts/{account-id}/run-action',
			guarded: true,
			data: {
				'account-action-id': required(
					id(
						'Account Action',
						'accac',
						'The action to run, from the actions of the account type in the Persona dashboard',
					),
				),
				parameters: json(
					'Parameters',
					'Parameters of the action, as a JSON object',
					'{"amount": 100}',
					{ takesFiles: 'contentOnly' },
				),
			},
			noIncludeAndFields: true,
		},
		...buildDownloadOperation('account', '/accounts/{account-id}'),
		changeTags: buildTagOperation('account', '/accounts/{account-id}'),
	},
};
