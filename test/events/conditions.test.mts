import fc from 'fast-check';
import type { PersonaEvent } from '../../nodes/Persona/events/event.ts';
import {
	canStillMatch,
	matches,
	type EventConditions,
} from '../../nodes/Persona/events/conditions.ts';

const about = (data: unknown): PersonaEvent =>
	({
		type: 'event',
		id: 'evt_1',
		attributes: { name: 'inquiry.approved', payload: { data } },
	}) as PersonaEvent;

const approved = about({
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

const FITTING: Required<EventConditions> = {
	accountId: ['act_1'],
	objectId: ['inq_1'],
	referenceId: ['user-42'],
	status: ['needs_review'],
	tags: ['vip'],
	templateId: ['itmpl_1'],
};

const conditions = Object.entries(FITTING) as Array<[keyof EventConditions, string[]]>;

describe('passes', () => {
	it('asks nothing where there is no condition, or an empty one', () => {
		expect(matches(approved, {})).toBe(true);
		expect(matches(about(undefined), { status: [], tags: [] })).toBe(true);
	});

	it.each(conditions)('takes the object by its %s, among several values too', (name, values) => {
		expect(matches(approved, { [name]: values })).toBe(true);
		expect(matches(approved, { [name]: ['other', ...values] })).toBe(true);
	});

	it.each(conditions)('leaves out an object with another %s, or with none', (name, values) => {
		expect(matches(approved, { [name]: [`${values[0]}2`] })).toBe(false);
		expect(matches(about({ type: 'report/watchlist', id: 'rep_1' }), { [name]: values })).toBe(
			false,
		);
	});

	it('takes an object only where all conditions hold', () => {
		expect(matches(approved, FITTING)).toBe(true);
		for (const [name] of conditions) {
			expect(matches(approved, { ...FITTING, [name]: ['other'] })).toBe(false);
		}
	});

	it('takes any template, also a version and one of a verification', () => {
		expect(matches(approved, { templateId: ['itmplv_1'] })).toBe(true);
		const template = { data: { type: 'verification-template', id: 'vtmpl_1' } };
		const verification = about({
			type: 'verification/selfie',
			id: 'ver_1',
			relationships: { 'verification-template': template },
		});
		expect(matches(verification, { templateId: ['vtmpl_1'] })).toBe(true);
	});

	it('takes an account as belonging to itself, and a case to each of its accounts', () => {
		expect(matches(about({ type: 'account', id: 'act_1' }), { accountId: ['act_1'] })).toBe(true);
		const accounts = { data: ['act_1', 'act_2'].map((id) => ({ type: 'account', id })) };
		const one = about({ type: 'case', id: 'case_1', relationships: { accounts } });
		expect(matches(one, { accountId: ['act_2'] })).toBe(true);
	});

	it('reads a status as the dashboard writes it', () => {
		for (const status of ['Needs Review', 'needs-review', 'NEEDS_REVIEW']) {
			expect(matches(approved, { status: [status] })).toBe(true);
		}
		expect(matches(approved, { status: ['needs'] })).toBe(false);
	});

	it('understands names in each of the spellings that a webhook can be set to', () => {
		for (const [reference, template] of [
			['reference_id', 'inquiry_template'],
			['referenceId', 'inquiryTemplate'],
		]) {
			const inquiry = about({
				attributes: { [reference]: 'user-42' },
				relationships: { [template]: { data: { type: 'inquiry-template', id: 'itmpl_1' } } },
			});
			expect(matches(inquiry, { referenceId: ['user-42'], templateId: ['itmpl_1'] })).toBe(true);
		}
	});

	it('holds back everything at a condition that it does not know', () => {
		expect(matches(approved, { colour: ['red'] } as EventConditions)).toBe(false);
	});

	it('throws at no event and takes none by chance', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (data) => {
				expect(matches(about(data), { templateId: ['itmpl_never'] })).toBe(false);
				expect(matches(about(data), {})).toBe(true);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('mayPass', () => {
	it('asks only for what never changes', () => {
		const soon = { status: ['approved'], tags: ['later'], referenceId: ['later'] };
		expect(canStillMatch(approved, { ...soon, templateId: ['itmpl_1'] })).toBe(true);
		expect(canStillMatch(approved, { ...soon, templateId: ['itmpl_2'] })).toBe(false);
		expect(canStillMatch(approved, { objectId: ['inq_2'] })).toBe(false);
	});

	it('leaves the template open where the event tells no relationships', () => {
		for (const relationships of [undefined, {}]) {
			const bare = about({ type: 'inquiry', id: 'inq_1', relationships });
			expect(canStillMatch(bare, { templateId: ['itmpl_1'] })).toBe(true);
			expect(matches(bare, { templateId: ['itmpl_1'] })).toBe(false);
		}
	});
});
