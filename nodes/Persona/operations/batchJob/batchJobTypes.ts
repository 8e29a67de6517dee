import type { IDataObject } from 'n8n-workflow';
import { id, identifier, map, required, toggle } from '../../fields/kinds';
import type { Fields } from '../../fields/types';
import type { Variant } from '../../engine/types';

const buildRowFields = (columnsMethod: string, sample = '{"plan": "gold"}') =>
	map(
		'Fields',
		'Values to write, by field key, as a JSON object. Names are sent with _ instead of -, as Persona asks for in rows. What is not in it stays as it is',
		sample,
		columnsMethod,
	);

/** Persona fixes the attributes of a job that depend on each other, so a variant sets them together. */
const buildJob = (name: string, job: IDataObject, attributes: Fields): Variant => ({
	name,
	attributes,
	alignAttributes: (own) => ({ ...own, ...job }),
});

const referenceId = required(identifier('Reference ID', 'Your own ID of the account', 'user-42'));

const accountType = id(
	'Account Type',
	'acttp',
	'Type of the accounts, from Accounts > Types in the Persona dashboard. It decides which fields can be mapped.',
	'searchAccountTypes',
);

/** What an update needs; what Persona creates may be without fields of its own. */
const updateFields = { 'rows.fields': required(buildRowFields('accountFields')) };

const eventFields = {
	'emit-events': toggle(
		'Emit Events',
		'emit account.updated-fields, account.tag-added and account.tag-removed for these rows. Without them, no workflow or webhook starts. The rows are written either way.',
		{ default: true },
	),
};

/** All jobs that Persona accepts. The names are stored in workflows. */
export const batchJobTypes: Record<string, Variant> = {
	updateAccountsByReferenceId: buildJob(
		'Update Accounts by Reference ID',
		{ operation: 'update', object: 'account', 'lookup-field': 'reference_id' },
		{
			'rows.reference_id': referenceId,
			'account-type-id': { ...accountType, topLevel: true, columnsOnly: true },
			...updateFields,
			...eventFields,
		},
	),
	updateAccountsById: buildJob(
		'Update Accounts by ID',
		{ operation: 'update', object: 'account', 'lookup-field': 'token' },
		{
			'rows.token': required(id('Account', 'act', 'The account to update', 'searchAccounts')),
			'account-type-id': { ...accountType, topLevel: true, columnsOnly: true },
			...updateFields,
			...eventFields,
		},
	),
	upsertAccounts: buildJob(
		'Create or Update Accounts by Reference ID',
		{ operation: 'upsert', object: 'account', 'lookup-field': 'reference_id' },
		{
			'rows.reference_id': referenceId,
			'account-type-id': required(accountType),
			'rows.fields': buildRowFields('accountFields'),
			...eventFields,
		},
	),
	updateInquiries: buildJob(
		'Update Inquiries by ID',
		{ operation: 'update', object: 'inquiry', 'lookup-field': 'token' },
		{
			'rows.token': required(id('Inquiry', 'inq', 'The inquiry to update', 'searchInquiries')),
			'inquiry-template-id': {
				...id(
					'Inquiry Template',
					'itmpl',
					'Template of the inquiries. It only decides which fields can be mapped, and is not sent.',
					'searchInquiryTemplates',
				),
				...{ topLevel: true, columnsOnly: true },
			},
			'rows.fields': required(buildRowFields('inquiryFields', '{"name-first": "Jane"}')),
		},
	),
};
