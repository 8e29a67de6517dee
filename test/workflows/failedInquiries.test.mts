import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

describe('the reason of a failed inquiry', () => {
	const nodes = readNodes('08-answer-failed-verifications');

	const findReason = (
		summary: IDataObject,
		tags: string[] | null = [],
		inquiryTemplateId: string | null = 'itmpl_1',
	) => {
		const name = 'Find the reason';
		const { jsonOutput } = getNode(nodes, name).parameters;
		const fields = { 'email-address': 'jane@example.com' };
		const object = { id: 'inq_1', tags, inquiryTemplateId, fields };
		const complete = {
			...{ status: 'failed', notes: [], accountId: 'act_1', inquiryId: 'inq_1', reports: [] },
			...{ text: '', failedCheckText: '', reportsResult: 'none' },
			failedChecks: [{ check: 'id_blur_detection', required: true, superseded: false }],
			...summary,
		};
		const output = evaluateParameter(
			nodes,
			name,
			// There is one item, which needs no connections to be found.
			String(jsonOutput).replaceAll('.item.', '.first().'),
			[complete],
			{ 'When an inquiry fails': [[[{ object }]]] },
		);
		return (output as IDataObject).reason;
	};

	it.each(['none', 'clear'])('is a document with reports that are %s', (reportsResult) => {
		expect(findReason({ reportsResult })).toBe('document');
	});

	it.each(['errored', 'unknown', 'pending', null])(
		'is for the team, without a new link, with reports that are %s',
		(reportsResult) => {
			expect(findReason({ reportsResult })).toBe('other');
		},
	);

	it('is for a reviewer with a report that matched', () => {
		expect(findReason({ reportsResult: 'matched' })).toBe('person');
	});

	it.each([{ notes: ['Report rep_1 could not be read'] }, { accountId: null }])(
		'is for the team with %j',
		(summary) => {
			expect(findReason(summary)).toBe('other');
		},
	);

	describe('of an inquiry that was declined', () => {
		const FACE = [{ check: 'selfie_id_comparison', required: true, superseded: false }];
		const FORGERY = [{ check: 'id_tamper_detection', required: true, superseded: false }];

		const findReasonOfDecline = (summary: IDataObject) =>
			findReason({ status: 'declined', reviewerComment: null, ...summary });

		/** The comment with which "Decide in Slack" declines. */
		const writeComment = (reason: string) => {
			const slackNodes = readNodes('17-decide-in-slack');
			const name = 'Take the decision';
			const responder = { email: 'robin@example.com' };
			const { comment } = evaluateParameter(
				slackNodes,
				name,
				getNode(slackNodes, name).parameters.jsonOutput,
				[{ data: { decision: 'Decline', reason } }],
				{
					'What to ask about': [[[{ inquiryId: 'inq_1', replaced: '' }]]],
					'Ask for a decision': [[[{ data: { approved: false, responder } }]]],
					'Ask what to do instead': [[[{ data: { decision: 'Decline', reason } }]]],
				},
			) as IDataObject;
			return comment as string;
		};

		it.each(['failedChecks', 'reportsResult'])(
			'is nothing new to the team that declined it in Persona, even with %s for a reviewer',
			(name) => {
				const findings = { failedChecks: FACE, reportsResult: 'matched' };
				const summary = { [name]: findings[name as keyof typeof findings] };
				expect(findReasonOfDecline({ decidedBy: 'person', ...summary })).toBe('decided');
				expect(findReasonOfDecline({ decidedBy: 'unknown', ...summary })).toBe('person');
			},
		);

		it('is nothing new to the team that declined it with "Decide in Slack"', () => {
			const reviewerComment = writeComment('Blurred');
			expect(reviewerComment).toContain('Blurred');
			expect(findReasonOfDecline({ decidedBy: 'unknown', reviewerComment })).toBe('decided');
			expect(findReasonOfDecline({ decidedBy: 'workflow', reviewerComment })).toBe('other');
		});

		it.each([
			{ decidedBy: 'workflow' },
			{ decidedBy: 'apiKey' },
			{ decidedBy: 'unknown' },
			{ decidedBy: 'unknown', reviewerComment: 'On the list Declined in Slack by' },
			{ decidedBy: null },
			{},
		])('is for the team with %j, since it may not know', (summary) => {
			expect(findReasonOfDecline(summary)).toBe('other');
		});

		it.each(['person', 'workflow', 'unknown'])(
			'is a forgery if there are signs of it, whether %s declined it',
			(decidedBy) => {
				expect(findReasonOfDecline({ decidedBy, failedChecks: FORGERY })).toBe('forgery');
			},
		);
	});

	it('leads to a message unless it is nothing new', () => {
		const reasons = ['forgery', 'person', 'document', 'decided', 'other'];
		const outputs = reasons.map((reason) => routeItem(nodes, 'Which reason?', { reason }));
		const named = ['Forgery', 'For a person', 'Document', 'Decided by the team', undefined];
		expect(outputs).toEqual(named);
	});

	it('is a document for an inquiry whose tags are null, too', () => {
		expect(findReason({}, null)).toBe('document');
	});

	it('is for the team with a legacy template, of which no other inquiry can be created', () => {
		expect(findReason({}, [], null)).toBe('other');
	});

	it('is for the team after the second link', () => {
		expect(findReason({}, ['another-document'])).toBe('other');
	});
});

describe('an inquiry that has failed or expired', () => {
	const nodes = readNodes('08-answer-failed-verifications');

	it.each([
		[{ status: 'failed', tags: null }, true],
		[{ status: 'declined', tags: [] }, true],
		[{ status: 'failed', tags: ['failure-answered'] }, false],
		[{ status: 'expired', tags: null }, false],
		[{ status: 'expired', tags: ['another-document'] }, true],
		[{ status: 'approved', tags: null }, false],
	])('as %j is answered: %p', (object, isAnswered) => {
		expect(routeItem(nodes, 'Still so, and new?', { object })).toBe(isAnswered);
	});
});
