import type { IDataObject } from 'n8n-workflow';
import {
	evaluateParameter,
	getNode,
	listWorkflows,
	readNodes,
	routeItem,
} from './evaluateParameter.mts';

/** What the decision summary says of someone about whom there is nothing to doubt. */
const clear: IDataObject = {
	status: 'completed',
	verifications: [{ kind: 'government-id', attempts: 1, status: 'passed' }],
	failedRequiredCheckCount: 0,
	reportsResult: 'clear',
	threatLevel: 'low',
	isTor: false,
	notes: [],
};

const APPROVING = listWorkflows().filter((name) =>
	readNodes(name).some((node) => node.name === 'No doubt left?'),
);

it('is known which workflows approve by themselves', () => {
	expect(APPROVING.map((name) => name.slice(0, 2))).toEqual(['01', '02', '03', '15', '16']);
});

describe.each(APPROVING)('"%s"', (workflow) => {
	const nodes = readNodes(workflow);
	const hasNoDoubt = (summary: IDataObject) =>
		routeItem(nodes, 'No doubt left?', { ...clear, ...summary });

	it.each([{}, { reportsResult: 'none' }, { threatLevel: 'medium' }])(
		'approves with %j and nothing else to doubt',
		(summary) => {
			expect(hasNoDoubt(summary)).toBe(true);
		},
	);

	it.each([
		...Object.keys(clear)
			.filter((name) => name !== 'notes')
			.map((name) => ({ [name]: null })),
		...['unknown', 'high', 'extreme'].map((threatLevel) => ({ threatLevel })),
		...['unknown', 'pending', 'errored', 'matched'].map((reportsResult) => ({ reportsResult })),
		{ verifications: [] },
		...['failed', 'skipped', 'submitted', null].map((status) => ({
			verifications: [{ status: 'passed' }, { status }],
		})),
		...[{ isTor: true }, { failedRequiredCheckCount: 1 }, { notes: ['Something is missing'] }],
	])('asks a person with %j, since what is unknown is not clear', (summary) => {
		expect(hasNoDoubt(summary)).toBe(false);
	});
});

describe('the payment of an inquiry', () => {
	const nodes = readNodes('02-verify-by-risk');

	it.each([
		['created', undefined],
		['pending', undefined],
		['approved', 'Decided'],
		['declined', 'Decided'],
		['failed', 'Decided'],
		['expired', 'Decided'],
		['needs_review', 'Decided'],
		['completed', undefined],
	])('that is %s when the event of its expiry comes goes to %p', (status, output) => {
		const item = { event: 'inquiry.expired', object: { status } };
		expect(routeItem(nodes, 'What has happened?', item)).toBe(output);
	});

	it('is decided when the inquiry is completed', () => {
		const item = { event: 'inquiry.completed', object: { status: 'completed' } };
		expect(routeItem(nodes, 'What has happened?', item)).toBe('Completed');
	});
});

describe('the person in the table of "Keep CRM and database in sync"', () => {
	const nodes = readNodes('09-keep-records-in-sync');

	it.each([
		[{ accountId: 'act_1', referenceId: 'user-1' }, 'act_1'],
		[{ accountId: null, referenceId: 'user-1' }, 'user-1'],
		[{ accountId: null, referenceId: null }, 'inq_1'],
		[{ accountId: '', referenceId: '' }, 'inq_1'],
	])('with %j is %p, and never the same as another without an ID', (ids, person) => {
		const name = 'Keep the decision';
		const { queryReplacement } = getNode(nodes, name).parameters.options as IDataObject;
		const item = { eventId: 'evt_1', object: { id: 'inq_1', fields: null, ...ids } };
		const outputs = { 'When an inquiry is decided': [[[item]]] };
		const values = evaluateParameter(nodes, name, queryReplacement, [item], outputs) as unknown[];
		expect(values.slice(0, 3)).toEqual([person, ids.referenceId || null, null]);
	});
});

describe('the decision in the table of "Verify again before large transactions"', () => {
	const nodes = readNodes('03-verify-again-before-large-transactions');

	it.each([
		['approved', '2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.000Z'],
		['approved', null, '2026-03-02T10:00:00.000Z'],
		['declined', '2026-03-01T10:00:00.000Z', null],
	])(
		'of an inquiry that is %s at %p has the approval at %p',
		(status, decisionedAt, approvedAt) => {
			const name = 'Enter the decision';
			const { value } = getNode(nodes, name).parameters.columns as { value: IDataObject };
			const item = { createdAt: '2026-03-02T10:00:00.000Z', object: { status, decisionedAt } };
			expect(evaluateParameter(nodes, name, value.approvedAt, [item])).toBe(approvedAt);
		},
	);
});

describe('the reports of "Verify a business for a Persona workflow"', () => {
	const nodes = readNodes('07-verify-businesses-for-persona');

	const getKey = (body: IDataObject) => {
		const name = 'Run the reports';
		const { idempotencyKey } = getNode(nodes, name).parameters.options as IDataObject;
		const outputs = { 'When Persona calls': [[[{ body }]]] };
		return evaluateParameter(nodes, name, idempotencyKey, [{ check: 'TIN' }], outputs);
	};

	it('are made once for the same body, and anew when anything in it is different', () => {
		const body = { runId: 'Ünïcode', name: 'Acme' };
		expect(getKey({ ...body })).toBe(getKey(body));
		expect(getKey(body)).toMatch(/^business-[0-9a-f]+-TIN$/);
		expect(getKey({ ...body, name: 'Other' })).not.toBe(getKey(body));
		expect(getKey({ ...body, attempt: 2 })).not.toBe(getKey(body));
	});
});
