import { Settings } from 'luxon';
import type { INode } from 'n8n-workflow';
import { evaluateParameter, listWorkflows, readNodes } from './evaluateParameter.mts';

/** The request of an app that calls again with the same body. */
const STARTED = '2026-03-01T10:00:30.000Z';
const entered = { request: 'hash', createdAt: STARTED };

/** What the nodes that the keys read have put out, whatever their names. */
const event = {
	...{ eventId: 'evt_1', createdAt: STARTED, object: { id: 'inq_1' } },
	body: { userId: 'user-1' },
	...entered,
};

/** The app or Persona calls these again for the same checks, which cost money. */
const BY_THEIR_CALLER = ['06-verify-businesses', '07-verify-businesses-for-persona'];

const findKeys = (nodes: INode[]) =>
	nodes.flatMap(({ name, parameters }) => {
		const { idempotencyKey } = (parameters.options ?? {}) as { idempotencyKey?: string };
		// There is one item, which needs no connections to be found.
		return idempotencyKey ? [{ name, key: idempotencyKey.replaceAll('.item.', '.first().') }] : [];
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
		'differ a minute later, so that no refusal that Persona keeps is repeated: $name',
		({ name, key }) => {
			const first = evaluateAt('2026-03-01T10:00:30.000Z', name, key);
			expect(evaluateAt('2026-03-01T10:01:31.000Z', name, key)).not.toBe(first);
		},
	);
});

describe.each([
	['02-verify-by-risk', 'Create inquiry for ID'],
	['02-verify-by-risk', 'Create inquiry for ID and selfie'],
	['03-verify-again-before-large-transactions', 'Create inquiry'],
])('the idempotency key in "%s" of %s', (workflow, name) => {
	it('counts the minutes since the request was first entered, not those of the clock', () => {
		const nodes = readNodes(workflow);
		const outputs = Object.fromEntries(nodes.map((node) => [node.name, [[[event]]]]));
		const [{ key }] = findKeys(nodes).filter((each) => each.name === name);
		const at = (time: string) => {
			Settings.now = () => Date.parse(time);
			return evaluateParameter(nodes, name, key, [event], outputs);
		};
		// A clock that is behind that of the database changes nothing.
		const keys = ['10:00:29', '10:00:59', '10:01:29', '10:01:30'].map((time) =>
			at(`2026-03-01T${time}.000Z`),
		);
		Settings.now = () => Date.now();
		expect(new Set(keys.slice(0, 3)).size).toBe(1);
		expect(keys[3]).not.toBe(keys[0]);
	});
});
