import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { PersonaObject } from '../transport/jsonApi';
import { getNextCursor, paginate } from '../transport/pagination';
import { simplifyObject } from '../transport/simplify';
import { getRecords } from '../utils/isRecord';
import {
	createEditorReader,
	EDITOR_PAGE_SIZE,
	readChosenId,
	type EditorPermission,
} from './editorReader';

/** Objects that Persona cannot search; there are few of them, so all are read. */
interface ListedType extends EditorPermission {
	path: string;
	/** Formats a simplified object so that a person recognizes it. */
	formatName: (object: IDataObject) => string;
}

/** Objects that Persona finds by their ID or by a filter. */
interface SearchableType extends ListedType {
	/** What the IDs begin with. */
	prefix: string;
	/** Persona cannot find the objects by the account that they belong to. */
	withoutAccount?: true;
}

const ACCOUNT_PREFIX = 'act_';

const formatFullName = (...names: unknown[]) => names.filter((name) => name).join(' ') || undefined;

const formatDay = (time: unknown) => (typeof time === 'string' ? time.slice(0, 10) : undefined);

const joinParts = (...parts: unknown[]) => parts.filter((part) => part).join(' · ');

/** Omits `active`, since that is what a user expects. */
const formatStatus = (status: unknown) => (status === 'active' ? undefined : status);

const inquiries: SearchableType = {
	path: '/inquiries',
	prefix: 'inq_',
	permission: 'inquiry',
	formatName: ({ id, referenceId, status, createdAt, fields }) => {
		const { 'name-first': first, 'name-last': last } = (fields ?? {}) as IDataObject;
		const name = referenceId ?? formatFullName(first, last) ?? id;
		return joinParts(name, status, formatDay(createdAt));
	},
};

const accounts: SearchableType = {
	path: '/accounts',
	prefix: ACCOUNT_PREFIX,
	permission: 'account',
	formatName: ({ id, referenceId, accountTypeName, createdAt, fields }) => {
		const { first, last } = ((fields as IDataObject | undefined)?.name ?? {}) as IDataObject;
		const name = referenceId ?? formatFullName(first, last) ?? id;
		return joinParts(name, accountTypeName, formatDay(createdAt));
	},
};

const reports: SearchableType = {
	path: '/reports',
	prefix: 'rep_',
	permission: 'report',
	formatName: ({ id, type, status, createdAt }) =>
		joinParts(String(type).replace('report/', ''), status, formatDay(createdAt), id),
};

const cases: SearchableType = {
	path: '/cases',
	prefix: 'case_',
	permission: 'case',
	formatName: ({ id, name, status, createdAt }) =>
		joinParts(name ?? id, status, formatDay(createdAt)),
};

const transactions: SearchableType = {
	path: '/transactions',
	prefix: 'txn_',
	permission: 'txn',
	withoutAccount: true,
	formatName: ({ id, referenceId, status, createdAt }) =>
		joinParts(referenceId ?? id, status, formatDay(createdAt)),
};

const inquiryTemplates: ListedType = {
	path: '/inquiry-templates',
	permission: 'inquiry_template',
	deniedMessage:
		"This API key cannot list inquiry templates: choose 'By ID' and paste the ID from the Persona dashboard",
	formatName: ({ id, name, status }) => joinParts(name ?? id, formatStatus(status)),
};

const lists: ListedType = {
	path: '/lists',
	permission: 'list',
	formatName: ({ name, type, status }) =>
		joinParts(name, String(type).replace('list/', ''), formatStatus(status)),
};

const themeSets: ListedType = {
	path: '/theme-sets',
	formatName: inquiryTemplates.formatName,
};

const webhooks: ListedType = {
	path: '/webhooks',
	permission: 'webhook',
	formatName: ({ name, url, status }) => joinParts(name ?? url, status),
};

const apiKeys: ListedType = {
	path: '/api-keys',
	permission: 'api_key',
	formatName: ({ id, name, createdAt }) => joinParts(name ?? id, formatDay(createdAt)),
};

const connections: ListedType = {
	path: '/connect/connections',
	formatName: ({ sourceOrganizationId, destinationOrganizationId, status }) =>
		joinParts(`${String(sourceOrganizationId)} → ${String(destinationOrganizationId)}`, status),
};

const shareTokens: ListedType = {
	path: '/connect/share-tokens',
	formatName: ({ id, direction, status, createdAt }) =>
		joinParts(direction, status, formatDay(createdAt), id),
};

/** Searches by the ID of the account; any other text is treated as a reference ID. */
function buildSearchRequest(
	{ path, withoutAccount }: SearchableType,
	text: string,
	after?: string,
) {
	const page = { size: EDITOR_PAGE_SIZE, ...(after && { after }) };
	if (text === '') return { path, query: { page } };
	const byAccount = text.startsWith(ACCOUNT_PREFIX) && !withoutAccount;
	const key = byAccount ? 'account-id' : 'reference-id';
	return { path, query: { page, filter: { [key]: text } } };
}

/** Creates a method that lets Persona search, and returns one page at a time. */
const createSearch = (searchable: SearchableType) =>
	async function (
		this: ILoadOptionsFunctions,
		filter?: string,
		paginationToken?: string,
	): Promise<INodeListSearchResult> {
		const reader = await createEditorReader(this, searchable);
		const text = filter?.trim() ?? '';
		const toResult = (object: PersonaObject) => ({
			name: searchable.formatName(simplifyObject(object)),
			value: object.id,
		});
		if (text.startsWith(searchable.prefix)) {
			const path = `${searchable.path}/${encodeURIComponent(text)}`;
			const document = await reader.fetchObject({ path });
			return { results: document ? [toResult(document.data)] : [] };
		}
		const request = buildSearchRequest(searchable, text, paginationToken);
		const { data: objects, links } = await reader.fetchList(request);
		return {
			results: objects.map(toResult),
			paginationToken: links?.next ? getNextCursor(links.next, objects) : undefined,
		};
	};

/** Creates a method that reads all objects and finds those with the text in their name or ID. */
const createSearchByName = (listed: ListedType) =>
	async function (this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
		const { fetchList } = await createEditorReader(this, listed);
		const text = filter.trim().toLowerCase();
		const results = [];
		const request = { method: 'GET', path: listed.path } as const;
		for await (const { object } of paginate(fetchList, request, Infinity)) {
			const name = listed.formatName(simplifyObject(object));
			if (`${name} ${object.id}`.toLowerCase().includes(text)) {
				results.push({ name, value: object.id });
			}
		}
		return { results };
	};

/** What a Screening report says of a record, for a person who has to recognize it. */
function formatRecord({ token, names, listings, articles, reviewStatus }: IDataObject): string {
	const [name] = getRecords(names);
	const sources = [...getRecords(listings), ...getRecords(articles)].map(
		(source) => source.name ?? source.title,
	);
	return joinParts(name?.name ?? token, sources[0], reviewStatus);
}

/** Lists the records that the chosen Screening report has found. */
async function searchMatchedRecords(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const reportId = readChosenId(this, 'reportId');
	if (!reportId) {
		throw new NodeOperationError(
			this.getNode(),
			"Choose the report first, or choose 'By ID' and enter the token of the record",
		);
	}
	const { fetchObject } = await createEditorReader(this, reports);
	const report = await fetchObject({ path: `${reports.path}/${reportId}` });
	const { matchedRecords } = report ? simplifyObject(report.data) : {};
	const results = getRecords(matchedRecords).map((record) => ({
		name: formatRecord(record),
		value: String(record.token),
	}));
	const text = filter.trim().toLowerCase();
	return {
		results: results.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(text)),
	};
}

/** n8n's methods for fields with "From List", by the names that the table uses. */
export const listSearch = {
	searchAccounts: createSearch(accounts),
	searchApiKeys: createSearchByName(apiKeys),
	searchCases: createSearch(cases),
	searchConnections: createSearchByName(connections),
	searchInquiries: createSearch(inquiries),
	searchInquiryTemplates: createSearchByName(inquiryTemplates),
	searchLists: createSearchByName(lists),
	searchMatchedRecords,
	searchReports: createSearch(reports),
	searchShareTokens: createSearchByName(shareTokens),
	searchThemeSets: createSearchByName(themeSets),
	searchTransactions: createSearch(transactions),
	searchWebhooks: createSearchByName(webhooks),
};
