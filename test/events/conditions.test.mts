import fc from 'fast-check';
import type { INodeProperties } from 'n8n-workflow';
import {
	canStillMatch,
	CONDITIONS,
	matches,
	type ConditionName,
	type EventConditions,
} from '../../nodes/Persona/events/conditions.ts';
import type { PersonaEvent } from '../../nodes/Persona/events/event.ts';
import { selectionParameters } from '../../nodes/Persona/events/parameters.ts';
import { isBlank } from '../../nodes/Persona/utils/isBlank.ts';
import { trimText } from '../../nodes/Persona/utils/values/trimText.ts';

const buildEvent = (data: unknown): PersonaEvent =>
	({
		type: 'event',
		id: 'evt_1',
		attributes: { name: 'inquiry.approved', payload: { data } },
	}) as PersonaEvent;

const approved = buildEvent({
	type: 'inquiry',
	id: 'inq_1',
	attributes: { status: 'needs_review', 'reference-id': 'user-42', tags: ['vip', 'eu'] },
	relationships: {
		account: { data: { type: 'account', id: 'act_1' } },
		template: { data: null },
		'inquiry-template': { data: { type: 'inquiry-template', id: 'itmpl_1' } },
		'inquiry-template-version': { data: { type: 'inquiry-template-version', id: 'itmplv_1' } },
	},
});

const MATCHING: Required<EventConditions> = {
	accountId: ['act_1'],
	objectId: ['inq_1'],
	referenceId: ['user-42'],
	status: ['needs_review'],
	tags: ['vip'],
	templateId: ['itmpl_1'],
};

const conditions = Object.entries(MATCHING) as Array<[ConditionName, string[]]>;

const buildRelationship = (name: string, ids: string[]) => ({
	relationships: { [name]: { data: ids.map((id) => ({ type: 'any', id })) } },
});

/** An object that has these values for one condition, for every condition. */
const objectBuilders: Record<ConditionName, (values: string[]) => object> = {
	accountId: (values) => buildRelationship('accounts', values),
	objectId: ([value]) => ({ id: value }),
	referenceId: ([value]) => ({ attributes: { 'reference-id': value } }),
	status: ([value]) => ({ attributes: { status: value } }),
	tags: (values) => ({ attributes: { tags: values } }),
	templateId: (values) => buildRelationship('inquiry-template', values),
};

/** The fields of 'Only When' in the panel, in their order. */
const panelFields = (selectionParameters.find(({ name }) => name === 'onlyWhen')?.options ??
	[]) as INodeProperties[];

describe('the conditions of the panel', () => {
	it('are in alphabetical order', () => {
		const labels = panelFields.map(({ displayName }) => displayName);
		expect(labels).toHaveLength(Object.keys(objectBuilders).length);
		expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
	});

	it.each(panelFields.map(({ name }) => name as ConditionName))(
		'let through the objects that have a value of %s, and no others',
		(name) => {
			const { getValues, normalize: normalizeText = (text: string) => text } = CONDITIONS[name];
			const normalize = (text: string) => normalizeText(trimText(text));
			const value = fc.string({ minLength: 1 }).filter((text) => !isBlank(text));
			const values = fc.uniqueArray(value, { minLength: 1, maxLength: 4, selector: normalize });
			fc.assert(
				fc.property(values, values, (has, accepts) => {
					const object = objectBuilders[name](has);
					const read = getValues(object);
					expect(has).toEqual(expect.arrayContaining(read));
					expect(read.length).toBeGreaterThan(0);
					const hasAccepted = read.some((one) => accepts.map(normalize).includes(normalize(one)));
					expect(matches(buildEvent(object), { [name]: accepts })).toBe(hasAccepted);
					expect(matches(buildEvent(object), { [name]: [...accepts, read[0]] })).toBe(true);
					expect(matches(buildEvent({}), { [name]: accepts })).toBe(false);
				}),
			);
		},
	);
});

describe('matches', () => {
	it('demands nothing if there is no condition, and lets nothing through for an empty one', () => {
		expect(matches(approved, {})).toBe(true);
		expect(matches(buildEvent(undefined), {})).toBe(true);
		for (const [name] of conditions) expect(matches(approved, { [name]: [] })).toBe(false);
	});

	it('ignores blanks and invisible marks around a value, on both sides', () => {
		for (const [name, [value]] of conditions) {
			expect(matches(approved, { [name]: [`\u200b ${value}\u00a0\u200e`] })).toBe(true);
			const object = buildEvent(objectBuilders[name]([`\ufeff${value} `]));
			expect(matches(object, { [name]: [value] })).toBe(true);
		}
	});

	it.each([
		['accountId', 'ACT_1'],
		['objectId', 'Inq_1'],
		['referenceId', 'User-42'],
		['templateId', 'itmpl-1'],
		['tags', 'VIP'],
	])('compares %s letter for letter, so that %j does not match', (name, value) => {
		expect(matches(approved, { [name]: [value] })).toBe(false);
	});

	it.each(['needs_review', 'Needs Review', 'NEEDS-REVIEW', ' needs review '])(
		'accepts a status as the dashboard shows it: %j',
		(status) => {
			expect(matches(approved, { status: [status] })).toBe(true);
		},
	);

	it.each(conditions)('accepts an object by its %s, also among several values', (name, values) => {
		expect(matches(approved, { [name]: values })).toBe(true);
		expect(matches(approved, { [name]: ['other', ...values] })).toBe(true);
	});

	it.each(conditions)('holds back an object with another %s, or without one', (name, values) => {
		expect(matches(approved, { [name]: [`${values[0]}2`] })).toBe(false);
		expect(matches(buildEvent({ type: 'report/watchlist', id: 'rep_1' }), { [name]: values })).toBe(
			false,
		);
	});

	it('accepts an object only if all conditions are met', () => {
		expect(matches(approved, MATCHING)).toBe(true);
		for (const [name] of conditions) {
			expect(matches(approved, { ...MATCHING, [name]: ['other'] })).toBe(false);
		}
	});

	it('accepts any template, also a version and the template of a verification', () => {
		expect(matches(approved, { templateId: ['itmplv_1'] })).toBe(true);
		const template = { data: { type: 'verification-template', id: 'vtmpl_1' } };
		const verification = buildEvent({
			type: 'verification/selfie',
			id: 'ver_1',
			relationships: { 'verification-template': template },
		});
		expect(matches(verification, { templateId: ['vtmpl_1'] })).toBe(true);
	});

	it('accepts an account by its own ID, and a case by any of its accounts', () => {
		expect(matches(buildEvent({ type: 'account', id: 'act_1' }), { accountId: ['act_1'] })).toBe(
			true,
		);
		const accounts = { data: ['act_1', 'act_2'].map((id) => ({ type: 'account', id })) };
		const oneCase = buildEvent({ type: 'case', id: 'case_1', relationships: { accounts } });
		expect(matches(oneCase, { accountId: ['act_2'] })).toBe(true);
	});

	it('accepts a status in the spelling of the dashboard', () => {
		for (const status of ['Needs Review', 'needs-review', 'NEEDS_REVIEW']) {
			expect(matches(approved, { status: [status] })).toBe(true);
		}
		expect(matches(approved, { status: ['needs'] })).toBe(false);
	});

	it('understands names in every inflection that a webhook can be set to', () => {
		for (const [reference, template] of [
			['reference_id', 'inquiry_template'],
			['referenceId', 'inquiryTemplate'],
		]) {
			const inquiry = buildEvent({
				attributes: { [reference]: 'user-42' },
				relationships: { [template]: { data: { type: 'inquiry-template', id: 'itmpl_1' } } },
			});
			expect(matches(inquiry, { referenceId: ['user-42'], templateId: ['itmpl_1'] })).toBe(true);
		}
	});

	it('holds back everything for a condition that it does not know', () => {
		for (const name of ['colour', 'constructor', '__proto__', 'toString']) {
			const unknown = Object.fromEntries([[name, ['red']]]) as EventConditions;
			expect(matches(approved, unknown)).toBe(false);
			expect(canStillMatch(approved, unknown)).toBe(false);
		}
	});

	it('never throws and accepts no event by chance', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (data) => {
				expect(matches(buildEvent(data), { templateId: ['itmpl_never'] })).toBe(false);
				expect(matches(buildEvent(data), {})).toBe(true);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('canStillMatch', () => {
	it('depends only on values that never change', () => {
		const changing = { status: ['approved'], tags: ['later'], referenceId: ['later'] };
		expect(canStillMatch(approved, { ...changing, templateId: ['itmpl_1'] })).toBe(true);
		expect(canStillMatch(approved, { ...changing, templateId: ['itmpl_2'] })).toBe(false);
		expect(canStillMatch(approved, { objectId: ['inq_2'] })).toBe(false);
	});

	it('leaves the template open if the event has no relationships', () => {
		for (const relationships of [undefined, {}]) {
			const bare = buildEvent({ type: 'inquiry', id: 'inq_1', relationships });
			expect(canStillMatch(bare, { templateId: ['itmpl_1'] })).toBe(true);
			expect(matches(bare, { templateId: ['itmpl_1'] })).toBe(false);
		}
	});

	it('is true for every event that matches', () => {
		const anyValues = fc.array(fc.constantFrom(...Object.values(MATCHING).flat(), 'other'));
		const anyConditions = fc.record(
			Object.fromEntries(conditions.map(([name]) => [name, anyValues])),
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(anyConditions, (chosen) => {
				if (matches(approved, chosen)) expect(canStillMatch(approved, chosen)).toBe(true);
			}),
		);
	});
});
