import type { INode, IPollFunctions } from 'n8n-workflow';
import {
	isSubscribed,
	readEventNames,
	readSelection,
} from '../../nodes/Persona/events/parameters.ts';

/** The little that reading parameters needs of n8n. */
const createContext = (parameters: Record<string, unknown>) =>
	({
		getNode: () => ({ name: 'Persona Trigger' }) as INode,
		getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
	}) as unknown as IPollFunctions;

describe('readEventNames', () => {
	it('joins both fields, without empty and repeated names', () => {
		const context = createContext({
			events: ['inquiry.approved', 'case.created'],
			otherEvents: ' custom.reviewed, ,case.created',
		});
		expect(readEventNames(context)).toEqual([
			'inquiry.approved',
			'case.created',
			'custom.reviewed',
		]);
	});
});

describe('isSubscribed', () => {
	it('is true for the names themselves, and for any name with the wildcard', () => {
		expect(isSubscribed(['a.b'], 'a.b')).toBe(true);
		expect(isSubscribed(['a.b'], 'a.c')).toBe(false);
		expect(isSubscribed(['*'], 'a.c')).toBe(true);
	});
});

describe('readSelection', () => {
	it('reads lists in every form, and what to include only with the latest state', () => {
		const onlyWhen = { status: 'approved, declined', tags: ['vip'], templateId: '' };
		expect(readSelection(createContext({ onlyWhen, include: 'account' }))).toEqual({
			conditions: { status: ['approved', 'declined'], tags: ['vip'], templateId: [] },
			fetchLatest: false,
			include: [],
			simplify: true,
		});
		expect(
			readSelection(createContext({ fetchLatest: true, include: 'account,case', simplify: false })),
		).toEqual({ conditions: {}, fetchLatest: true, include: ['account', 'case'], simplify: false });
	});

	it.each(['colour', 'constructor', 'toString'])(
		'throws for the condition %s, which the node does not know, unless it is empty',
		(name) => {
			const createContextWith = (value: unknown) => createContext({ onlyWhen: { [name]: value } });
			expect(() => readSelection(createContextWith('red'))).toThrow(`does not know: ${name}`);
			expect(readSelection(createContextWith(''))).toMatchObject({ fetchLatest: false });
		},
	);
});
