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
import { Client, type Request } from './transport/client';
import { toNodeError } from './transport/errors';
import type { Document, PersonaObject } from './transport/jsonApi';
import { simplified } from './transport/output';
import { cursorOf, pages } from './transport/pages';
import { located } from './engine/values';

/** Somebody waits in front of the editor, so an outage is reported soon. */
const PATIENCE = { tries: 2, timeout: 15_000 };

const PAGE_SIZE = 50;

type Send = (request: Omit<Request, 'method'>) => Promise<Document>;

/** Reads from Persona; `refused` is what a key without the permission is told. */
async function reader(
	context: ILoadOptionsFunctions,
	permission: string,
	refused?: string,
): Promise<Send> {
	const client = await Client.of(context, PATIENCE);
	return async (request) => {
		const answer = await client.answer({ ...request, method: 'GET' });
		if (answer.statusCode === 200) return answer.body as Document;
		if (answer.statusCode === 404) return { data: [] };
		if (answer.statusCode === 403 && refused) {
			throw new NodeOperationError(context.getNode(), refused, {
				description: 'Persona lets only keys of a production environment read templates.',
			});
		}
		throw toNodeError(context.getNode(), answer, { permission: `${permission}.read` });
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

/** What Persona finds by: an ID of the object or of its account, else your own reference ID. */
function requestFor({ path, prefix }: Searchable, text: string, after?: string) {
	const page = { size: PAGE_SIZE, ...(after && { after }) };
	if (text.startsWith(prefix)) return { path: `${path}/${encodeURIComponent(text)}` };
	if (text === '') return { path, query: { page } };
	const key = text.startsWith(accounts.prefix) ? 'account-id' : 'reference-id';
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
				name: searchable.name(simplified(object)),
				value: object.id,
			})),
			paginationToken: links?.next ? cursorOf(links.next, objects) : undefined,
		};
	};

/** Persona cannot find templates by name, so all of them are read when one is looked for. */
async function searchInquiryTemplates(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const send = await reader(
		this,
		'inquiry_template',
		"This API key cannot list inquiry templates: choose 'By ID' and paste the ID from the Persona dashboard",
	);
	const wanted = filter.trim().toLowerCase();
	const results = [];
	for await (const { object } of pages(
		send,
		{ method: 'GET', path: '/inquiry-templates' },
		Infinity,
	)) {
		const { name, status } = simplified(object);
		const text = label(name ?? object.id, status === 'active' ? undefined : status);
		if (`${text} ${object.id}`.toLowerCase().includes(wanted)) {
			results.push({ name: text, value: object.id });
		}
	}
	return { results };
}

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

function columnsOf(owner?: PersonaObject): ResourceMapperFields {
	const schemas = (owner?.attributes?.['field-schemas'] ?? []) as unknown as FieldSchema[];
	const inUse = schemas.filter(
		({ config }) => !config?.['archived-at'] && !config?.['deactivated-at'],
	);
	return {
		fields: inUse.map(columnOf),
		emptyFieldsNotice:
			"Persona has no fields here; choose 'Using JSON' to give values all the same",
	};
}

/** The ID that a parameter holds in the editor, where an expression has no value yet. */
function chosen(context: ILoadOptionsFunctions, parameter: string): string | undefined {
	const value = located(context.getCurrentNodeParameter(parameter));
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
		`Choose ${what} first, as a fixed value; with an expression choose 'Using JSON'`,
	);
}

/** The fields of the template that an inquiry is made from, or was. */
async function inquiryFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const send = await reader(
		this,
		'inquiry',
		"This API key cannot read the fields of a template: choose 'Using JSON' and give them by their keys",
	);
	const inquiry = chosen(this, 'inquiryId');
	if (inquiry) return columnsOf(await schemasOf(send, `/inquiries/${inquiry}`, 'inquiry-template'));
	const template = chosen(this, 'inquiryTemplateId') ?? ask(this, 'an inquiry or a template');
	return columnsOf(await schemasOf(send, `/inquiry-templates/${template}`));
}

/** The fields of the account type that an account has, or will have. */
async function accountFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const send = await reader(this, 'account_type');
	const account = chosen(this, 'accountId');
	if (account) return columnsOf(await schemasOf(send, `/accounts/${account}`, 'account-type'));
	const type = chosen(this, 'accountTypeId') ?? ask(this, 'an account or an account type');
	return columnsOf(await schemasOf(send, `/account-types/${type}`));
}

/** What n8n calls while a node is set up, by the names that the table uses. */
export const pickers = {
	listSearch: {
		searchAccounts: search(accounts),
		searchInquiries: search(inquiries),
		searchInquiryTemplates,
		searchReports: search(reports),
	},
	resourceMapping: { accountFields, inquiryFields },
};
