import { identifier, map, number, required, text, expert } from '../fields/kinds';
import { buildPairRequirements } from '../engine/requirements';
import type { Fields } from '../fields/types';
import type { Resource } from '../engine/types';
import { buildDownloadOperation } from './shared/downloadOperation';
import { pathIds } from './shared/pathIds';
import { buildObjectIds, buildObjectOperations } from './shared/objects';
import { relationFields } from './shared/relation';
import { buildTagOperation, tagsField } from './shared/tags';

const fields = map(
	'Fields',
	'Values by the field keys of the transaction type, as a JSON object',
	'{"amount": 99.5, "currency": "USD"}',
	'transactionFields',
	'anyForm',
);

const referenceId = identifier(
	'Reference ID',
	'Your own ID of the transaction, such as an order number',
	'order-1234',
);

const label = text(
	'Label',
	'What the transaction turned out to be, as your models and reviews name it',
	'fraud',
);

// Responses to writes that set a label can include only the label, those to other writes nothing.
const writeIncludes = ['transaction-label'];

const readIncludes = ['related-objects', 'reviewer', 'transaction-label', 'transaction-type'];

const attributes: Fields = { fields, tags: tagsField };

const objectIds = buildObjectIds(
	'documents, inquiries, reports or verifications',
	['inq', 'rep', 'doc', 'ver'],
	100,
);

/** Transactions: payments, orders and other things that happen, with the risk they carry. */
export const transactions: Resource = {
	name: 'Transaction',
	value: 'transaction',
	builderHint:
		'Something that the customer of an organization does, such as a payment, for Persona to judge',
	permission: 'txn',
	operations: {
		create: {
			name: 'Create',
			description:
				'Record a payment or another event to check. If one with this reference ID already exists, Persona returns that one.',
			route: 'POST /transactions',
			attributes: {
				'transaction-type-id': required(pathIds['transaction-type-id']),
				'reference-id': { ...referenceId, topLevel: true },
				...attributes,
			},
		},
		get: {
			name: 'Get',
			description: 'Read the status, fields and label of one transaction',
			route: 'GET /transactions/{transaction-id}',
			include: readIncludes,
		},
		getAll: {
			name: 'Get Many',
			description: 'List transactions, newest first, by reference ID, type or an identifier',
			route: 'GET /transactions',
			filter: {
				'reference-id': referenceId,
				'transaction-type-id': pathIds['transaction-type-id'],
				'identifier.key': text(
					'Identifier Key',
					'Key of a field that identifies transactions. Requires an identifier value.',
					'order_number',
				),
				'identifier.value': text(
					'Identifier Value',
					'Value of the field with the identifier key',
					'A-1234',
				),
			},
			requirements: buildPairRequirements(
				"'Identifier Key' and 'Identifier Value' belong together",
				'identifier.key',
				'identifier.value',
			),
			returns: 'list',
		},
		update: {
			name: 'Update',
			description: 'Change the fields, status, label, reference ID or tags of a transaction',
			route: 'PATCH /transactions/{transaction-id}',
			attributes: {
				...attributes,
				label: { ...label, guarded: true },
				'reference-id': referenceId,
				status: text('Status', 'Name of the status to set', 'approved', {
					guarded: true,
					neverEmpty: true,
				}),
			},
			include: writeIncludes,
		},
		redact: {
			name: 'Redact',
			description:
				'Permanently delete the personal data of a transaction and of everything that belongs to it',
			route: 'DELETE /transactions/{transaction-id}',
			irreversible:
				'Redacting deletes the personal data of the transaction and of everything that belongs to it, for good',
		},
		redactBiometrics: {
			name: 'Redact Biometrics',
			action: 'Redact biometrics of transaction',
			description:
				'Permanently delete the biometric data of a transaction and of its related objects',
			route: 'POST /transactions/{transaction-id}/redact-biometrics',
			irreversible:
				'Redacting deletes the biometric data of the transaction and of all its related objects for good',
		},
		label: {
			name: 'Label',
			description: 'Record what a transaction turned out to be, with the score of your model',
			route: 'POST /transactions/{transaction-id}/label',
			meta: {
				label: required(label),
				score: number('Score', 'Confidence of your model in the label, as a number, e.g. 0.92'),
				'model-version': expert(text('Model Version', 'Version of your model', '2025-06-30')),
			},
			include: writeIncludes,
			guarded: true,
		},
		...buildObjectOperations('transaction', '/transactions/{transaction-id}', objectIds),
		addRelation: {
			name: 'Add Relation',
			action: 'Add relation to transaction',
			description:
				'Relate a transaction to an account or another transaction, unless it is related already',
			route: 'POST /transactions/{transaction-id}/add-relation',
			meta: relationFields,
		},
		removeRelation: {
			name: 'Remove Relation',
			action: 'Remove relation from transaction',
			description: 'Remove the relation between a transaction and another object, if there is one',
			route: 'POST /transactions/{transaction-id}/remove-relation',
			meta: relationFields,
		},
		...buildDownloadOperation('transaction', '/transactions/{transaction-id}', ['related-objects']),
		changeTags: buildTagOperation('transaction', '/transactions/{transaction-id}'),
	},
};
