import type { INode, IPollFunctions } from 'n8n-workflow';
import { CONDITIONS } from '../../nodes/Persona/events/conditions.ts';
import { eventOptions } from '../../nodes/Persona/events/eventTypes.ts';
import {
	isSubscribed,
	readEventNames,
	readSelection,
} from '../../nodes/Persona/events/parameters.ts';

/** The little that reading parameters needs of n8n. */
const createContext = (parameters: Record<string, unknown>) =>
	({
		getNode: () => ({ name: 'Persona Trigger', parameters: {} }) as INode,
		getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
	}) as unknown as IPollFunctions;

describe('readEventNames', () => {
	it('joins all fields, without empty and repeated names', () => {
		const context = createContext({
			events: ['inquiry.approved', 'case.created'],
			moreEvents: ['account.archived', 'case.created'],
			otherEvents: ' custom.reviewed, ,case.created',
		});
		expect(readEventNames(context)).toEqual([
			'inquiry.approved',
			'case.created',
			'account.archived',
			'custom.reviewed',
		]);
	});
});

describe('readEventNames of a name in another spelling', () => {
	const names = eventOptions.map(({ value }) => String(value)).filter((name) => name !== '*');

	it('takes each name of Persona, custom ones, and those that may come', () => {
		const longest = `custom.${'a'.repeat(121)}`;
		const custom = ['custom.a', 'custom.a.b-2.c.4', longest, 'thing/of_the.future'];
		const context = createContext({ events: names, otherEvents: custom });
		expect(readEventNames(context)).toEqual([...names, ...custom]);
	});

	it('names the right one, since an event that is never sent would go unnoticed', () => {
		for (const name of names) {
			const wrong = [name.toUpperCase(), name.replaceAll('-', '_')].filter((one) => one !== name);
			for (const otherEvents of wrong) {
				const message = `'Events by Name' contains "${otherEvents.slice(0, 40)}", which is not the name of an event. Persona writes it as ${name}.`;
				expect(() => readEventNames(createContext({ otherEvents }))).toThrow(message);
			}
		}
	});
});

it.each([
	'custom.',
	'custom.Account.KYC_done',
	'Custom.a',
	'custom.a--b',
	'custom.-a',
	'custom.a.b.c.d.e',
	'custom.a..b',
	'custom.a/b',
	`custom.${'a'.repeat(122)}`,
])('readEventNames refuses %s, which Persona does not take as a custom event', (otherEvents) => {
	expect(() => readEventNames(createContext({ otherEvents }))).toThrow(
		`'Events by Name' contains "${otherEvents.slice(0, 40)}", which cannot be the name of a custom event.`,
	);
});

describe('readEventNames of nothing', () => {
	it.each(['', [], ',', [''], '[]', null])('throws for %j', (events) => {
		expect(() => readEventNames(createContext({ events, moreEvents: events }))).toThrow(
			"Choose at least one event in 'Trigger On' or 'More Events'",
		);
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
		const onlyWhen = {
			status: 'approved, declined',
			tags: '["vip", "Doe, Jane"]',
			templateId: ['itmpl_1'],
		};
		expect(readSelection(createContext({ onlyWhen, include: 'account' }))).toEqual({
			conditions: {
				status: ['approved', 'declined'],
				tags: ['vip', 'Doe, Jane'],
				templateId: ['itmpl_1'],
			},
			fetchLatest: false,
			include: [],
			output: 'simplified',
		});
		expect(
			readSelection(createContext({ fetchLatest: true, include: 'account,case', output: 'raw' })),
		).toEqual({ conditions: {}, fetchLatest: true, include: ['account', 'case'], output: 'raw' });
	});

	it.each(['colour', 'constructor', 'toString'])(
		'throws for the condition %s, which the node does not know',
		(name) => {
			for (const value of ['red', '']) {
				const context = createContext({ onlyWhen: { [name]: value } });
				expect(() => readSelection(context)).toThrow(`does not know: ${name}`);
			}
		},
	);

	const names = Object.entries(CONDITIONS).map(([name, { label }]) => ({ name, label }));

	it.each(names)(
		'throws for the condition $label if it is empty, and says so',
		({ name, label }) => {
			const empty = [
				undefined,
				null,
				'',
				' ',
				'\u200b',
				[],
				[''],
				[null],
				',',
				' , ',
				'[]',
				'[""]',
			];
			for (const value of empty) {
				const context = createContext({ onlyWhen: { [name]: value } });
				expect(() => readSelection(context)).toThrow(
					`The condition '${label}' in 'Only When' is empty`,
				);
				expect(() => readSelection(context)).toThrow('remove the condition');
			}
		},
	);

	it('reads IDs from addresses, and throws for one of a kind that no event could meet', () => {
		const page = 'https://app.withpersona.com/dashboard';
		const read = (onlyWhen: object) => readSelection(createContext({ onlyWhen })).conditions;
		const onlyWhen = {
			accountId: `act_1, ${page}/accounts/act_2`,
			objectId: `${page}/cases/case_1?tab=2`,
			templateId: `${page}/inquiry-templates/itmpl_1/itmplv_1/flow, ctmpl_1`,
			referenceId: 'inq_1',
		};
		expect(read(onlyWhen)).toEqual({
			accountId: ['act_1', 'act_2'],
			objectId: ['case_1'],
			templateId: ['itmpl_1', 'ctmpl_1'],
			referenceId: ['inq_1'],
		});
		expect(() => read({ accountId: 'act_1, inq_1' })).toThrow(
			"'Account ID' in 'Only When' has the wrong kind of ID. This is the ID of an inquiry (inq_…); an account's begins with act_.",
		);
	});

	it.each(names)('throws for the condition $label if it is no list of texts', ({ name, label }) => {
		for (const value of [{}, [{ a: 1 }], '[object Object]', '["vip"', '{"a":1}', new Date()]) {
			const context = createContext({ onlyWhen: { [name]: value } });
			expect(() => readSelection(context)).toThrow(`'${label}' in 'Only When'`);
			expect(() => readSelection(context)).toThrow(
				/Write it as vip, mobile|Use one of its members/,
			);
		}
	});

	it.each(['', null, 'approved', []])('throws if all conditions together are %j', (onlyWhen) => {
		const context = {
			...createContext({}),
			getNodeParameter: (name: string, fallback: unknown) =>
				name === 'onlyWhen' ? onlyWhen : fallback,
		} as unknown as IPollFunctions;
		expect(() => readSelection(context)).toThrow("'Only When' cannot be an expression");
	});

	it.each(['true', 'TRUE', 1, '1', true])('takes %j for on, and its opposite for off', (on) => {
		const off = { true: 'false', TRUE: 'False', '1': 0 }[String(on)] ?? false;
		const read = (value: unknown) => readSelection(createContext({ fetchLatest: value }));
		expect(read(on)).toMatchObject({ fetchLatest: true });
		expect(read(off)).toMatchObject({ fetchLatest: false });
	});

	it.each([
		['fetchLatest', "'Fetch Latest State'"],
		['output', "'Output'"],
	])('throws if %s has none of its values', (name, label) => {
		for (const value of ['', ' ', 'yes', 2, [], {}]) {
			expect(() => readSelection(createContext({ [name]: value }))).toThrow(label);
		}
	});
});
