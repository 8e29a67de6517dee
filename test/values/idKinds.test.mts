import { NodeHelpers, type INodeParameters } from 'n8n-workflow';
import { Persona } from '../../nodes/Persona/Persona.node.ts';
import { findId, type IdPrefix } from '../../nodes/Persona/values/idKinds.ts';
import {
	startRequestRecorder,
	type FakeResponse,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { runNode } from '../support/runNode.mts';

const DASHBOARD = 'https://app.withpersona.com/dashboard';

const locate = (mode: string, value: string) => ({ __rl: true, mode, value });

const { description } = new Persona();

/** What n8n's panel says below a field of a node with these parameters. */
function findIssues(parameters: INodeParameters): string[] {
	const node = {
		...{ id: '1', name: 'Persona', type: 'persona', typeVersion: 1, position: [0, 0] as [0, 0] },
		parameters: NodeHelpers.getNodeParameters(
			description.properties,
			parameters,
			true,
			false,
			{ typeVersion: 1 },
			description,
		) as INodeParameters,
	};
	const issues = NodeHelpers.getNodeParametersIssues(description.properties, node, description);
	return Object.values(issues?.parameters ?? {}).flat();
}

describe('the ID of an object', () => {
	let server: RequestRecorder;
	let lists: Record<string, FakeResponse>;

	beforeAll(async () => {
		server = await startRequestRecorder(
			({ path }) => lists[path] ?? { body: { data: { type: 'inquiry', id: 'inq_1' } } },
		);
	});
	beforeEach(() => {
		lists = {};
		server.requests.length = 0;
	});
	afterAll(async () => await server.stop());

	const run = async (parameters: INodeParameters, items = [{}]) =>
		await runNode({ parameters, items, credentials: { baseUrl: server.baseUrl } });

	const getInquiry = (mode: string, value: string) => ({
		...{ resource: 'inquiry', operation: 'get' },
		inquiryId: locate(mode, value),
	});

	const list = (filters: INodeParameters): INodeParameters => ({
		...{ resource: 'inquiry', operation: 'getAll', filters },
	});

	const createFromLegacy = (templateId: string, additionalFields: INodeParameters = {}) => ({
		...{ resource: 'inquiry', operation: 'create', createFrom: 'legacyTemplate' },
		...{ templateId: locate('id', templateId), additionalFields },
	});

	const simulate = (actions: string[], template: string): INodeParameters => ({
		...{ resource: 'inquiry', operation: 'simulate', inquiryId: locate('id', 'inq_1') },
		...{ simulateActionsType: actions, simulateActionsDataVerificationTemplateId: template },
	});

	const startAfter = (cursor: string): INodeParameters => ({
		...{ resource: 'inquiry', operation: 'getAll', options: { startAfter: cursor } },
	});

	it.each<[INodeParameters, string]>([
		[createFromLegacy('itmpl_1'), "'Legacy Template' has the wrong kind of ID"],
		[createFromLegacy('a template'), "'Legacy Template' is not an ID"],
		[
			createFromLegacy('tmpl_1', { themeId: locate('id', 'theset_1') }),
			"'Theme' has the wrong kind of ID",
		],
		[list({ templateId: 'tmpl_1, itmpl_1' }), "'Legacy Template IDs' has the wrong kind of ID"],
		[list({ inquiryTemplateId: 'tmpl_1' }), "'Inquiry Template IDs' has the wrong kind of ID"],
		[list({ accountId: 'inq_1' }), "'Account IDs' has the wrong kind of ID"],
		[list({ inquiryId: 'act_1' }), "'Inquiry IDs' has the wrong kind of ID"],
		[
			simulate(['create_passed_verification'], 'itmpl_1'),
			"'Verification Template ID' has the wrong kind of ID",
		],
		[simulate(['start_inquiry'], 'vtmpl_1'), "'Verification Template ID' does not fit the actions"],
		[startAfter('act_1'), "'Start After' has the wrong kind of ID"],
		[startAfter('inq_1,inq_2'), "'Start After' is not an ID"],
		[startAfter('={{ true }}'), "'Start After' is true, which is no text"],
		[
			{
				...{ resource: 'batchJob', operation: 'getErrors' },
				...{ batchJobId: locate('id', 'mprtpr_1'), options: { startAfter: '1.5' } },
			},
			"'Start After' is not the number of a row",
		],
		...[
			'nonsense',
			'Account',
			'account.',
			'account..tags',
			'account;reports',
			'*',
			'={{ true }}',
		].map((include): [INodeParameters, string] => [
			{ ...getInquiry('id', 'inq_1'), options: { include } },
			"'Include' has an unknown value",
		]),
	])(
		'is refused before the first request where it cannot be one: %j',
		async (parameters, problem) => {
			const { error } = await run(parameters);
			expect(error?.message).toContain(problem);
			expect(server.requests).toEqual([]);
		},
	);

	it('is found in addresses of a list of IDs, and Include has each path once', async () => {
		const address = `${DASHBOARD}/templates/tmpl_1`;
		lists = { '/inquiries': { body: { data: [], links: {} } } };
		await run(list({ templateId: `${address}, tmpl_2` }));
		await run(startAfter(`${DASHBOARD}/inquiries/inq_1`));
		await run({
			...getInquiry('id', 'inq_1'),
			options: { include: '={{ ["account", "verifications.documents", "account"] }}' },
		});
		expect(server.requests.map(({ query }) => query)).toEqual([
			{ 'filter[template-id]': 'tmpl_1,tmpl_2', 'page[size]': '50' },
			{ 'page[size]': '50', 'page[after]': 'inq_1' },
			{ include: 'account,verifications.documents' },
		]);
	});

	it('compares a known time as an instant, also by its name, and that of a field as it is written', async () => {
		lists = { '/accounts/search': { body: { data: [], links: {} } } };
		const search = async (customAttribute: string, value: string) => {
			const condition = [{ attribute: 'other', customAttribute, operator: 'gte', value }];
			await run({ resource: 'account', operation: 'search', conditions: { condition } });
		};
		await search('created_at', '2025-06-30');
		await search('fields.signed_at', '2025-06-30');
		await search('fields.signed_at', '={{ new Date("1994-04-12T00:00:00Z") }}');
		await search('fields.signed_at', '={{ DateTime.fromISO("1994-04-12T10:00:00Z").toUTC() }}');
		expect(
			JSON.stringify(server.requests.map(({ body }) => body)).match(/(?<="value":").*?(?=")/g),
		).toEqual(['2025-06-30T04:00:00.000Z', '2025-06-30', '1994-04-12', '1994-04-12T10:00:00.000Z']);
	});

	const addresses: [address: string, prefix: IdPrefix, id: string][] = [
		[`${DASHBOARD}/inquiries/inq_A1`, 'inq', 'inq_A1'],
		[`${DASHBOARD}/inquiries/inq_A1/verifications?tab=2#inq_B2`, 'inq', 'inq_A1'],
		['https://withpersona.com/dashboard/inquiries/inq_A1/', 'inq', 'inq_A1'],
		['app.withpersona.com/dashboard/inquiries/inq_A1', 'inq', 'inq_A1'],
		['https://eu.withpersona.com/dashboard/cases/case_1?inquiry=inq_A1', 'inq', 'inq_A1'],
		['https://inquiry.withpersona.com/verify?inquiry-id=inq_A1&session-token=x', 'inq', 'inq_A1'],
		[`${DASHBOARD}/accounts/act_1/inquiries/inq_A1`, 'act', 'act_1'],
		[`${DASHBOARD}/workflows/wfl_1?version=wfv_1`, 'wfl', 'wfl_1'],
		[`${DASHBOARD}/inquiry-templates/itmpl_1/itmplv_1/flow`, 'itmpl', 'itmpl_1'],
		[`${DASHBOARD}/inquiry-templates/itmpl_1/itmplv_1/flow`, 'itmplv', 'itmplv_1'],
		['https://withpersona.com/dashboard/explorer?queryId=grphq_1', 'grphq', 'grphq_1'],
	];

	it.each(addresses)('is read from the address %s of a page, for %s_', (address, prefix, id) => {
		expect(findId(address, prefix)).toBe(id);
		const [extractValue] = description.properties
			.filter(({ modes }) =>
				modes?.some(
					({ name, placeholder }) => name === 'id' && placeholder === `e.g. ${prefix}_ABC123`,
				),
			)
			.flatMap(({ modes }) => modes?.find(({ name }) => name === 'url')?.extractValue ?? []);
		expect(new RegExp(String(extractValue?.regex)).exec(address)?.[1]).toBe(id);
	});

	it.each([
		['url', `${DASHBOARD}/inquiries/inq_A1?env=sandbox#top`],
		['url', `={{ '${DASHBOARD}/inquiries/' + $json.id }}`],
		['id', `${DASHBOARD}/inquiries/inq_A1`],
		['url', 'inq_A1'],
		['list', 'inq_A1'],
	])('is sent where the mode is %s and the value %s', async (mode, value) => {
		const { error } = await run(getInquiry(mode, value), [{ id: 'inq_A1' }]);
		expect(error).toBeUndefined();
		expect(server.requests).toMatchObject([{ path: '/inquiries/inq_A1' }]);
		expect(findIssues(getInquiry(mode, value))).toEqual([]);
	});

	it.each([
		['id', 'act_1', 'an account (act_…)'],
		['url', `${DASHBOARD}/accounts/act_1`, 'an account (act_…)'],
		['id', 'itmpl_1', 'an inquiry template (itmpl_…)'],
	])('of another kind is named, in the panel and in the run: %s %s', async (mode, value, kind) => {
		const [issue, ...more] = findIssues(getInquiry(mode, value));
		expect(issue).toMatch(/^This is not the ID of an inquiry, which begins with inq_: /);
		expect(issue).toContain(kind.replace(/(.+) \((.+)…\)/, '$2 is $1'));
		expect(more).toEqual([]);
		const sentence = `This is the ID of ${kind}; an inquiry's begins with inq_`;
		const { error } = await run(getInquiry(mode, `={{ '${value}' }}`));
		expect(error).toMatchObject({
			message: "'Inquiry' has the wrong kind of ID",
			description: `${sentence}.`,
		});
		expect(server.requests).toEqual([]);
	});

	it('is checked by one expression at most, since n8n stops a run where one takes too long', () => {
		const modes = description.properties.flatMap((property) => property.modes ?? []);
		const counts = modes.map(({ validation = [] }) => validation.length);
		expect(Math.max(...counts)).toBe(1);
	});

	it('of any kind in the table is named in a run, wherever it is sent', async () => {
		const filters = { accountId: locate('id', 'wbh_1') };
		const { error } = await run({ resource: 'case', operation: 'getAll', filters });
		expect(error?.description).toContain('This is the ID of a webhook (wbh_…)');
		expect(server.requests).toEqual([]);
	});

	describe('among several', () => {
		const lists: [INodeParameters, string, (ids: string[]) => object][] = [
			[
				{ resource: 'inquiry', operation: 'getAll', filters: { accountId: '={{ $json.ids }}' } },
				'act',
				(ids) => ({ query: { 'filter[account-id]': ids.join(',') } }),
			],
			[
				{ resource: 'event', operation: 'getAll', filters: { objectId: '={{ $json.ids }}' } },
				'inq',
				(ids) => ({ query: { 'filter[object-id]': ids.join(',') } }),
			],
			[
				{
					...{ resource: 'case', operation: 'addObjects', caseId: locate('id', 'case_1') },
					objectIds: '={{ $json.ids }}',
				},
				'inq',
				(ids) => ({ body: { meta: { 'object-ids': ids } } }),
			],
			[
				{ resource: 'inquirySession', operation: 'expireAll', inquiryIds: '={{ $json.ids }}' },
				'inq',
				(ids) => ({ body: { meta: { 'inquiry-ids': ids } } }),
			],
		];

		it.each(lists)('of %j is read from addresses as well', async (parameters, prefix, sent) => {
			const ids = `${prefix}_A1, ${DASHBOARD}/objects/${prefix}_B2?tab=1#top`;
			await run(parameters, [{ ids }] as never);
			expect(server.requests).toMatchObject([sent([`${prefix}_A1`, `${prefix}_B2`])]);
		});

		it.each([
			['account', 'act_1', "an account (act_…); an inquiry's begins with inq_"],
			['case', 'wbh_1', "a webhook (wbh_…); an inquiry's begins with inq_"],
		])('of objects for a kind (%s) is named if it is of another: %s', async (resource, id, say) => {
			const { error } = await run({
				...{ resource, operation: 'addObjects', [`${resource}Id`]: locate('id', 'x_1') },
				objectIds: `inq_1, ${id}`,
			});
			expect(error?.message).toBe("'Object IDs' has the wrong kind of ID");
			expect(error?.description).toContain(say);
			expect(server.requests).toEqual([]);
		});

		it('is named in the filter of a list, and as a tag', async () => {
			const filters = { inquiryTemplateId: `itmpl_1, ${DASHBOARD}/inquiries/inq_1` };
			const { error } = await run({ resource: 'inquiry', operation: 'getAll', filters });
			expect(error?.message).toBe("'Inquiry Template IDs' has the wrong kind of ID");
			const tags = await run({
				...{ resource: 'account', operation: 'changeTags', tagChange: 'add' },
				...{ accountId: locate('id', 'act_1'), additionalFields: { tagId: 'inq_1' } },
			});
			expect(tags.error?.message).toBe("'Tag ID' has the wrong kind of ID");
			expect(server.requests).toEqual([]);
		});

		it('is read from an address or named in a condition of a search', async () => {
			const search = (attribute: string, value: string) => ({
				...{ resource: 'case', operation: 'search' },
				conditions: { condition: [{ attribute, operator: 'eq', value }] },
			});
			await run(search('template', `${DASHBOARD}/case-templates/ctmpl_1`));
			expect(server.requests).toMatchObject([
				{ body: { query: { and: [{ attribute: 'template', value: 'ctmpl_1' }] } } },
			]);
			const { error } = await run(search('template', 'itmpl_1'));
			expect(error?.message).toBe("'Value' has the wrong kind of ID");
			expect(server.requests).toHaveLength(1);
		});
	});

	it('may begin in a way that this package does not know', async () => {
		await run(getInquiry('id', 'inq2_1'));
		expect(server.requests).toMatchObject([{ path: '/inquiries/inq2_1' }]);
		expect(findIssues(getInquiry('id', 'inq2_1'))).toEqual([]);
	});

	it.each([
		['https://app.withpersona.com/dashboard', 'is an address without an ID'],
		['https://example.com/inquiries/inq_1', 'is not an ID'],
		['https://withpersona.com/verify?code=us1-asdf', 'is an address without an ID'],
		['inq_1/../accounts', 'is not an ID'],
		['Jane Doe', 'is not an ID'],
	])('is missing in %s', async (value, message) => {
		const { error } = await run(getInquiry('url', value));
		expect(error?.message).toBe(`'Inquiry' ${message}`);
		expect(server.requests).toEqual([]);
	});

	describe('by reference ID', () => {
		const toAccount = (id: string, reference?: string) => ({
			...{ type: 'account', id },
			attributes: reference === undefined ? {} : { 'reference-id': reference },
		});
		const answer = (...data: object[]) => {
			lists['/accounts'] = { body: { data, links: { next: null } } };
		};
		const redact = (value: string) => ({
			...{ resource: 'account', operation: 'redact' },
			accountId: locate('referenceId', value),
		});

		it('is the ID of the only object that has it, looked up once for all items', async () => {
			answer(toAccount('act_1', 'user-42'));
			const { error } = await run(redact(' user-42 '), [{}, {}]);
			expect(error).toBeUndefined();
			expect(server.requests.map(({ method, path, query }) => [method, path, query])).toEqual([
				['GET', '/accounts', { 'filter[reference-id]': 'user-42', 'page[size]': '10' }],
				['DELETE', '/accounts/act_1', {}],
				['DELETE', '/accounts/act_1', {}],
			]);
		});

		it('fails where the key hides reference IDs, since another object may be meant', async () => {
			answer(toAccount('act_1'));
			const { error } = await run(redact('user-42'));
			expect(error?.message).toBe(
				"'Account' cannot be found by reference ID: this API key does not show reference IDs",
			);
			expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
		});

		it.each([
			['none', [], 'was not found'],
			['none with exactly this one', [toAccount('act_2', 'USER-42')], 'was not found'],
			['several', [toAccount('act_1', 'user-42'), toAccount('act_2', 'user-42')], 'is not clear'],
		])(
			'fails the item if Persona has %s, and nothing is sent for any item',
			async (_, data, say) => {
				answer(...data);
				const { error } = await run(redact('user-42'));
				expect(error?.message).toContain(`'Account' ${say}`);
				expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
			},
		);

		it('fails where Persona does not know the reference ID at all', async () => {
			lists['/accounts'] = { status: 404, body: { errors: [{ title: 'Record not found' }] } };
			const { error } = await run(redact('user-42'));
			expect(error?.message).toContain("'Account' was not found");
		});

		it.each(['act_1', `${DASHBOARD}/accounts/act_1`])(
			'is not taken for an ID: %s',
			async (value) => {
				answer();
				const { error } = await run(redact(value));
				expect(error?.description).toContain("choose 'By ID' or 'By URL'");
				expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
			},
		);

		it.each([
			['={{ $json.missing }}', 'is empty'],
			['=user-{{ $json.missing }}', 'is incomplete'],
			['a,b', 'contains a comma'],
			['={{ $json.id === "x" }}', 'is false'],
		])('fails before any request if it is %j', async (value, message) => {
			const { error } = await run(redact(value));
			expect(error?.message).toContain(`'Account' ${message}`);
			expect(server.requests).toEqual([]);
		});

		it('finds an inquiry, also for a filter and for a field that is sent', async () => {
			lists['/inquiries'] = {
				body: {
					data: [{ type: 'inquiry', id: 'inq_1', attributes: { 'reference-id': 'user-42' } }],
					links: { next: null },
				},
			};
			lists['/cases'] = { body: { data: [], links: { next: null } } };
			answer(toAccount('act_1', 'user-42'));
			const filters = { inquiryId: locate('referenceId', 'user-42') };
			await run({ resource: 'case', operation: 'getAll', filters });
			expect(server.requests.at(-1)?.query).toMatchObject({ 'filter[inquiry-id]': 'inq_1' });
			await run(
				{
					...{ resource: 'inquiry', operation: 'create' },
					inquiryTemplateId: locate('id', 'itmpl_1'),
					additionalFields: { accountId: locate('referenceId', '={{ $json.user }}') },
				},
				[{ user: 'user-42' }] as never,
			);
			expect(server.requests.at(-1)?.body).toMatchObject({
				data: { attributes: { 'account-id': 'act_1' } },
			});
		});

		it('names the permission that is missing for it', async () => {
			lists['/accounts'] = { status: 403, body: { errors: [{ title: 'Forbidden' }] } };
			const { error } = await run(redact('user-42'));
			expect(error?.description).toContain('account.read');
		});

		it('is looked up for each item, and one that is not found fails alone', async () => {
			lists['/accounts'] = { body: { data: [], links: { next: null } } };
			const { outputs } = await runNode({
				parameters: redact('={{ $json.user }}'),
				items: [{ user: 'user-1' }, { user: 'user-2' }],
				credentials: { baseUrl: server.baseUrl },
				onError: 'continueErrorOutput',
			});
			expect(outputs[1]).toHaveLength(2);
			expect(server.requests.map(({ query }) => query['filter[reference-id]']).sort()).toEqual([
				'user-1',
				'user-2',
			]);
		});
	});
});
