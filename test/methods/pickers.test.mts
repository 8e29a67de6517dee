import { runResourceMapping, runListSearch } from '../support/editorMethods.mts';
import {
	startRequestRecorder,
	type FakeResponse,
	type RequestRecorder,
} from '../support/requestRecorder.mts';

const inquiry = (id: string, attributes: object) => ({ type: 'inquiry', id, attributes });

const answers: Record<string, FakeResponse['body']> = {
	'/inquiries': {
		data: [
			inquiry('inq_1', {
				'reference-id': 'user-42',
				status: 'approved',
				'created-at': '2025-06-30T14:00Z',
			}),
			inquiry('inq_2', {
				status: 'created',
				fields: { 'name-first': { type: 'string', value: 'Jane' } },
			}),
			inquiry('inq_3', { status: 'pending' }),
		],
		links: { next: '/api/v1/inquiries?page%5Bafter%5D=inq_3' },
	},
	'/inquiries/inq_1': {
		data: inquiry('inq_1', { 'reference-id': 'user-42', status: 'approved' }),
		included: [
			{
				type: 'inquiry-template',
				id: 'itmpl_1',
				attributes: {
					'field-schemas': [{ type: 'string', key: 'plan', label: 'Plan', config: {} }],
				},
			},
		],
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
	'/cases/case_1': {
		data: { type: 'case', id: 'case_1' },
		included: [
			{
				type: 'case-template',
				id: 'ctmpl_1',
				attributes: { 'field-schemas': [{ type: 'json', key: 'notes', label: null, config: {} }] },
			},
		],
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
	'/transaction-types/txntp_1': {
		data: {
			type: 'transaction-type',
			id: 'txntp_1',
			attributes: { 'field-schemas': [{ type: 'number', key: 'amount', config: {} }] },
		},
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
	'/workflow-versions': {
		data: [
			{ type: 'workflow-version', id: 'wfv_2', attributes: { live: false, inputs: [] } },
			{
				type: 'workflow-version',
				id: 'wfv_1',
				attributes: {
					live: true,
					inputs: [
						{ name: 'account_id', type: 'string', required: true },
						{ name: 'force', type: 'boolean', required: false },
						{ name: 'details', type: 'object', required: false },
						{ name: 'note', type: null, required: false },
					],
				},
			},
		],
		links: { next: null },
	},
	'/inquiry-templates/itmpl_1': {
		data: {
			type: 'inquiry-template',
			id: 'itmpl_1',
			attributes: {
				'field-schemas': [
					{ type: 'string', key: 'name-first', label: 'First name', config: {} },
					{ type: 'date', key: 'birthdate', label: null, config: {} },
					{
						type: 'choices',
						key: 'plan',
						label: 'Plan',
						config: { options: ['a', 'b'], 'option-labels': ['Gold', 'Silver'] },
					},
					{ type: 'string', key: 'old', label: 'Old', config: { 'archived-at': '2025-06-30' } },
				],
			},
		},
	},
	'/account-types/acttp_1': {
		data: {
			type: 'account-type',
			id: 'acttp_1',
			attributes: { 'field-schemas': [{ type: 'integer', key: 'age', label: 'Age', config: {} }] },
		},
	},
};

describe('the pickers', () => {
	let server: RequestRecorder;
	let refuse = false;
	const credentials = () => ({ baseUrl: server.baseUrl });

	beforeEach(async () => {
		refuse = false;
		server = await startRequestRecorder(({ path }) => {
			if (refuse) return { status: 403, body: { errors: [{ title: 'Forbidden' }] } };
			return path in answers ? { body: answers[path] } : { status: 404, body: { errors: [] } };
		});
	});

	afterEach(async () => await server.stop());

	it('name an inquiry by reference ID or person, else by its ID, with status and day', async () => {
		const { results, paginationToken } = await runListSearch('searchInquiries', credentials());
		expect(results).toEqual([
			{ name: 'user-42 · approved · 2025-06-30', value: 'inq_1' },
			{ name: 'Jane · created', value: 'inq_2' },
			{ name: 'inq_3 · pending', value: 'inq_3' },
		]);
		expect(paginationToken).toBe('inq_3');
	});

	it('go on after the last object of the page before', async () => {
		await runListSearch('searchInquiries', credentials(), undefined, 'inq_3');
		expect(server.requests[0].query).toEqual({ 'page[size]': '50', 'page[after]': 'inq_3' });
	});

	it.each([
		['inq_1', '/inquiries/inq_1', {}],
		['act_1', '/inquiries', { 'page[size]': '50', 'filter[account-id]': 'act_1' }],
		[' user-42 ', '/inquiries', { 'page[size]': '50', 'filter[reference-id]': 'user-42' }],
	])('find %j where Persona can look it up', async (text, path, query) => {
		await runListSearch('searchInquiries', credentials(), text);
		expect(server.requests).toMatchObject([{ path, query }]);
	});

	it('find nothing for an ID that Persona does not have', async () => {
		const { results } = await runListSearch('searchAccounts', credentials(), 'act_404');
		expect(results).toEqual([]);
	});

	it('name an account by its person and type, a report by its type and status', async () => {
		const accounts = await runListSearch('searchAccounts', credentials());
		expect(accounts.results).toEqual([{ name: 'Jane Doe · User', value: 'act_1' }]);
		const reports = await runListSearch('searchReports', credentials());
		expect(reports.results).toEqual([{ name: 'watchlist · ready · rep_1', value: 'rep_1' }]);
	});

	it('name a case by its name, a transaction by its reference ID, else by its ID', async () => {
		const cases = await runListSearch('searchCases', credentials());
		expect(cases.results).toEqual([{ name: 'SR-1 · Open · 2025-06-30', value: 'case_1' }]);
		const transactions = await runListSearch('searchTransactions', credentials());
		expect(transactions.results).toEqual([
			{ name: 'txn_1 · created', value: 'txn_1' },
			{ name: 'order-1 · approved', value: 'txn_2' },
		]);
	});

	it('find no transaction by its account, which Persona cannot', async () => {
		await runListSearch('searchTransactions', credentials(), 'act_1');
		expect(server.requests).toMatchObject([{ query: { 'filter[reference-id]': 'act_1' } }]);
	});

	it('find a template by a part of its name and say when it is not active', async () => {
		const { results } = await runListSearch('searchInquiryTemplates', credentials(), 'kyb');
		expect(results).toEqual([{ name: 'KYB · inactive', value: 'itmpl_2' }]);
	});

	it.each([
		['', ['lst_1', 'lst_2']],
		['name', ['lst_1']],
		['OLD', ['lst_2']],
	])('find a list by a part of its name or its type: %j', async (text, found) => {
		const { results } = await runListSearch('searchLists', credentials(), text);
		expect(results.map(({ value }) => value)).toEqual(found);
	});

	it('name a list by its type and say when it is archived', async () => {
		const { results } = await runListSearch('searchLists', credentials());
		expect(results.map(({ name }) => name)).toEqual(['Blocked · name', 'Old · country · archived']);
	});

	it('name a theme set by its name', async () => {
		const { results } = await runListSearch('searchThemeSets', credentials());
		expect(results).toEqual([{ name: 'Acme', value: 'theset_1' }]);
	});

	it('name a webhook by its name, else by its address', async () => {
		const { results } = await runListSearch('searchWebhooks', credentials());
		expect(results.map(({ name }) => name)).toEqual([
			'Shop · enabled',
			'https://example.com/persona · archived',
		]);
	});

	it('name an API key by its name and the day it was made', async () => {
		const { results } = await runListSearch('searchApiKeys', credentials(), 'shop');
		expect(results).toEqual([{ name: 'Shop · 2025-06-30', value: 'api_1' }]);
	});

	it('name a connection by its organizations, a share token by its direction', async () => {
		const connections = await runListSearch('searchConnections', credentials(), 'org_2');
		expect(connections.results).toEqual([{ name: 'org_1 → org_2 · active', value: 'cxn_1' }]);
		const { results } = await runListSearch('searchShareTokens', credentials());
		expect(results).toEqual([{ name: 'inbound · created · 2025-06-30 · cnst_1', value: 'cnst_1' }]);
	});

	it('tell a key that may not read templates what to do instead', async () => {
		refuse = true;
		await expect(runListSearch('searchInquiryTemplates', credentials())).rejects.toThrow(
			"choose 'By ID'",
		);
		await expect(
			runResourceMapping('inquiryFields', credentials(), { inquiryTemplateId: 'itmpl_1' }),
		).rejects.toThrow("choose 'Using JSON'");
	});

	it('name the permission that a key needs for everything else', async () => {
		refuse = true;
		await expect(runListSearch('searchReports', credentials())).rejects.toMatchObject({
			description: expect.stringContaining('report.read') as string,
		});
	});
});

describe('the columns', () => {
	let server: RequestRecorder;
	const credentials = () => ({ baseUrl: server.baseUrl });
	const located = (value: string) => ({ __rl: true, mode: 'list', value });

	beforeEach(async () => {
		server = await startRequestRecorder(({ path }) => ({ body: answers[path] }));
	});

	afterEach(async () => await server.stop());

	it('are the fields of the chosen template that are in use', async () => {
		const parameters = { inquiryTemplateId: located('itmpl_1') };
		const { fields } = await runResourceMapping('inquiryFields', credentials(), parameters);
		expect(fields.map(({ id, displayName, type }) => [id, displayName, type])).toEqual([
			['name-first', 'First name', 'string'],
			['birthdate', 'birthdate (YYYY-MM-DD)', 'string'],
			['plan', 'Plan', 'options'],
		]);
		expect(fields[2].options).toEqual([
			{ name: 'Gold', value: 'a' },
			{ name: 'Silver', value: 'b' },
		]);
	});

	it('are those of the template of the inquiry that is updated', async () => {
		const parameters = { inquiryId: located('inq_1') };
		const { fields } = await runResourceMapping('inquiryFields', credentials(), parameters);
		expect(fields.map(({ id }) => id)).toEqual(['plan']);
		expect(server.requests).toMatchObject([
			{ path: '/inquiries/inq_1', query: { include: 'inquiry-template' } },
		]);
	});

	it('are those of the account type', async () => {
		const parameters = { accountTypeId: 'acttp_1' };
		const { fields } = await runResourceMapping('accountFields', credentials(), parameters);
		expect(fields).toMatchObject([{ id: 'age', displayName: 'Age', type: 'number' }]);
	});

	it('are those of the template of a case and of the type of a transaction', async () => {
		const ofCase = await runResourceMapping('caseFields', credentials(), {
			caseId: located('case_1'),
		});
		expect(ofCase.fields).toMatchObject([{ id: 'notes', displayName: 'notes', type: 'object' }]);
		const parameters = { transactionTypeId: 'txntp_1' };
		const ofTransaction = await runResourceMapping('transactionFields', credentials(), parameters);
		expect(ofTransaction.fields).toMatchObject([{ id: 'amount', type: 'number' }]);
		expect(server.requests).toMatchObject([
			{ path: '/cases/case_1', query: { include: 'case-template' } },
			{ path: '/transaction-types/txntp_1' },
		]);
	});

	it('are the inputs of the live version of a workflow', async () => {
		const parameters = { workflowId: 'wfl_1' };
		const { fields } = await runResourceMapping('workflowFields', credentials(), parameters);
		expect(fields.map(({ id, type, required }) => [id, type, required])).toEqual([
			['account_id', 'string', true],
			['force', 'boolean', false],
			['details', 'object', false],
			['note', 'string', false],
		]);
		expect(server.requests).toMatchObject([{ query: { 'filter[workflow-id]': 'wfl_1' } }]);
	});

	it.each(['', '={{ $json.template }}'])('need an ID that is known: %j', async (value) => {
		const parameters = { inquiryTemplateId: located(value) };
		await expect(runResourceMapping('inquiryFields', credentials(), parameters)).rejects.toThrow(
			'Choose an inquiry or a template first',
		);
		expect(server.requests).toEqual([]);
	});
});
