import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes } from './evaluateParameter.mts';

const STATUSES = [
	...['created', 'pending', 'completed', 'failed', 'expired'],
	...['needs_review', 'approved', 'declined'],
];

const BASIC = 'itmpl_SandboxIdOnly';
const PREMIUM = 'itmpl_SandboxIdAndSelfie';

/** A person's inquiry as the node lists it. A higher day is newer. */
const createInquiry = (day: number, status: string, more: IDataObject = {}): IDataObject => ({
	// The IDs say nothing about the age.
	id: `inq_${9 - day}`,
	accountId: 'act_1',
	inquiryTemplateId: BASIC,
	createdAt: `2026-03-0${day}T10:00:00.000Z`,
	status,
	redactedAt: null,
	fields: { 'email-address': 'jane@example.com' },
	...more,
});

/** Up to four inquiries of a person, oldest first, and the order in which Persona lists them. */
const history = fc
	.array(fc.constantFrom(...STATUSES), { minLength: 1, maxLength: 4 })
	.map((statuses) => statuses.map((status, index) => createInquiry(index + 1, status)));

const shuffledHistory = history.chain((inquiries) =>
	fc.tuple(fc.constant(inquiries), fc.shuffledSubarray(inquiries, { minLength: inquiries.length })),
);

/** The rule in other words: the newest decision, else the newest other outcome, else nothing. */
function findStatus(oldestFirst: IDataObject[]) {
	const newestFirst = oldestFirst.map(({ status }) => String(status)).reverse();
	return (
		newestFirst.find((status) => ['approved', 'declined'].includes(status)) ??
		newestFirst.find((status) => ['failed', 'expired', 'needs_review'].includes(status))
	);
}

describe.each(['01-onboard-users', '15-onboard-users-without-public-address'])(
	'one person in "%s"',
	(workflow) => {
		const nodes = readNodes(workflow);

		/** What the workflow writes into the CRM, after it has written this in its earlier pass. */
		const findPeople = (inquiries: IDataObject[], written?: IDataObject[]) => {
			const name = 'Where do they stand?';
			const { jsonOutput } = getNode(nodes, name).parameters;
			const lists = written ? [[[]], [inquiries]] : [[inquiries]];
			const outputs = {
				'Get inquiries of the person': lists,
				...(written && { [name]: [[[{ people: written }]]] }),
			};
			const run = lists.length - 1;
			const output = evaluateParameter(nodes, name, jsonOutput, inquiries, outputs, run);
			return (output as { people: IDataObject[] }).people;
		};

		const getStatus = (inquiries: IDataObject[]) => findPeople(inquiries)[0]?.status;

		describe('the status in the CRM', () => {
			it('is that of the newest decision, else of the newest other outcome, however they are listed', () => {
				fc.assert(
					fc.property(shuffledHistory, ([inquiries, listed]) => {
						expect(getStatus(listed)).toBe(findStatus(inquiries));
					}),
				);
			});

			it.each(STATUSES)('stays approved when an older inquiry becomes %s', (status) => {
				expect(getStatus([createInquiry(2, 'approved'), createInquiry(1, status)])).toBe(
					'approved',
				);
			});

			it.each(STATUSES.filter((status) => status !== 'declined'))(
				'stays approved when a newer inquiry becomes %s',
				(status) => {
					expect(getStatus([createInquiry(2, status), createInquiry(1, 'approved')])).toBe(
						'approved',
					);
				},
			);

			it('is declined when that is the newer decision', () => {
				expect(getStatus([createInquiry(1, 'approved'), createInquiry(2, 'declined')])).toBe(
					'declined',
				);
			});

			it('is found for each person of a poll, at the newest address, and only where there is one', () => {
				const inquiries = [
					createInquiry(1, 'approved', {
						accountId: 'act_2',
						fields: { email_address: 'old@x.io' },
					}),
					createInquiry(1, 'expired'),
					createInquiry(2, 'expired', {
						accountId: 'act_2',
						fields: { email_address: 'new@x.io' },
					}),
					createInquiry(3, 'approved', { accountId: 'act_3', fields: {} }),
					createInquiry(3, 'pending', { accountId: 'act_4' }),
				];
				expect(findPeople(inquiries)).toEqual([
					{ accountId: 'act_2', inquiryId: 'inq_8', status: 'approved', email: 'new@x.io' },
					{ accountId: 'act_1', inquiryId: 'inq_8', status: 'expired', email: 'jane@example.com' },
				]);
			});

			it('is written again only if it has changed meanwhile', () => {
				const inquiries = [createInquiry(1, 'needs_review')];
				const written = findPeople(inquiries);
				expect(findPeople(inquiries, written)).toEqual([]);
				expect(findPeople([createInquiry(1, 'approved')], written)).toEqual([
					{ ...written[0], status: 'approved' },
				]);
			});
		});

		describe('a sign-up', () => {
			const choose = (plan: string | undefined, inquiries: IDataObject[]) => {
				const name = 'Choose what counts';
				const { jsonOutput } = getNode(nodes, name).parameters;
				const outputs = {
					'Sign-up': [[[{ body: { userId: 'user-1', plan } }]]],
					// n8n puts out an empty item where Persona lists none.
					'Get inquiries of the user': [[inquiries.length > 0 ? inquiries : [{}]]],
				};
				const input = outputs['Get inquiries of the user'][0][0];
				return evaluateParameter(nodes, name, jsonOutput, input, outputs) as IDataObject;
			};

			it.each([
				['basic', BASIC],
				['premium', PREMIUM],
				['other', BASIC],
				[undefined, BASIC],
			])('of someone new with the plan %p begins an inquiry', (plan, template) => {
				const chosen = { status: 'none', inquiryId: null, template, before: 'none' };
				expect(choose(plan, [])).toEqual(chosen);
			});

			it.each([
				['failed', 'none'],
				['expired', 'none'],
				...STATUSES.filter((status) => !['failed', 'expired'].includes(status)).map((status) => [
					status,
					status,
				]),
			])('after an inquiry that is %s gives the status %s', (status, expected) => {
				const inquiryId = expected === 'none' ? null : 'inq_8';
				expect(choose('basic', [createInquiry(1, status)])).toMatchObject({
					status: expected,
					inquiryId,
					before: 'inq_8',
				});
			});

			it('never gets a link to an inquiry that has ended, nor a second inquiry beside one that is under way', () => {
				const inquiry = fc.record({
					status: fc.constantFrom(...STATUSES),
					inquiryTemplateId: fc.constantFrom(BASIC, PREMIUM, 'itmpl_Other'),
				});
				const inquiriesOfPerson = fc
					.array(inquiry, { maxLength: 4 })
					.map((each) =>
						each.map(({ status, inquiryTemplateId }, index) =>
							createInquiry(index + 1, status, { inquiryTemplateId }),
						),
					)
					.chain((each) => fc.shuffledSubarray(each, { minLength: each.length }));
				fc.assert(
					fc.property(fc.constantFrom('basic', 'premium'), inquiriesOfPerson, (plan, inquiries) => {
						const { status, inquiryId, template } = choose(plan, inquiries);
						const found = inquiries.find(({ id }) => id === inquiryId);
						if (status !== 'none') expect(found?.status).toBe(status);
						const isOpen = ['created', 'pending'].includes(String(status));
						if (isOpen) expect(found?.inquiryTemplateId).toBe(template);
						expect(['failed', 'expired']).not.toContain(status);
						expect(found?.inquiryTemplateId).not.toBe('itmpl_Other');
						const isUnderWay = inquiries.some(
							(each) =>
								each.inquiryTemplateId === template &&
								!['failed', 'expired'].includes(String(each.status)),
						);
						if (isUnderWay) expect(status).not.toBe('none');
						if (plan === 'premium' && status === 'approved') {
							expect(found?.inquiryTemplateId).toBe(PREMIUM);
						}
					}),
				);
			});

			it.each([
				['premium', BASIC, 'none'],
				['premium', PREMIUM, 'approved'],
				['basic', BASIC, 'approved'],
				['basic', PREMIUM, 'approved'],
			])('with the plan %s of someone approved by %s is %s', (plan, template, status) => {
				const inquiries = [createInquiry(1, 'approved', { inquiryTemplateId: template })];
				expect(choose(plan, inquiries)).toMatchObject({ status });
			});

			it('of someone who was declined begins nothing, whatever the plan', () => {
				const inquiries = [createInquiry(1, 'approved'), createInquiry(2, 'declined')];
				for (const plan of ['basic', 'premium']) {
					expect(choose(plan, inquiries)).toMatchObject({ status: 'declined' });
				}
			});

			it('begins a new inquiry where the one that was begun is redacted', () => {
				const inquiries = [createInquiry(1, 'created', { redactedAt: '2026-03-02T10:00:00.000Z' })];
				expect(choose('basic', inquiries)).toMatchObject({ status: 'none' });
				const list = getNode(nodes, 'Get inquiries of the user').parameters;
				expect(list.output).toBe('allFields');
			});
		});
	},
);
