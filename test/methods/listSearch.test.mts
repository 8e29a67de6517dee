import { listSearch } from '../../nodes/Persona/methods/listSearch.ts';
import { runListSearch } from '../support/editorMethods.mts';
import {
	startRequestRecorder,
	type FakeResponse,
	type RecordedRequest,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';

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
		data: [
			{ type: 'report/watchlist', id: 'rep_1', attributes: { status: 'ready' } },
			{
				type: 'report/adverse-media',
				id: 'rep_3',
				attributes: {
					...{ 'name-first': 'Jane', 'name-last': 'Doe', status: 'ready' },
					...{ 'has-match': true, 'created-at': '2025-06-30T14:00Z' },
				},
			},
			{
				type: 'report/business-watchlist',
				id: 'rep_4',
				attributes: { term: 'Acme Inc', status: 'ready', 'has-match': false },
			},
			{
				type: 'report/screening',
				id: 'rep_5',
				attributes: { query: { 'name-first': 'Joe' }, status: 'pending', 'has-match': false },
			},
		],
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
	let bodies: Record<string, FakeResponse['body']>;
	let onRequest:
		| ((request: RecordedRequest) => FakeResponse | undefined | Promise<FakeResponse | undefined>)
		| undefined;
	const getCredentials = () => ({ baseUrl: server.baseUrl });

	beforeEach(async () => {
		deniedStatus = undefined;
		onRequest = undefined;
		bodies = { ...RESPONSES };
		server = await startRequestRecorder(async (request) => {
			const { path, query } = request;
			if (deniedStatus) return { status: deniedStatus, body: { errors: [{ title: 'Denied' }] } };
			const filter = Object.keys(query).find((name) => name.startsWith('filter'));
			const body = bodies[`${path}?${filter}`] ?? bodies[path];
			return (
				(await onRequest?.(request)) ??
				(body ? { body } : { status: 404, body: { errors: [{ title: 'Record not found' }] } })
			);
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
		expect(server.requests[0].query).toMatchObject({
			'page[size]': '50',
			'page[after]': 'inq_3',
		});
	});

	it.each([
		['inq_1', '/inquiries/inq_1', {}],
		['act_1', '/inquiries', { 'page[size]': '50', 'filter[account-id]': 'act_1' }],
		['itmpl_1', '/inquiries', { 'page[size]': '50', 'filter[inquiry-template-id]': 'itmpl_1' }],
		['https://app.withpersona.com/dashboard/inquiries/inq_1?a=b', '/inquiries/inq_1', {}],
	])('finds %j with the filter that Persona has for it', async (text, path, query) => {
		await runListSearch('searchInquiries', getCredentials(), text);
		expect(server.requests).toMatchObject([{ path, query }]);
	});

	it('finds nothing for an ID that Persona does not have', async () => {
		const { results } = await runListSearch('searchAccounts', getCredentials(), 'act_404');
		expect(results).toEqual([]);
	});

	it('names an account by its person and type', async () => {
		const accounts = await runListSearch('searchAccounts', getCredentials());
		expect(accounts.results).toEqual([{ name: 'Jane Doe · User', value: 'act_1' }]);
	});

	it('names a report by whom it is about, its kind, its status and what it has found', async () => {
		const { results } = await runListSearch('searchReports', getCredentials());
		expect(results.map(({ name }) => name)).toEqual([
			'Watchlist · ready · rep_1',
			'Jane Doe · Adverse Media · ready · match · 2025-06-30',
			'Acme Inc · Business Watchlist · ready · no match',
			'Joe · Screening · pending',
		]);
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
		expect(await find('={{ $json.id }}')).toEqual({
			results: [{ name: 'Choose the report first, or use By ID', value: false }],
		});
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

	it('searches transactions by account only as a reference ID, which Persona can', async () => {
		await runListSearch('searchTransactions', getCredentials(), 'act_1');
		const filters = server.requests.map(({ query }) => query['filter[reference-id]']);
		expect(filters.sort()).toEqual(['act_1', undefined]);
	});

	describe('for a text', () => {
		const serve = (path: string, objects: object[], next?: string) => {
			bodies[path] = {
				data: objects,
				links: { next: next ? `${path}?page[after]=${next}` : null },
			};
		};
		const person = (id: string, first: string, last: string, attributes = {}) =>
			toInquiry(id, {
				...attributes,
				fields: {
					'name-first': { type: 'string', value: first },
					'name-last': { type: 'string', value: last },
				},
			});
		const find = async (text: string) =>
			(await runListSearch('searchInquiries', getCredentials(), text)).results;

		it.each(['Jane Doe', 'doe jane', ' jane  DOE ', 'jane approved', 'q_7'])(
			'finds an inquiry by what the list shows of it: %j',
			async (text) => {
				serve('/inquiries', [
					person('inq_7', 'Jane', 'Doe', { status: 'approved' }),
					person('inq_8', 'Jane', 'Roe', { status: 'declined' }),
				]);
				bodies['/inquiries?filter[reference-id]'] = { data: [], links: { next: null } };
				expect((await find(text)).map(({ value }) => value)).toEqual(['inq_7']);
			},
		);

		it('finds with Persona the older ones that have the reference ID, and no object twice', async () => {
			const old = person('inq_9', 'Jane', 'Doe', { 'reference-id': 'user-42' });
			serve('/inquiries', [old]);
			bodies['/inquiries?filter[reference-id]'] = { data: [old], links: { next: null } };
			expect(await find('user-42')).toEqual([{ name: 'Jane Doe · user-42', value: 'inq_9' }]);
			const filters = server.requests.map(({ query }) => query['filter[reference-id]']);
			expect(filters.sort()).toEqual(['user-42', undefined]);
		});

		it('finds with Persona the older ones that have the status', async () => {
			serve('/inquiries', []);
			bodies['/inquiries?filter[status]'] = {
				data: [toInquiry('inq_9', { status: 'needs_review' })],
				links: { next: null },
			};
			expect(await find('Needs review')).toMatchObject([{ value: 'inq_9' }]);
		});

		it('says in an entry that nobody can choose if older objects were not searched', async () => {
			let page = 0;
			onRequest = ({ query }) => {
				if (query['filter[reference-id]']) return { body: { data: [], links: { next: null } } };
				const objects = Array.from({ length: 100 }, (_, index) =>
					person(`inq_${page}x${index}`, 'Jane', `No${page}x${index}e`),
				);
				return {
					body: {
						data: objects,
						links: { next: `/inquiries?page[after]=inq_${page++}x99` },
					},
				};
			};
			const results = await find('No4x7e');
			expect(results).toEqual([
				{ name: 'Jane No4x7e', value: 'inq_4x7' },
				{ name: 'Newest 500 searched. Older: search its ID or reference ID', value: false },
			]);
			expect(await find('nobody')).toEqual([results[1]]);
		});
	});

	/** Answers none of the requests before this many are there: any that waits for another fails. */
	function requireAtOnce(count: number) {
		let release: () => void = () => {};
		const together = new Promise<void>((resolve) => (release = resolve));
		onRequest = async () => {
			if (server.requests.length >= count) release();
			await together;
			return undefined;
		};
	}

	it('reads the newest and what Persona finds by a filter side by side', async () => {
		bodies['/inquiries'] = { data: [], links: { next: null } };
		requireAtOnce(3);
		await runListSearch('searchInquiries', getCredentials(), 'approved');
		expect(server.requests).toHaveLength(3);
	});

	it('reads no further page once a filter or a page has found something', async () => {
		onRequest = async ({ query }) => {
			if (query['filter[reference-id]'])
				return { body: { data: [toInquiry('inq_9', {})], links: { next: null } } };
			// The filter answers first.
			await new Promise((resolve) => setTimeout(resolve, 50));
			const data = Array.from({ length: 100 }, (_, index) =>
				toInquiry(`inq_${server.requests.length}x${index}`, {}),
			);
			return { body: { data, links: { next: `/inquiries?page[after]=${data[99].id}` } } };
		};
		const search = async (text: string) => {
			server.requests.length = 0;
			await runListSearch('searchInquiries', getCredentials(), text);
			return server.requests.filter(({ query }) => !query['filter[reference-id]']).length;
		};
		expect(await search('user-42')).toBe(1);
		expect(await search('inq_')).toBe(1);
	});

	/** What Persona does not list: its names are read with the objects that belong to it. */
	const NAMED_BY_OTHERS = [
		...['searchCaseQueues', 'searchCaseTemplates', 'searchReportTemplates'],
		...['searchTransactionTypes', 'searchWorkflows'],
	];

	it.each(Object.keys(listSearch) as Array<keyof typeof listSearch>)(
		'%s takes one request to open, or a second one where names must be read',
		async (method) => {
			const kinds = ['workflow', 'account-type', 'case-queue', 'case-template'];
			const relate = (type: string) => [type, { data: { type, id: `${type}_1` } }];
			const types = [...kinds, 'report-template', 'transaction-type'];
			const object = {
				...{ type: 'any', id: 'any_1', attributes: { 'account-type-name': 'User' } },
				relationships: Object.fromEntries(types.map(relate)) as object,
			};
			onRequest = ({ path }) => ({
				body: { data: path.endsWith('any_1') ? object : [object], links: { next: null } },
			});
			const credentials = { ...getCredentials(), apiKey: 'persona_production_1' };
			await runListSearch(method, credentials);
			const needed =
				method === 'searchMatchedRecords' ? 0 : NAMED_BY_OTHERS.includes(method) ? 2 : 1;
			expect(server.requests).toHaveLength(needed);
		},
	);

	it('asks with a sandbox key for templates and for those of inquiries side by side', async () => {
		bodies['/inquiries'] = { data: [], links: { next: null } };
		requireAtOnce(2);
		const credentials = { ...getCredentials(), apiKey: 'persona_sandbox_1' };
		await runListSearch('searchInquiryTemplates', credentials);
		expect(server.requests).toHaveLength(2);
	});

	it('asks for the names of templates at once, and for those of ten at most', async () => {
		bodies['/cases'] = {
			data: Array.from({ length: 12 }, (_, index) => ({
				...{ type: 'case', id: `case_${index}`, attributes: {} },
				relationships: {
					'case-template': { data: { type: 'case-template', id: `ctmpl_${index}` } },
				},
			})),
			links: { next: null },
		};
		let release: () => void = () => {};
		const together = new Promise<void>((resolve) => (release = resolve));
		onRequest = async ({ path }) => {
			if (path === '/cases') return undefined;
			if (server.requests.length === 11) release();
			await together;
			return undefined;
		};
		const { results } = await runListSearch('searchCaseTemplates', getCredentials());
		expect(server.requests).toHaveLength(11);
		expect(results).toHaveLength(13);
	});

	describe('shows a stranger', () => {
		const serve = (...objects: object[]) => {
			bodies['/inquiries'] = { data: objects, links: { next: null } };
			bodies['/inquiries?filter[reference-id]'] = { data: [], links: { next: null } };
		};
		const named = (id: string, first?: string, attributes = {}) =>
			toInquiry(id, {
				...attributes,
				fields: { 'name-first': { type: 'string', value: first ?? null } },
			});
		const list = async (text?: string) =>
			(await runListSearch('searchInquiries', getCredentials(), text)).results;

		it.each([
			['jose', 'José'],
			['JOSÉ', 'Jose\u0301'],
			['🦊', 'Reineke 🦊'],
			['%', '100 %'],
			['"o\'brien"', 'the "O\'Brien"'],
			['nguyễn', 'NGUYỄN'],
		])('with %j the name %j', async (text, name) => {
			serve(named('inq_1', name), named('inq_2', 'Other'));
			expect(await list(text)).toEqual([{ name, value: 'inq_1' }]);
		});

		it('the beginning of a long name, cut between two characters', async () => {
			serve(named('inq_1', '🦊'.repeat(500), { status: 'approved' }));
			expect(await list()).toEqual([{ name: `${'🦊'.repeat(80)}… · approved`, value: 'inq_1' }]);
		});

		it('the ID where the name is empty, and beside a name that several have', async () => {
			serve(
				named('inq_1', ' '),
				named('inq_2', 'Jane'),
				named('inq_3', 'Jane'),
				named('inq_4', ''),
			);
			expect((await list()).map(({ name }) => name)).toEqual([
				'inq_1',
				'Jane · inq_2',
				'Jane · inq_3',
				'inq_4',
			]);
		});

		it('nothing for a text that no object can have, with no filter that would mean another', async () => {
			serve(named('inq_1', 'Jane'));
			for (const text of ['x'.repeat(1000), 'Doe, Jane', '\\"%_*']) {
				expect(await list(text)).toEqual([]);
			}
			const filters = server.requests.flatMap(({ query }) => query['filter[reference-id]'] ?? []);
			expect(filters).toEqual(['\\"%_*']);
		});

		it('that there is nothing yet', async () => {
			serve();
			expect(await list()).toEqual([
				{ name: 'None yet in the environment of this API key', value: false },
			]);
		});

		it('the other objects if one of them is deleted meanwhile', async () => {
			serve(named('inq_1', 'Jane'));
			expect(await list('inq_404')).toEqual([]);
		});

		it.each([
			[401, {}, 'does not recognize this API key'],
			[403, {}, 'not allowed'],
			[429, { 'retry-after': '60' }, 'rate limit is used up'],
			[500, {}, 'Persona'],
		])('a sentence if Persona answers %i', async (status, headers, sentence) => {
			onRequest = () => ({ status, headers, body: { errors: [{ title: 'Refused' }] } });
			await expect(list('Jane')).rejects.toThrow(new RegExp(sentence, 'i'));
		});
	});

	describe('of templates and types that Persona does not list', () => {
		const own = (id: string, template: string | null) => ({
			...{ type: 'case', id, attributes: {} },
			relationships: {
				'case-template': { data: template && { type: 'case-template', id: template } },
			},
		});

		it('has those of the newest objects, by name, and says so', async () => {
			bodies['/cases'] = {
				data: [own('case_1', 'ctmpl_1'), own('case_2', null), own('case_3', 'ctmpl_2')],
				links: { next: null },
			};
			bodies['/cases/case_1'] = {
				data: own('case_1', 'ctmpl_1'),
				included: [{ type: 'case-template', id: 'ctmpl_1', attributes: { name: 'Review' } }],
			};
			const note = { name: 'Only those of the newest cases. Others: By ID', value: false };
			const { results } = await runListSearch('searchCaseTemplates', getCredentials());
			expect(results).toEqual([
				{ name: 'Review', value: 'ctmpl_1' },
				{ name: 'ctmpl_2', value: 'ctmpl_2' },
				note,
			]);
			expect(server.requests.at(1)?.query).toEqual({ include: 'case-template' });
			const found = await runListSearch('searchCaseTemplates', getCredentials(), 'rev');
			expect(found.results).toEqual([{ name: 'Review', value: 'ctmpl_1' }, note]);
		});

		it('has only the note if there are none', async () => {
			bodies['/workflow-runs'] = { data: [], links: { next: null } };
			const { results } = await runListSearch('searchWorkflows', getCredentials());
			expect(results).toEqual([
				{ name: 'Only those of the newest workflow runs. Others: By ID', value: false },
			]);
		});
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
	it.each([
		[401, 'persona_sandbox_1', 'A sandbox key'],
		[403, 'persona_production_1', 'This API key'],
	])(
		'leads to other modes if a key gets %i for templates, and has those of the newest inquiries',
		async (status, apiKey, who) => {
			onRequest = ({ path }) =>
				path === '/inquiry-templates'
					? { status, body: { errors: [{ title: 'Denied' }] } }
					: undefined;
			bodies['/inquiries'] = {
				data: [
					{
						...toInquiry('inq_1', {}),
						relationships: {
							'inquiry-template': { data: { type: 'inquiry-template', id: 'itmpl_7' } },
						},
					},
				],
				links: { next: null },
			};
			const credentials = { ...getCredentials(), apiKey };
			const { results } = await runListSearch('searchInquiryTemplates', credentials);
			expect(results).toEqual([
				{ name: 'itmpl_7', value: 'itmpl_7' },
				{ name: `${who} cannot list templates: use By ID or By URL`, value: false },
			]);
		},
	);

	it('fails for a key that is refused everywhere', async () => {
		deniedStatus = 401;
		await expect(runListSearch('searchInquiryTemplates', getCredentials())).rejects.toThrow(
			'does not recognize this API key',
		);
	});

	it('names the missing permission for everything but templates', async () => {
		deniedStatus = 403;
		await expect(runListSearch('searchReports', getCredentials())).rejects.toMatchObject({
			description: expect.stringContaining('report.read') as string,
		});
	});
});
