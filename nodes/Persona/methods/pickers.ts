import type {
	FieldType,
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodePropertyOptions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { Client, type ApiRequest } from '../transport/client';
import { toNodeError } from '../transport/errors';
import { EDITOR_RETRY_POLICY } from '../transport/retryPolicies';
import type { JsonApiDocument, PersonaObject } from '../transport/jsonApi';
import { simplifyObject } from '../transport/simplify';
import { getNextCursor, paginate } from '../transport/pagination';
import { unwrapLocator, toParameterName } from '../engine/values';

const PAGE_SIZE = 50;

type Send = (request: Omit<ApiRequest, 'method'>) => Promise<JsonApiDocument>;

/** Reads from Persona; `refused` is what a key without the permission is told. */
async function reader(
	context: ILoadOptionsFunctions,
	permission?: string,
	refused?: string,
): Promise<Send> {
	const client = await Client.create(context, EDITOR_RETRY_POLICY);
	return async (request) => {
		const answer = await client.request({ ...request, method: 'GET' });
		if (answer.statusCode === 200) return answer.body as JsonApiDocument;
		if (answer.statusCode === 404) return { data: [] };
		if (answer.statusCode === 403 && refused) {
			throw new NodeOperationError(context.getNode(), refused, {
				description: 'Persona lets only keys of a production environment read templates.',
			});
		}
		throw toNodeError(context.getNode(), answer, {
			permission: permission && `${permission}.read`,
		});
	};
}

const fullName = (...names: unknown[]) => names.filter((name) => name).join(' ') || undefined;

const day = (time: unknown) => (typeof time === 'string' ? time.slice(0, 10) : undefined);

const label = (...parts: unknown[]) => parts.filter((part) => part).join(' · ');

interface Searchable {
	path: string;
	/** What the IDs begin with. */
	prefix: string;
	permission: string;
	/** What a person recognises an object by. */
	name: (object: IDataObject) => string;
	/** Persona cannot find these by the account that they belong to. */
	withoutAccount?: true;
}

const inquiries: Searchable = {
	path: '/inquiries',
	prefix: 'inq_',
	permission: 'inquiry',
	name: ({ id, referenceId, status, createdAt, fields }) => {
		const { 'name-first': first, 'name-last': last } = (fields ?? {}) as IDataObject;
		return label(referenceId ?? fullName(first, last) ?? id, status, day(createdAt));
	},
};

const accounts: Searchable = {
	path: '/accounts',
	prefix: 'act_',
	permission: 'account',
	name: ({ id, referenceId, accountTypeName, createdAt, fields }) => {
		const { first, last } = ((fields as IDataObject | undefined)?.name ?? {}) as IDataObject;
		return label(referenceId ?? fullName(first, last) ?? id, accountTypeName, day(createdAt));
	},
};

const reports: Searchable = {
	path: '/reports',
	prefix: 'rep_',
	permission: 'report',
	name: ({ id, type, status, createdAt }) =>
		label(String(type).replace('report/', ''), status, day(createdAt), id),
};

const cases: Searchable = {
	path: '/cases',
	prefix: 'case_',
	permission: 'case',
	name: ({ id, name, status, createdAt }) => label(name ?? id, status, day(createdAt)),
};

const transactions: Searchable = {
	path: '/transactions',
	prefix: 'txn_',
	permission: 'txn',
	withoutAccount: true,
	name: ({ id, referenceId, status, createdAt }) =>
		label(referenceId ?? id, status, day(createdAt)),
};

/** What Persona finds by: an ID of the object or of its account, else your own reference ID. */
function requestFor({ path, prefix, withoutAccount }: Searchable, text: string, after?: string) {
	const page = { size: PAGE_SIZE, ...(after && { after }) };
	if (text.startsWith(prefix)) return { path: `${path}/${encodeURIComponent(text)}` };
	if (text === '') return { path, query: { page } };
	const byAccount = text.startsWith(accounts.prefix) && !withoutAccount;
	const key = byAccount ? 'account-id' : 'reference-id';
	return { path, query: { page, filter: { [key]: text } } };
}

const search = (searchable: Searchable) =>
	async function (
		this: ILoadOptionsFunctions,
		filter?: string,
		paginationToken?: string,
	): Promise<INodeListSearchResult> {
		const send = await reader(this, searchable.permission);
		const { data, links } = await send(
			requestFor(searchable, filter?.trim() ?? '', paginationToken),
		);
		const objects = [data].flat();
		return {
			results: objects.map((object) => ({
				name: searchable.name(simplifyObject(object)),
				value: object.id,
			})),
			paginationToken: links?.next ? getNextCursor(links.next, objects) : undefined,
		};
	};

/** Objects that Persona finds by nothing but their ID; there are few of them. */
interface Named extends Pick<Searchable, 'path' | 'name'> {
	/** Where Persona documents one. */
	permission?: string;
	/** What a key without the permission is told. */
	refused?: string;
}

const inquiryTemplates: Named = {
	path: '/inquiry-templates',
	permission: 'inquiry_template',
	refused:
		"This API key cannot list inquiry templates: choose 'By ID' and paste the ID from the Persona dashboard",
	name: ({ id, name, status }) => label(name ?? id, status === 'active' ? undefined : status),
};

const lists: Named = {
	path: '/lists',
	permission: 'list',
	name: ({ name, type, status }) =>
		label(name, String(type).replace('list/', ''), status === 'active' ? undefined : status),
};

const themeSets: Named = {
	path: '/theme-sets',
	name: inquiryTemplates.name,
};

const webhooks: Named = {
	path: '/webhooks',
	permission: 'webhook',
	name: ({ name, url, status }) => label(name ?? url, status),
};

const apiKeys: Named = {
	path: '/api-keys',
	permission: 'api_key',
	name: ({ id, name, createdAt }) => label(name ?? id, day(createdAt)),
};

const connections: Named = {
	path: '/connect/connections',
	name: ({ sourceOrganizationId, destinationOrganizationId, status }) =>
		label(`${String(sourceOrganizationId)} → ${String(destinationOrganizationId)}`, status),
};

const shareTokens: Named = {
	path: '/connect/share-tokens',
	name: ({ id, direction, status, createdAt }) => label(direction, status, day(createdAt), id),
};

/** Reads all objects when one is looked for by a part of its name. */
const searchByName = ({ path, permission, refused, name }: Named) =>
	async function (this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
		const send = await reader(this, permission, refused);
		const wanted = filter.trim().toLowerCase();
		const results = [];
		for await (const { object } of paginate(send, { method: 'GET', path }, Infinity)) {
			const text = name(simplifyObject(object));
			if (`${text} ${object.id}`.toLowerCase().includes(wanted)) {
				results.push({ name: text, value: object.id });
			}
		}
		return { results };
	};

/** A field of the customer's own, as Persona describes it. */
interface FieldSchema {
	type: string;
	key: string;
	label?: string | null;
	config?: {
		'archived-at'?: string | null;
		'deactivated-at'?: string | null;
		options?: string[];
		'option-labels'?: string[];
	};
}

/** What a workflow asks for when it is run. */
interface WorkflowInput {
	name: string;
	/** In the words of JSON. */
	type: string | null;
	required: boolean;
}

/** The rest is text; a date is too, since n8n would add a time that Persona refuses. */
const TYPES: Record<string, FieldType> = {
	array: 'array',
	boolean: 'boolean',
	choices: 'options',
	datetime: 'dateTime',
	file: 'object',
	hash: 'object',
	integer: 'number',
	json: 'object',
	'multi-choices': 'array',
	number: 'number',
	object: 'object',
};

const optionsOf = ({ config }: FieldSchema): INodePropertyOptions[] =>
	(config?.options ?? []).map((value, index) => ({
		name: config?.['option-labels']?.[index] ?? value,
		value,
	}));

function columnOf(schema: FieldSchema): ResourceMapperField {
	const { key, type, label: given } = schema;
	const name = given || key;
	return {
		id: key,
		displayName: type === 'date' ? `${name} (YYYY-MM-DD)` : name,
		required: false,
		defaultMatch: false,
		display: true,
		type: TYPES[type] ?? 'string',
		...(type === 'choices' && { options: optionsOf(schema) }),
	};
}

const NO_FIELDS = "Persona returned no fields. Choose 'Using JSON' to enter values anyway.";

function columnsOf(owner?: PersonaObject): ResourceMapperFields {
	const schemas = (owner?.attributes?.['field-schemas'] ?? []) as unknown as FieldSchema[];
	const inUse = schemas.filter(
		({ config }) => !config?.['archived-at'] && !config?.['deactivated-at'],
	);
	return {
		fields: inUse.map(columnOf),
		emptyFieldsNotice: NO_FIELDS,
	};
}

/** The ID that a parameter holds in the editor, where an expression has no value yet. */
function chosen(context: ILoadOptionsFunctions, parameter: string): string | undefined {
	const value = unwrapLocator(context.getCurrentNodeParameter(parameter));
	return typeof value === 'string' && /^[\w-]+$/.test(value) ? value : undefined;
}

/** The description of the fields, which belongs to `id` or to an object that `id` points to. */
async function schemasOf(send: Send, path: string, related?: string) {
	const { data, included } = await send({ path, ...(related && { query: { include: related } }) });
	return related ? included?.find(({ type }) => type === related) : [data].flat()[0];
}

function ask(context: ILoadOptionsFunctions, what: string): never {
	throw new NodeOperationError(
		context.getNode(),
		`Choose ${what} first, as a fixed value. With an expression, choose 'Using JSON'.`,
	);
}

/** An object with a map of fields, and what describes those. */
interface Described {
	/** As Persona names the object. */
	object: string;
	path: string;
	/** As Persona names what the object is made from. */
	template: string;
	/** Both in the words of the panel. */
	choice: string;
	permission: string;
	/** What a key without the permission is told. */
	refused?: string;
}

/** The columns of an object: of the template that it was made from, or of the one it will be. */
const fieldsOf = ({ object, path, template, choice, permission, refused }: Described) =>
	async function (this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
		const send = await reader(this, permission, refused);
		const own = chosen(this, toParameterName(`${object}-id`));
		if (own) return columnsOf(await schemasOf(send, `${path}/${own}`, template));
		const id = chosen(this, toParameterName(`${template}-id`)) ?? ask(this, choice);
		return columnsOf(await schemasOf(send, `/${template}s/${id}`));
	};

const inquiryFields = fieldsOf({
	object: 'inquiry',
	path: inquiries.path,
	template: 'inquiry-template',
	choice: 'an inquiry or a template',
	permission: 'inquiry',
	refused:
		"This API key cannot read the fields of a template: choose 'Using JSON' and enter the values by field key",
});

const accountFields = fieldsOf({
	object: 'account',
	path: accounts.path,
	template: 'account-type',
	choice: 'an account or an account type',
	permission: 'account_type',
});

const caseFields = fieldsOf({
	object: 'case',
	path: cases.path,
	template: 'case-template',
	choice: 'a case or a case template',
	permission: 'case_template',
});

const transactionFields = fieldsOf({
	object: 'transaction',
	path: transactions.path,
	template: 'transaction-type',
	choice: 'a transaction or a transaction type',
	permission: transactions.permission,
});

/** The inputs of the version of a workflow that is live, else of the newest there is. */
async function workflowFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const send = await reader(this);
	const workflow = chosen(this, 'workflowId') ?? ask(this, 'a workflow');
	const query = { filter: { 'workflow-id': workflow }, page: { size: PAGE_SIZE } };
	const versions = [(await send({ path: '/workflow-versions', query })).data].flat();
	const version = versions.find(({ attributes }) => attributes?.live) ?? versions[0];
	const inputs = (version?.attributes?.inputs ?? []) as unknown as WorkflowInput[];
	return {
		fields: inputs.map(({ type, name, required }) => ({
			...columnOf({ type: type ?? 'string', key: name }),
			required,
		})),
		emptyFieldsNotice: NO_FIELDS,
	};
}

/** What n8n calls while a node is set up, by the names that the table uses. */
export const pickers = {
	listSearch: {
		searchAccounts: search(accounts),
		searchApiKeys: searchByName(apiKeys),
		searchCases: search(cases),
		searchConnections: searchByName(connections),
		searchInquiries: search(inquiries),
		searchInquiryTemplates: searchByName(inquiryTemplates),
		searchLists: searchByName(lists),
		searchReports: search(reports),
		searchShareTokens: searchByName(shareTokens),
		searchThemeSets: searchByName(themeSets),
		searchTransactions: search(transactions),
		searchWebhooks: searchByName(webhooks),
	},
	resourceMapping: { accountFields, caseFields, inquiryFields, transactionFields, workflowFields },
};
