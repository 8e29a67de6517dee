import type { INodeParameters } from 'n8n-workflow';
import type { resourceMapping } from '../../nodes/Persona/methods/resourceMapping.ts';
import { runResourceMapping } from '../support/editorMethods.mts';
import {
	startRequestRecorder,
	type FakeResponse,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';

type MapMethod = keyof typeof resourceMapping;

const REQUIRED_SCHEMAS = [
	{ type: 'string', key: 'tax_number', label: 'Tax number', config: { required: true } },
	{
		...{ type: 'string', key: 'plan', label: 'Plan', 'default-value': 'basic' },
		config: { required: true },
	},
	{ type: 'string', key: 'note', label: 'Note', config: { required: false } },
];

const RESPONSES: Record<string, FakeResponse['body']> = {
	'/inquiries/inq_1': {
		data: { type: 'inquiry', id: 'inq_1' },
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
	'/case-templates/ctmpl_2': {
		data: { type: 'case-template', id: 'ctmpl_2', attributes: { 'field-schemas': [] } },
	},
	'/transaction-types/txntp_1': {
		data: {
			type: 'transaction-type',
			id: 'txntp_1',
			attributes: { 'field-schemas': [{ type: 'number', key: 'amount', config: {} }] },
		},
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
	'/account-types/acttp_2': {
		data: {
			type: 'account-type',
			id: 'acttp_2',
			attributes: { 'field-schemas': REQUIRED_SCHEMAS },
		},
	},
	'/accounts/act_2': {
		data: { type: 'account', id: 'act_2' },
		included: [
			{ type: 'account-type', id: 'acttp_2', attributes: { 'field-schemas': REQUIRED_SCHEMAS } },
		],
	},
	'/inquiry-templates/itmpl_2': {
		data: {
			type: 'inquiry-template',
			id: 'itmpl_2',
			attributes: { 'field-schemas': REQUIRED_SCHEMAS },
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

describe('resource mapping', () => {
	let server: RequestRecorder;
	let deniedStatus: number | undefined;
	const getCredentials = () => ({ baseUrl: server.baseUrl });
	const createLocator = (value: string) => ({ __rl: true, mode: 'list', value });

	beforeEach(async () => {
		deniedStatus = undefined;
		server = await startRequestRecorder(({ path }) =>
			deniedStatus
				? { status: deniedStatus, body: { errors: [{ title: 'Denied' }] } }
				: { body: RESPONSES[path] },
		);
	});

	afterEach(async () => await server.stop());

	it('returns the fields of the chosen template that are in use', async () => {
		const parameters = { inquiryTemplateId: createLocator('itmpl_1') };
		const { fields } = await runResourceMapping('inquiryFields', getCredentials(), parameters);
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

	it('returns the fields of the template of the inquiry that is updated', async () => {
		const parameters = { inquiryId: createLocator('inq_1') };
		const { fields } = await runResourceMapping('inquiryFields', getCredentials(), parameters);
		expect(fields.map(({ id }) => id)).toEqual(['plan']);
		expect(server.requests).toMatchObject([
			{ path: '/inquiries/inq_1', query: { include: 'inquiry-template' } },
		]);
	});

	it('says that there are no fields only if there are none', async () => {
		const readNotice = async (id: string) => {
			const parameter = id.startsWith('case_') ? 'caseId' : 'caseTemplateId';
			const parameters = { [parameter]: createLocator(id) };
			const columns = await runResourceMapping('caseFields', getCredentials(), parameters);
			return columns.emptyFieldsNotice;
		};
		// n8n shows it only with Map Automatically, which hides the fields.
		expect(await readNotice('case_1')).toBe('Persona has these fields here: notes');
		expect(await readNotice('ctmpl_2')).toMatch(/Persona has no fields here/);
	});

	it('returns the fields of the account type', async () => {
		const parameters = { accountTypeId: 'acttp_1' };
		const { fields } = await runResourceMapping('accountFields', getCredentials(), parameters);
		expect(fields).toMatchObject([{ id: 'age', displayName: 'Age', type: 'number' }]);
	});

	const readRequired = async (...[method, parameters]: [MapMethod, INodeParameters]) => {
		const { fields } = await runResourceMapping(method, getCredentials(), parameters);
		return fields.flatMap(({ id, required }) => (required ? [id] : []));
	};

	it('requires what the type of an account requires, and has no default for', async () => {
		const parameters = { operation: 'create', accountTypeId: 'acttp_2' };
		expect(await readRequired('accountFields', parameters)).toEqual(['tax_number']);
	});

	it('requires no field where an account may have it already, nor where the person enters it', async () => {
		const upsert = { operation: 'createOrUpdate', accountTypeId: 'acttp_2' };
		expect(await readRequired('accountFields', upsert)).toEqual([]);
		const update = { operation: 'update', accountId: createLocator('act_2') };
		expect(await readRequired('accountFields', update)).toEqual([]);
		const job = { operation: 'create', jobType: 'upsertAccounts', accountTypeId: 'acttp_2' };
		expect(await readRequired('accountFields', job)).toEqual([]);
		const inquiry = { operation: 'create', inquiryTemplateId: createLocator('itmpl_2') };
		expect(await readRequired('inquiryFields', inquiry)).toEqual([]);
	});

	it('returns the fields of the template of a case and of the type of a transaction', async () => {
		const caseColumns = await runResourceMapping('caseFields', getCredentials(), {
			caseId: createLocator('case_1'),
		});
		expect(caseColumns.fields).toMatchObject([
			{ id: 'notes', displayName: 'notes', type: 'object' },
		]);
		const parameters = { transactionTypeId: 'txntp_1' };
		const transactionColumns = await runResourceMapping(
			'transactionFields',
			getCredentials(),
			parameters,
		);
		expect(transactionColumns.fields).toMatchObject([{ id: 'amount', type: 'number' }]);
		expect(server.requests).toMatchObject([
			{ path: '/cases/case_1', query: { include: 'case-template' } },
			{ path: '/transaction-types/txntp_1' },
		]);
	});

	it('returns the inputs of the live version of a workflow', async () => {
		const parameters = { workflowId: 'wfl_1' };
		const { fields } = await runResourceMapping('workflowFields', getCredentials(), parameters);
		expect(fields.map(({ id, type, required }) => [id, type, required])).toEqual([
			['account_id', 'string', true],
			['force', 'boolean', false],
			// An object may be a file, and n8n takes no text in a column for an object.
			['details', 'string', false],
			['note', 'string', false],
		]);
		expect(server.requests).toMatchObject([{ query: { 'filter[workflow-id]': 'wfl_1' } }]);
	});

	it.each(['', '={{ $json.template }}'])(
		'asks for an ID if the editor does not know it: %j',
		async (value) => {
			const parameters = { inquiryTemplateId: createLocator(value) };
			const { fields, emptyFieldsNotice } = await runResourceMapping(
				...(['inquiryFields', getCredentials(), parameters] as const),
			);
			expect(fields).toEqual([]);
			expect(emptyFieldsNotice).toContain('Choose an inquiry or a template');
			expect(emptyFieldsNotice).toContain('<b>Using JSON</b>');
			expect(server.requests).toEqual([]);
		},
	);

	it.each([
		[401, 'persona_sandbox_1', 'A sandbox key'],
		[403, 'persona_production_1', 'This API key'],
	])(
		'leads to JSON in one sentence if a key gets %i for templates',
		async (status, apiKey, who) => {
			deniedStatus = status;
			const credentials = { ...getCredentials(), apiKey };
			const parameters = { inquiryTemplateId: 'itmpl_1' };
			const columns = await runResourceMapping('inquiryFields', credentials, parameters);
			expect(columns).toEqual({
				fields: [],
				emptyFieldsNotice: `${who} cannot read the fields of a template: choose <b>Using JSON</b> above and enter the values by field key.`,
			});
		},
	);

	it('fails for what no choice of the user can mend', async () => {
		deniedStatus = 422;
		await expect(
			runResourceMapping('inquiryFields', getCredentials(), { inquiryTemplateId: 'itmpl_1' }),
		).rejects.toThrow();
	});

	it('reads the template from the address of its page, not the version beside it', async () => {
		const value =
			'https://app.withpersona.com/dashboard/inquiry-templates/itmpl_2/itmplv_9/flow?tab=1';
		const inquiryTemplateId = { __rl: true, mode: 'url', value };
		await runResourceMapping('inquiryFields', getCredentials(), { inquiryTemplateId });
		expect(server.requests).toMatchObject([{ path: '/inquiry-templates/itmpl_2' }]);
	});

	it('does not look up an object by reference ID while the node is edited', async () => {
		const accountId = { __rl: true, mode: 'referenceId', value: 'act_1' };
		const { fields } = await runResourceMapping('accountFields', getCredentials(), { accountId });
		expect(fields).toEqual([]);
		expect(server.requests).toEqual([]);
	});
});
