import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { flattenObject } from '../transport/flatten';
import { getRecords } from '../utils/isRecord';
import { INQUIRY_STATUSES } from '../values/inquiryStatuses';
import {
	createEditorReader,
	DENIED,
	isSandboxKey,
	readChosenId,
	readUnlessDenied,
} from './editorReader';
import {
	formatAccount,
	formatConnection,
	formatInquiry,
	formatList,
	formatNamed,
	formatRecord,
	formatReport,
	formatSetting,
	formatTransaction,
	formatUnnamed,
	formatWebhook,
	SHOWN_FIELDS,
} from './formatNames';
import {
	buildNote,
	listUsed,
	searchObjects,
	type ObjectType,
	type UsedType,
} from './searchObjects';

/** n8n's method for a field with "From List". */
type ListMethod = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** The attributes that a list needs of objects of a type. */
const pickFields = (type: keyof typeof SHOWN_FIELDS) => ({ [type]: SHOWN_FIELDS[type] });

/** Creates the method for objects that Persona lists. The key needs this permission, without `.read`. */
const createSearch = (type: ObjectType, permission?: string): ListMethod =>
	async function (filter, paginationToken) {
		const reader = await createEditorReader(this, permission);
		return await searchObjects(reader, type, filter, paginationToken);
	};

/** Creates the method for templates and types that only the objects show which belong to them. */
const createUsedList = (type: UsedType, permission?: string): ListMethod =>
	async function (filter) {
		return await listUsed(await createEditorReader(this, permission), type, filter);
	};

const inquiryTemplates: ObjectType = {
	path: '/inquiry-templates',
	prefix: 'itmpl',
	formatName: formatSetting,
	fields: pickFields('inquiry-template'),
};

/**
 * Lists inquiry templates. Persona shows them only to a key of a production environment; for any other,
 * the list says so and has those of the newest inquiries.
 */
const searchInquiryTemplates: ListMethod = async function (filter, paginationToken) {
	const reader = await createEditorReader(this, 'inquiry_template');
	const search = readUnlessDenied(searchObjects(reader, inquiryTemplates, filter, paginationToken));
	const isSandbox = await isSandboxKey(this);
	const listOthers = async () => {
		const used = { path: '/inquiries', relationship: 'inquiry-template', users: 'inquiries' };
		const key = isSandbox ? 'A sandbox key' : 'This API key';
		const note = `${key} cannot list templates: use By ID or By URL`;
		return await listUsed(await createEditorReader(this, 'inquiry'), used, filter, note);
	};
	// Both at once where the first is refused as a rule.
	const others = isSandbox ? listOthers() : undefined;
	const [found] = await Promise.all([search, others]);
	return found === DENIED ? await (others ?? listOthers()) : found;
};

/** Lists the records that the chosen Screening report has found. */
const searchMatchedRecords: ListMethod = async function (filter = '') {
	const reportId = readChosenId(this, 'reportId', 'rep');
	if (!reportId) return { results: [buildNote('Choose the report first, or use By ID')] };
	const { fetchObject } = await createEditorReader(this, 'report');
	const query = { fields: { report: 'matched-records' } };
	const report = await fetchObject({ path: `/reports/${reportId}`, query });
	const { matchedRecords } = report ? flattenObject(report.data) : {};
	const results = getRecords(matchedRecords).map((record) => ({
		name: formatRecord(record),
		value: String(record.token),
	}));
	const text = filter.trim().toLowerCase();
	return {
		results: results.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(text)),
	};
};

/** n8n's methods for fields with "From List", by the names that the table uses. */
export const listSearch = {
	searchAccounts: createSearch(
		{
			path: '/accounts',
			prefix: 'act',
			formatName: formatAccount,
			fields: pickFields('account'),
			hasReferenceIds: true,
		},
		'account',
	),
	searchAccountTypes: createUsedList(
		{
			path: '/accounts',
			relationship: 'account-type',
			users: 'accounts',
			nameAttribute: 'account-type-name',
		},
		'account',
	),
	searchApiKeys: createSearch(
		{ path: '/api-keys', prefix: 'api', formatName: formatNamed },
		'api_key',
	),
	searchCaseQueues: createUsedList(
		{ path: '/cases', relationship: 'case-queue', users: 'cases' },
		'case',
	),
	searchCases: createSearch(
		{
			path: '/cases',
			prefix: 'case',
			formatName: formatNamed,
			fields: pickFields('case'),
			hasReferenceIds: true,
			idFilters: {
				act: 'account-id',
				ctmpl: 'case-template-id',
				inq: 'inquiry-id',
				rep: 'report-id',
			},
		},
		'case',
	),
	searchCaseTemplates: createUsedList(
		{ path: '/cases', relationship: 'case-template', users: 'cases' },
		'case',
	),
	searchConnections: createSearch({
		path: '/connect/connections',
		prefix: 'cxn',
		formatName: formatConnection,
	}),
	searchImporters: createSearch({ path: '/importers', prefix: 'mprt', formatName: formatUnnamed }),
	searchInquiries: createSearch(
		{
			path: '/inquiries',
			prefix: 'inq',
			formatName: formatInquiry,
			fields: pickFields('inquiry'),
			hasReferenceIds: true,
			idFilters: { act: 'account-id', itmpl: 'inquiry-template-id', tmpl: 'template-id' },
			statuses: Object.keys(INQUIRY_STATUSES),
		},
		'inquiry',
	),
	searchInquiryTemplates,
	searchLists: createSearch({ path: '/lists', prefix: 'lst', formatName: formatList }, 'list'),
	searchMatchedRecords,
	searchReports: createSearch(
		{
			path: '/reports',
			prefix: 'rep',
			formatName: formatReport,
			fields: pickFields('report'),
			hasReferenceIds: true,
			idFilters: { act: 'account-id' },
		},
		'report',
	),
	searchReportTemplates: createUsedList(
		{ path: '/reports', relationship: 'report-template', users: 'reports' },
		'report',
	),
	searchShareTokens: createSearch({
		path: '/connect/share-tokens',
		prefix: 'cnst',
		formatName: formatUnnamed,
	}),
	searchThemeSets: createSearch({
		path: '/theme-sets',
		prefix: 'theset',
		formatName: formatSetting,
		fields: pickFields('theme-set'),
	}),
	searchTransactions: createSearch(
		{
			path: '/transactions',
			prefix: 'txn',
			formatName: formatTransaction,
			fields: pickFields('transaction'),
			hasReferenceIds: true,
			idFilters: { txntp: 'transaction-type-id' },
		},
		'txn',
	),
	searchTransactionTypes: createUsedList(
		{ path: '/transactions', relationship: 'transaction-type', users: 'transactions' },
		'txn',
	),
	searchWebhooks: createSearch(
		{ path: '/webhooks', prefix: 'wbh', formatName: formatWebhook },
		'webhook',
	),
	searchWorkflowRuns: createSearch({
		path: '/workflow-runs',
		prefix: 'wfr',
		formatName: formatUnnamed,
	}),
	searchWorkflows: createUsedList({
		path: '/workflow-runs',
		relationship: 'workflow',
		users: 'workflow runs',
	}),
};
