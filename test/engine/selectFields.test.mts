import type { INodeParameters } from 'n8n-workflow';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { runNode } from '../support/runNode.mts';

const inquiry = {
	type: 'inquiry',
	id: 'inq_1',
	attributes: {
		status: 'approved',
		'reference-id': 'user-42',
		fields: { 'name-first': { type: 'string', value: 'Jane' }, birthdate: null },
	},
	relationships: { account: { data: { type: 'account', id: 'act_1' } } },
};

const responses: Record<string, object> = {
	'/inquiries': [inquiry, { type: 'inquiry', id: 'inq_2' }],
	'/reports': { type: 'report/watchlist', id: 'rep_1', attributes: { status: 'pending' } },
	'/reports/rep_1': { type: 'report/watchlist', id: 'rep_1', attributes: { status: 'ready' } },
};

describe('the selected fields of a tool', () => {
	let server: RequestRecorder;

	beforeAll(async () => {
		server = await startRequestRecorder(({ path }) => ({
			body: { data: responses[path] ?? inquiry },
		}));
	});

	afterAll(async () => await server.stop());

	/** Runs an operation as the tool of an AI agent, and returns its items or its error. */
	async function useTool(outputFields: string, parameters: INodeParameters = {}) {
		const { items, error } = await runNode({
			parameters: {
				...{ resource: 'inquiry', operation: 'get' },
				...{ inquiryId: { __rl: true, mode: 'id', value: 'inq_1' } },
				...{ output: 'selectedFields', outputFields },
				...parameters,
			},
			settings: { type: 'testedTool' },
			credentials: { baseUrl: server.baseUrl },
		});
		return error?.message ?? items.map(({ json }) => json);
	}

	it('are returned in their order behind the ID, members of objects as well', async () => {
		const output = await useTool('accountId, status, fields.name-first');
		expect(JSON.stringify(output)).toBe(
			'[{"id":"inq_1","accountId":"act_1","status":"approved","fields":{"name-first":"Jane"}}]',
		);
	});

	it('are picked from each object of a list, and known if one object has them', async () => {
		expect(await useTool('status', { operation: 'getAll' })).toEqual([
			{ id: 'inq_1', status: 'approved' },
			{ id: 'inq_2' },
		]);
	});

	it.each(['get', 'update'])(
		'that do not exist are named with those that there are, and what was done by %s is no failure',
		async (operation) => {
			const updateFields = { note: 'Called' };
			const given = operation === 'update' ? { operation, updateFields } : { operation };
			expect(await useTool('status, nmae, fields.name-last', given)).toEqual([
				{
					id: 'inq_1',
					status: 'approved',
					unknownFields:
						"'Output Fields' has names that are not in the output: nmae, fields.name-last. It has: id, type, status, referenceId, fields, accountId.",
				},
			]);
		},
	);

	it('are picked once the operation has waited for its result', async () => {
		const { length } = server.requests;
		const output = await useTool('status', {
			...{ resource: 'report', operation: 'create', reportType: 'template' },
			...{ reportTemplateId: 'rptp_1', query: '{"term": "Jane"}' },
		});
		expect(output).toEqual([{ id: 'rep_1', status: 'ready' }]);
		expect(server.requests.slice(length).map(({ path }) => path)).toEqual([
			...['/reports', '/reports/rep_1'],
		]);
	});

	it('come with the ID of the object where it has a name of its own', async () => {
		const output = await useTool('decision', { operation: 'getDecisionSummary' });
		expect(output).toEqual([{ inquiryId: 'inq_1', decision: 'approved' }]);
	});

	it.each([' ', ','])('must be named: %j is an error', async (names) => {
		expect(await useTool(names)).toContain("'Output Fields'");
	});

	it('pass the error of an item on', async () => {
		const { items } = await runNode({
			parameters: {
				...{ resource: 'inquiry', operation: 'get', output: 'selectedFields', outputFields: 'id' },
				inquiryId: { __rl: true, mode: 'id', value: '../x' },
			},
			settings: { type: 'testedTool' },
			onError: 'continueRegularOutput',
			credentials: { baseUrl: server.baseUrl },
		});
		expect(items).toMatchObject([{ json: { error: expect.stringContaining("'Inquiry'") } }]);
	});
});
