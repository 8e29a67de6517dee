import { columns, pick } from './support/editor.mts';
import { startServer, type Reply, type Server } from './support/server.mts';

const inquiry = (id: string, attributes: object) => ({ type: 'inquiry', id, attributes });

const answers: Record<string, Reply['body']> = {
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
	'/inquiry-templates': {
		data: [
			{ type: 'inquiry-template', id: 'itmpl_1', attributes: { name: 'KYC', status: 'active' } },
			{ type: 'inquiry-template', id: 'itmpl_2', attributes: { name: 'KYB', status: 'inactive' } },
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
	let server: Server;
	let refuse = false;
	const credentials = () => ({ baseUrl: server.baseUrl });

	beforeEach(async () => {
		refuse = false;
		server = await startServer(({ path }) => {
			if (refuse) return { status: 403, body: { errors: [{ title: 'Forbidden' }] } };
			return path in answers ? { body: answers[path] } : { status: 404, body: { errors: [] } };
		});
	});

	afterEach(async () => await server.stop());

	it('name an inquiry by reference ID or person, else by its ID, with status and day', async () => {
		const { results, paginationToken } = await pick('searchInquiries', credentials());
		expect(results).toEqual([
			{ name: 'user-42 · approved · 2025-06-30', value: 'inq_1' },
			{ name: 'Jane · created', value: 'inq_2' },
			{ name: 'inq_3 · pending', value: 'inq_3' },
		]);
		expect(paginationToken).toBe('inq_3');
	});

	it('go on after the last object of the page before', async () => {
		await pick('searchInquiries', credentials(), undefined, 'inq_3');
		expect(server.requests[0].query).toEqual({ 'page[size]': '50', 'page[after]': 'inq_3' });
	});

	it.each([
		['inq_1', '/inquiries/inq_1', {}],
		['act_1', '/inquiries', { 'page[size]': '50', 'filter[account-id]': 'act_1' }],
		[' user-42 ', '/inquiries', { 'page[size]': '50', 'filter[reference-id]': 'user-42' }],
	])('find %j where Persona can look it up', async (text, path, query) => {
		await pick('searchInquiries', credentials(), text);
		expect(server.requests).toMatchObject([{ path, query }]);
	});

	it('find nothing for an ID that Persona does not have', async () => {
		const { results } = await pick('searchAccounts', credentials(), 'act_404');
		expect(results).toEqual([]);
	});

	it('name an account by its person and type, a report by its type and status', async () => {
		const accounts = await pick('searchAccounts', credentials());
		expect(accounts.results).toEqual([{ name: 'Jane Doe · User', value: 'act_1' }]);
		const reports = await pick('searchReports', credentials());
		expect(reports.results).toEqual([{ name: 'watchlist · ready · rep_1', value: 'rep_1' }]);
	});

	it('find a template by a part of its name and say when it is not active', async () => {
		const { results } = await pick('searchInquiryTemplates', credentials(), 'kyb');
		expect(results).toEqual([{ name: 'KYB · inactive', value: 'itmpl_2' }]);
	});

	it('tell a key that may not read templates what to do instead', async () => {
		refuse = true;
		await expect(pick('searchInquiryTemplates', credentials())).rejects.toThrow("choose 'By ID'");
		await expect(
			columns('inquiryFields', credentials(), { inquiryTemplateId: 'itmpl_1' }),
		).rejects.toThrow("choose 'Using JSON'");
	});

	it('name the permission that a key needs for everything else', async () => {
		refuse = true;
		await expect(pick('searchReports', credentials())).rejects.toMatchObject({
			description: expect.stringContaining('report.read') as string,
		});
	});
});

describe('the columns', () => {
	let server: Server;
	const credentials = () => ({ baseUrl: server.baseUrl });
	const located = (value: string) => ({ __rl: true, mode: 'list', value });

	beforeEach(async () => {
		server = await startServer(({ path }) => ({ body: answers[path] }));
	});

	afterEach(async () => await server.stop());

	it('are the fields of the chosen template that are in use', async () => {
		const parameters = { inquiryTemplateId: located('itmpl_1') };
		const { fields } = await columns('inquiryFields', credentials(), parameters);
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
		const { fields } = await columns('inquiryFields', credentials(), parameters);
		expect(fields.map(({ id }) => id)).toEqual(['plan']);
		expect(server.requests).toMatchObject([
			{ path: '/inquiries/inq_1', query: { include: 'inquiry-template' } },
		]);
	});

	it('are those of the account type', async () => {
		const parameters = { accountTypeId: 'acttp_1' };
		const { fields } = await columns('accountFields', credentials(), parameters);
		expect(fields).toMatchObject([{ id: 'age', displayName: 'Age', type: 'number' }]);
	});

	it.each(['', '={{ $json.template }}'])('need an ID that is known: %j', async (value) => {
		const parameters = { inquiryTemplateId: located(value) };
		await expect(columns('inquiryFields', credentials(), parameters)).rejects.toThrow(
			'Choose an inquiry or a template first',
		);
		expect(server.requests).toEqual([]);
	});
});
