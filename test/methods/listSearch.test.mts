import { runListSearch } from '../support/editorMethods.mts';
import {
	startRequestRecorder,
	type FakeResponse,
	type RequestRecorder,
} from '../support/requestRecorder.mts';

const toInquiry = (id: string, attributes: object) => ({ type: 'inquiry', id, attributes });

const RESPONSES: Record<string, FakeResponse['body']> = {
	'/inquiries': {
		data: [
			toInquiry('inq_1', {
				'reference-id': 'user-42',
				status: 'approved',
				'created-at': '2025-06-30T14:00Z',
			}),
			toInquiry('inq_2', {
				status: 'created',
				fields: { 'name-first': { type: 'string', value: 'Jane' } },
			}),
			toInquiry('inq_3', { status: 'pending' }),
		],
		links: { next: '/api/v1/inquiries?page%5Bafter%5D=inq_3' },
	},
	'/inquiries/inq_1': {
		data: toInquiry('inq_1', { 'reference-id': 'user-42', status: 'approved' }),
	},
	'/accounts': {
		data: [
			{
				type: 'account',
				id: 'act_1',
				attributes: {
					'account-type-name': 'User',
					fields: {
						name: {
							type: 'hash',
							value: {
								first: { type: 'string', value: 'Jane' },
								last: { type: 'string', value: 'Doe' },
							},
						},
					},
				},
			},
		],
		links: { next: null },
	},
	'/reports': {
		data: [{ type: 'report/watchlist', id: 'rep_1', attributes: { status: 'ready' } }],
		links: { next: null },
	},
	'/reports/rep_2': {
		data: {
			type: 'report/screening',
			id: 'rep_2',
			attributes: {
				'matched-records': [
					{
						token: 'scrre_1',
						names: [{ type: 'primary_name', name: 'Jane Doe' }],
						listings: [{ name: 'Sanctions' }],
						'review-status': 'pending',
					},
					{ token: 'scrre_2', names: null, articles: [{ title: 'Fraud charge' }] },
					null,
				],
			},
		},
	},
	'/cases': {
		data: [
			{
				type: 'case',
				id: 'case_1',
				attributes: { name: 'SR-1', status: 'Open', 'created-at': '2025-06-30T14:00Z' },
			},
		],
		links: { next: null },
	},
	'/transactions': {
		data: [
			{ type: 'transaction', id: 'txn_1', attributes: { status: 'created' } },
			{
				type: 'transaction',
				id: 'txn_2',
				attributes: { 'reference-id': 'order-1', status: 'approved' },
			},
		],
		links: { next: null },
	},
	'/inquiry-templates': {
		data: [
			{ type: 'inquiry-template', id: 'itmpl_1', attributes: { name: 'KYC', status: 'active' } },
			{ type: 'inquiry-template', id: 'itmpl_2', attributes: { name: 'KYB', status: 'inactive' } },
		],
		links: { next: null },
	},
	'/lists': {
		data: [
			{ type: 'list/name', id: 'lst_1', attributes: { name: 'Blocked', status: 'active' } },
			{ type: 'list/country', id: 'lst_2', attributes: { name: 'Old', status: 'archived' } },
		],
		links: { next: null },
	},
	'/theme-sets': {
		data: [{ type: 'theme-set', id: 'theset_1', attributes: { name: 'Acme', status: 'active' } }],
		links: { next: null },
	},
	'/webhooks': {
		data: [
			{ type: 'webhook', id: 'wbh_1', attributes: { name: 'Shop', status: 'enabled' } },
			{
				type: 'webhook',
				id: 'wbh_2',
				attributes: { name: null, url: 'https://example.com/persona', status: 'archived' },
			},
		],
		links: { next: null },
	},
	'/api-keys': {
		data: [
			{
				type: 'api-key',
				id: 'api_1',
				attributes: { name: 'Shop', 'created-at': '2025-06-30T14:00Z' },
			},
		],
		links: { next: null },
	},
	'/connect/connections': {
		data: [
			{
				type: 'connect/connection',
				id: 'cxn_1',
				attributes: {
					status: 'active',
					'source-organization-id': 'org_1',
					'destination-organization-id': 'org_2',
				},
			},
		],
		links: { next: null },
	},
	'/connect/share-tokens': {
		data: [
			{
				type: 'connect/share-token',
				id: 'cnst_1',
				attributes: {
					status: 'created',
					direction: 'inbound',
					'created-at': '2025-06-30T14:00Z',
				},
			},
		],
		links: { next: null },
	},
};

describe('list search', () => {
	let server: RequestRecorder;
	let deniedStatus: number | undefined;
	const getCredentials = () => ({ baseUrl: server.baseUrl });

	beforeEach(async () => {
		deniedStatus = undefined;
		server = await startRequestRecorder(({ path }) => {
			if (deniedStatus) return { status: deniedStatus, body: { errors: [{ title: 'Denied' }] } };
			return path in RESPONSES
				? { body: RESPONSES[path] }
				: { status: 404, body: { errors: [{ title: 'Record not found' }] } };
		});
	});

	afterEach(async () => await server.stop());

	it('names an inquiry by reference ID or person, otherwise by its ID, with status and day', async () => {
		const { results, paginationToken } = await runListSearch('searchInquiries', getCredentials());
		expect(results).toEqual([
			{ name: 'user-42 · approved · 2025-06-30', value: 'inq_1' },
			{ name: 'Jane · created', value: 'inq_2' },
			{ name: 'inq_3 · pending', value: 'inq_3' },
		]);
		expect(paginationToken).toBe('inq_3');
	});

	it('continues after the last object of the previous page', async () => {
		await runListSearch('searchInquiries', getCredentials(), undefined, 'inq_3');
		expect(server.requests[0].query).toEqual({ 'page[size]': '50', 'page[after]': 'inq_3' });
	});

	it.each([
		['inq_1', '/inquiries/inq_1', {}],
		['act_1', '/inquiries', { 'page[size]': '50', 'filter[account-id]': 'act_1' }],
		[' user-42 ', '/inquiries', { 'page[size]': '50', 'filter[reference-id]': 'user-42' }],
	])('finds %j with the filter that Persona has for it', async (text, path, query) => {
		await runListSearch('searchInquiries', getCredentials(), text);
		expect(server.requests).toMatchObject([{ path, query }]);
	});

	it('finds nothing for an ID that Persona does not have', async () => {
		const { results } = await runListSearch('searchAccounts', getCredentials(), 'act_404');
		expect(results).toEqual([]);
	});

	it('names an account by its person and type, a report by its type and status', async () => {
		const accounts = await runListSearch('searchAccounts', getCredentials());
		expect(accounts.results).toEqual([{ name: 'Jane Doe · User', value: 'act_1' }]);
		const reports = await runListSearch('searchReports', getCredentials());
		expect(reports.results).toEqual([{ name: 'watchlist · ready · rep_1', value: 'rep_1' }]);
	});

	it('names a record of the chosen Screening report by its name, its source and its review', async () => {
		const find = async (reportId: string, text?: string) =>
			await runListSearch('searchMatchedRecords', getCredentials(), text, undefined, {
				reportId: { __rl: true, mode: 'id', value: reportId },
			});
		const [jane, other] = [
			{ name: 'Jane Doe · Sanctions · pending', value: 'scrre_1' },
			{ name: 'scrre_2 · Fraud charge', value: 'scrre_2' },
		];
		expect(await find('rep_2')).toEqual({ results: [jane, other] });
		expect(await find('rep_2', 'fraud')).toEqual({ results: [other] });
		expect(await find('rep_404')).toEqual({ results: [] });
		await expect(find('={{ $json.id }}')).rejects.toThrow('Choose the report first');
	});

	it('names a case by its name, a transaction by its reference ID or its ID', async () => {
		const cases = await runListSearch('searchCases', getCredentials());
		expect(cases.results).toEqual([{ name: 'SR-1 · Open · 2025-06-30', value: 'case_1' }]);
		const transactions = await runListSearch('searchTransactions', getCredentials());
		expect(transactions.results).toEqual([
			{ name: 'txn_1 · created', value: 'txn_1' },
			{ name: 'order-1 · approved', value: 'txn_2' },
		]);
	});

	it('does not search transactions by account, which Persona cannot', async () => {
		await runListSearch('searchTransactions', getCredentials(), 'act_1');
		expect(server.requests).toMatchObject([{ query: { 'filter[reference-id]': 'act_1' } }]);
	});

	it('finds a template by a part of its name and says if it is not active', async () => {
		const { results } = await runListSearch('searchInquiryTemplates', getCredentials(), 'kyb');
		expect(results).toEqual([{ name: 'KYB · inactive', value: 'itmpl_2' }]);
	});

	it.each([
		['', ['lst_1', 'lst_2']],
		['name', ['lst_1']],
		['OLD', ['lst_2']],
	])('finds a list by a part of its name or its type: %j', async (text, ids) => {
		const { results } = await runListSearch('searchLists', getCredentials(), text);
		expect(results.map(({ value }) => value)).toEqual(ids);
	});

	it('names a list by its type and says if it is archived', async () => {
		const { results } = await runListSearch('searchLists', getCredentials());
		expect(results.map(({ name }) => name)).toEqual(['Blocked · name', 'Old · country · archived']);
	});

	it('names a theme set by its name', async () => {
		const { results } = await runListSearch('searchThemeSets', getCredentials());
		expect(results).toEqual([{ name: 'Acme', value: 'theset_1' }]);
	});

	it('names a webhook by its name, otherwise by its URL', async () => {
		const { results } = await runListSearch('searchWebhooks', getCredentials());
		expect(results.map(({ name }) => name)).toEqual([
			'Shop · enabled',
			'https://example.com/persona · archived',
		]);
	});

	it('names an API key by its name and the day of its creation', async () => {
		const { results } = await runListSearch('searchApiKeys', getCredentials(), 'shop');
		expect(results).toEqual([{ name: 'Shop · 2025-06-30', value: 'api_1' }]);
	});

	it('names a connection by its organizations, a share token by its direction', async () => {
		const connections = await runListSearch('searchConnections', getCredentials(), 'org_2');
		expect(connections.results).toEqual([{ name: 'org_1 → org_2 · active', value: 'cxn_1' }]);
		const { results } = await runListSearch('searchShareTokens', getCredentials());
		expect(results).toEqual([{ name: 'inbound · created · 2025-06-30 · cnst_1', value: 'cnst_1' }]);
	});

	// Persona documents that sandbox keys are refused, but not with which of these.
	it.each([401, 403])('asks for an ID if a key gets %i for templates', async (status) => {
		deniedStatus = status;
		await expect(runListSearch('searchInquiryTemplates', getCredentials())).rejects.toThrow(
			"choose 'By ID'",
		);
	});

	it('names the missing permission for everything but templates', async () => {
		deniedStatus = 403;
		await expect(runListSearch('searchReports', getCredentials())).rejects.toMatchObject({
			description: expect.stringContaining('report.read') as string,
		});
	});
});
