import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

const nodes = readNodes('16-onboard-by-form');

const STATUSES = [
	...['created', 'pending', 'completed', 'failed', 'expired'],
	...['needs_review', 'approved', 'declined', 'a-new-status'],
];

/** What a node of the workflow puts out for its first item, after other nodes have put out these. */
function evaluate(name: string, input: IDataObject, outputs: IDataObject = {}): IDataObject {
	const { jsonOutput } = getNode(nodes, name).parameters;
	const runs = Object.entries(outputs).map(([node, items]) => [node, [[items as IDataObject[]]]]);
	return evaluateParameter(
		nodes,
		name,
		jsonOutput,
		[input],
		Object.fromEntries(runs) as Parameters<typeof evaluateParameter>[4],
	) as IDataObject;
}

describe('the address of the form', () => {
	const isAccepted = (email: unknown) =>
		routeItem(nodes, 'Is it an address?', { email } as IDataObject);

	it.each([
		...['jane', 'jane@example', 'jane@@example.com', 'jane@example.com,joe@example.com', '', ' '],
		...['mailto:jane@example.com', 'Jane <jane@example.com>', 'jane@example.com\u200b', null],
		...[undefined, 42, [], ['jane@example.com'], {}, true, '[object Object]', 'null'],
		`${'x'.repeat(200)}@example.com`,
	])('is refused if it is %j', (email) => {
		expect(isAccepted(email)).toBe(false);
	});

	it.each([' Jane+Doe@Example.co.uk ', "o'brien@example.com", 'jörg@bücher.example'])(
		'is accepted if it is %j',
		(email) => {
			expect(isAccepted(email)).toBe(true);
		},
	);

	it('is the same person with blanks and capitals, and cannot be read in the reference ID', () => {
		const { referenceId } = getNode(nodes, 'Enter the account').parameters;
		const hash = (email: string) =>
			evaluateParameter(nodes, 'Enter the account', referenceId, [{ email }]);
		expect(hash(' Jane@Example.com ')).toBe(hash('jane@example.com'));
		expect(hash('jane@example.com')).toMatch(/^form-[0-9a-f]{64}$/);
		expect(hash('joe@example.com')).not.toBe(hash('jane@example.com'));
	});
});

describe('somebody who fills in the form', () => {
	const today = new Date().toISOString();
	const TAGS = ['by-form'];

	const create = (status: string, more: IDataObject = {}): IDataObject => ({
		...{ id: `inq_${status}`, status, createdAt: today, redactedAt: null, tags: TAGS },
		...more,
	});

	const route = (...inquiries: IDataObject[]) => {
		const outputs = {
			// n8n puts out an empty item where Persona lists none.
			'Get inquiries of the person': inquiries.length > 0 ? inquiries : [{}],
			'Enter the account': [{ id: 'act_1' }],
		};
		const chosen = evaluate('Choose what counts', {}, outputs);
		return { before: chosen.before, ...chosen, output: routeItem(nodes, 'What to do?', chosen) };
	};

	it('for the first time gets an inquiry', () => {
		expect(route()).toEqual({
			...{ step: 'none', id: null, accountId: 'act_1', before: 'none', output: 'New' },
		});
	});

	it.each(STATUSES.map((status) => [status]))('after an inquiry that is %s', (status) => {
		const expected: Record<string, string> = {
			...{ created: 'Not started', pending: 'Started', failed: 'New', expired: 'New' },
		};
		const { output, before } = route(create(status));
		expect([output, before]).toEqual([expected[status] ?? 'Nothing to do', `inq_${status}`]);
	});

	it('gets nothing when Persona could not list the inquiries', () => {
		expect(route({ error: 'Persona did not answer', message: 'Try again' })).toMatchObject({
			...{ step: 'unknown', output: undefined },
		});
	});

	it.each(['approved', 'completed', 'created', 'pending', 'failed'])(
		'gets a new inquiry when the one that is %s was redacted',
		(status) => {
			expect(route(create(status, { redactedAt: today })).output).toBe('New');
		},
	);

	it('gets no inquiry after a decline, also when it was redacted', () => {
		expect(route(create('declined', { redactedAt: today })).output).toBe('Nothing to do');
	});

	it.each(['created', 'pending'])(
		'leaves alone what another workflow has begun, and is %s',
		(status) => {
			expect(route(create(status, { tags: [] })).output).toBe('New');
			expect(route(create(status, { tags: null })).output).toBe('New');
		},
	);

	it('gets the newest open inquiry', () => {
		const old = '2026-03-01T10:00:00.000Z';
		const inquiries = [create('pending', { createdAt: old }), create('created')];
		expect(route(...inquiries)).toMatchObject({ id: 'inq_created', output: 'Not started' });
		expect(route(...inquiries.reverse())).toMatchObject({ id: 'inq_created' });
	});

	it('fails three times on a day, and again on the next', () => {
		const failed = [1, 2, 3].map((number) => create('failed', { id: `inq_${number}` }));
		expect(route(...failed.slice(1)).output).toBe('New');
		expect(route(...failed).output).toBe('Nothing to do');
		failed[0].createdAt = new Date(Date.now() - 25 * 3_600_000).toISOString();
		expect(route(...failed).output).toBe('New');
	});
});

describe('the page with the result', () => {
	const now = new Date().toISOString();

	const show = (inquiry: IDataObject) =>
		evaluate('Choose the words', { tags: ['by-form'], completedAt: now, ...inquiry });

	const titles = (statuses: string[]) => statuses.map((status) => show({ status }).title);

	it('says of nobody but the approved that they are verified', () => {
		const verified = titles(STATUSES).map((title) => title === 'You are verified');
		expect(STATUSES.filter((_, index) => verified[index])).toEqual(['approved']);
	});

	it('does not tell a decline from a failure by its title', () => {
		expect(new Set(titles(['failed', 'declined']))).toEqual(new Set(['We could not verify you']));
	});

	it('reloads itself for two minutes while the decision is under way', () => {
		expect(show({ status: 'completed' }).reloadAfterSeconds).toBe(3);
		const earlier = new Date(Date.now() - 121_000).toISOString();
		for (const completedAt of [earlier, null, undefined]) {
			const { title, reloadAfterSeconds } = show({ status: 'completed', completedAt });
			expect([title, reloadAfterSeconds]).toEqual(['Thank you', null]);
		}
	});

	it.each([{ tags: [] }, { tags: null }, { tags: undefined }, { redactedAt: now }])(
		'shows nothing of an inquiry with %j',
		(more) => {
			expect(show({ status: 'approved', ...more }).title).toBe('There is nothing here');
		},
	);

	it('tries again when Persona could not be asked', () => {
		expect(show({ error: 'Persona did not answer' })).toMatchObject({ reloadAfterSeconds: 30 });
	});
});
