import { Settings } from 'luxon';
import type { INode } from 'n8n-workflow';
import { evaluateParameter, listWorkflows, readNodes } from './evaluateParameter.mts';

/** The request of an app that calls again with the same body. */
const STARTED = '2026-03-01T10:00:30.000Z';
const entered = { request: 'hash', createdAt: STARTED };

/** What the nodes that the keys read have put out, whatever their names. */
const event = {
	...{ eventId: 'evt_1', createdAt: STARTED, object: { id: 'inq_1' } },
	// A webhook of Jira.
	...{ timestamp: Date.parse(STARTED), comment: { id: '10001', updated: STARTED } },
	...{ body: { userId: 'user-1' }, email: 'jane@example.com', id: 'inq_1', inquiryId: 'inq_1' },
	...entered,
};

/** The app or Persona calls these again for the same checks, which cost money. */
const BY_THEIR_CALLER = ['06-verify-businesses', '07-verify-businesses-for-persona'];

/** These look for an inquiry of the person first, and create one only if there is none to go on with. */
const LOOK_FIRST = [
	'01-onboard-users',
	'15-onboard-users-without-public-address',
	'16-onboard-by-form',
];

const findKeys = (nodes: INode[]) =>
	nodes.flatMap(({ name, parameters }) => {
		const { idempotencyKey } = (parameters.options ?? {}) as { idempotencyKey?: string };
		// There is one item, which needs no connections to be found.
		if (!idempotencyKey) return [];
		const isCreation =
			['create', 'addComment'].includes(String(parameters.operation)) &&
			parameters.resource !== 'listItem';
		return [{ name, key: idempotencyKey.replaceAll('.item.', '.first().'), isCreation }];
	});

const workflows = listWorkflows().filter(
	(name) => !BY_THEIR_CALLER.includes(name) && findKeys(readNodes(name)).length > 0,
);

describe.each(workflows)('the idempotency keys of "%s"', (workflow) => {
	const nodes = readNodes(workflow);
	const outputs = Object.fromEntries(nodes.map(({ name }) => [name, [[[event]]]]));

	afterEach(() => {
		Settings.now = () => Date.now();
	});

	const evaluateAt = (time: string, name: string, key: string) => {
		Settings.now = () => Date.parse(time);
		return evaluateParameter(nodes, name, key, [event], outputs);
	};

	it.each(findKeys(nodes))('are the same for two of the same at once: $name', ({ name, key }) => {
		const first = evaluateAt('2026-03-01T10:00:30.000Z', name, key);
		expect(first).toMatch(/^[\w-]+$/);
		expect(first).not.toMatch(/undefined|NaN|null/);
		expect(evaluateAt('2026-03-01T10:00:50.000Z', name, key)).toBe(first);
	});

	it.each(findKeys(nodes))(
		'stay for what is created, which must never be done twice, and else differ a minute later, so that a refusal that Persona keeps is not repeated: $name',
		({ name, key, isCreation }) => {
			const first = evaluateAt('2026-03-01T10:00:30.000Z', name, key);
			const later = evaluateAt('2026-03-01T10:01:31.000Z', name, key);
			expect(later === first).toBe(isCreation && !LOOK_FIRST.includes(workflow));
		},
	);
});
