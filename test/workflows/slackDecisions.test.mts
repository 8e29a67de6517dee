import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

const nodes = readNodes('17-decide-in-slack');

const evaluate = (
	name: string,
	input: IDataObject[],
	outputs: Record<string, IDataObject[]> = {},
) => {
	const { jsonOutput } = getNode(nodes, name).parameters;
	const runs = Object.fromEntries(Object.entries(outputs).map(([key, items]) => [key, [[items]]]));
	return evaluateParameter(nodes, name, jsonOutput, input, runs) as IDataObject;
};

const toRuns = (outputs: Record<string, IDataObject[]>) =>
	Object.fromEntries(Object.entries(outputs).map(([key, items]) => [key, [[items]]]));

/** What the decision summary says of someone about whom there is nothing to doubt. */
const clear: IDataObject = {
	status: 'completed',
	text: 'user-1: completed',
	tags: [],
	verifications: [{ kind: 'government-id', attempts: 1, status: 'passed' }],
	failedChecks: [],
	failedRequiredCheckCount: 0,
	reportsResult: 'clear',
	threatLevel: 'low',
	isTor: false,
	notes: [],
};

const asked = {
	inquiryId: 'inq_1',
	replaced: '',
	why: '',
	remindAt: '2026-03-02',
	decideBy: '2026-03-04',
};

const UNKNOWN_RISKS: IDataObject[] = [
	...['reportsResult', 'threatLevel', 'isTor', 'failedChecks'].map((name) => ({ [name]: null })),
	...['unknown', 'pending', 'errored', 'matched'].map((reportsResult) => ({ reportsResult })),
	...['unknown', 'high', 'extreme'].map((threatLevel) => ({ threatLevel })),
	...[{ isTor: true }, { notes: ['Something is missing'] }],
];

describe('the risk of an inquiry that Slack is asked about', () => {
	const isHigh = (summary: IDataObject) =>
		evaluate('Write the question', [{ ...clear, ...summary }], { 'What to ask about': [asked] })
			.highRisk;

	it.each([{}, { reportsResult: 'none' }, { threatLevel: 'medium' }])(
		'is low with %j',
		(summary) => {
			expect(isHigh(summary)).toBe(false);
		},
	);

	it.each([...UNKNOWN_RISKS, { failedChecks: [{ check: 'id_tamper_detection' }] }])(
		'is high with %j, since what is unknown is not low',
		(summary) => {
			expect(isHigh(summary)).toBe(true);
		},
	);
});

describe('the message with the question', () => {
	const write = (more: IDataObject = {}, outputs: Record<string, IDataObject[]> = {}) =>
		evaluate('Write the question', [clear], {
			'What to ask about': [{ ...asked, ...more }],
			...outputs,
		});
	const LINES = [
		...['An inquiry is waiting for a decision.', 'user-1: completed'],
		...['https://app.withpersona.com/dashboard/inquiries/inq_1', 'The risk is low.'],
	];

	it('has no empty line, and says first why it is asked again', () => {
		expect(write().question).toBe(LINES.join('\n'));
		const { question } = write({ why: 'Why', replaced: 'inq_0' });
		expect(String(question).split('\n')).toEqual([
			...['*Why*', ...LINES.slice(0, 3)],
			'Your decision also counts for what it replaces: inq_0',
			'The risk is low.',
		]);
	});

	it.each([
		[{ approved: true, responder: { id: 'U1' } }, '*Approve* was pressed by <@U1>.'],
		[{ approved: false, responder: { id: 'U1' } }, '*Do not approve* was pressed by <@U1>.'],
		[{ approved: false, responder: { id: '' } }, '*Do not approve* was pressed by someone.'],
		[{ approved: false }, '*Do not approve* was pressed by someone.'],
	])('keeps its text after %j, and shows who pressed what', (data, outcome) => {
		const name = 'Show who pressed';
		const { blocksUi } = getNode(nodes, name).parameters;
		const { question } = write();
		const runs = toRuns({ 'Write the question': [{ question }] });
		const blocks = evaluateParameter(nodes, name, blocksUi, [{ data }], runs);
		expect(JSON.parse(String(blocks))).toEqual({
			blocks: [question, outcome].map((text) => ({
				type: 'section',
				text: { type: 'mrkdwn', text },
			})),
		});
	});
});

describe('a completed inquiry', () => {
	const isDoubtful = (summary: IDataObject) =>
		routeItem(nodes, 'Anything to doubt?', { ...clear, ...summary });

	it('is left alone if there is nothing to doubt', () => {
		expect(isDoubtful({})).toBe(false);
	});

	it.each([
		...UNKNOWN_RISKS.filter((risk) => !('failedChecks' in risk)),
		...[{ failedRequiredCheckCount: null }, { failedRequiredCheckCount: 1 }, { notes: null }],
		...[{ verifications: [] }, { verifications: null }],
		...['failed', null].map((status) => ({ verifications: [{ status: 'passed' }, { status }] })),
		{ tags: ['asked-in-slack'] },
	])('is marked for review with %j', (summary) => {
		expect(isDoubtful(summary)).toBe(true);
	});

	it('is left alone once it is decided', () => {
		expect(isDoubtful({ status: 'approved', threatLevel: 'high' })).toBe(false);
	});
});

describe('an event', () => {
	const route = (event: string, status: string, tags: string[] | null = []) =>
		routeItem(nodes, 'What has happened?', { event: `inquiry.${event}`, object: { status, tags } });

	it.each([
		['marked-for-review', 'needs_review', 'Marked for review'],
		['marked-for-review', 'approved', undefined],
		['completed', 'completed', 'Completed'],
		['completed', 'needs_review', undefined],
		['failed', 'failed', undefined],
		['expired', 'expired', undefined],
	])('%s about an inquiry that is %s now goes to %p', (event, status, output) => {
		expect(route(event, status)).toBe(output);
		expect(route(event, status, null)).toBe(output);
	});

	it.each(['failed', 'expired'])(
		'says that another document that was asked for has not come: %s',
		(status) => {
			expect(route(status, status, ['asked-in-slack'])).toBe('No other document');
			expect(route(status, 'completed', ['asked-in-slack'])).toBeUndefined();
		},
	);
});

describe('what Slack is asked about', () => {
	const find = (status: string, row: IDataObject) => {
		const event = { eventId: 'evt_1', object: { id: 'inq_2', status } };
		return evaluate('What to ask about', [row], { 'When an inquiry changes': [event] });
	};

	it('is the inquiry, and what it replaces', () => {
		expect(find('needs_review', {})).toMatchObject({ inquiryId: 'inq_2', replaced: '' });
		const row = { inquiryId: 'inq_1', replaced: 'inq_0' };
		expect(find('needs_review', row)).toMatchObject({
			...{ inquiryId: 'inq_2', replaced: 'inq_1 inq_0' },
		});
	});

	it('is what the inquiry should have replaced when it has ended without a result', () => {
		const row = { inquiryId: 'inq_1', replaced: 'inq_0' };
		expect(find('expired', row)).toMatchObject({ inquiryId: 'inq_1', replaced: 'inq_0' });
		expect(find('expired', { inquiryId: 'inq_1', replaced: null })).toMatchObject({ replaced: '' });
	});

	it('is nothing when an inquiry of another workflow has failed', () => {
		const { inquiryId } = find('failed', {});
		expect(inquiryId).toBe('');
		const outputs = toRuns({
			'What to ask about': [{ inquiryId, question: 'evt_1' }],
			'Enter the question': [{ id: 1 }],
			'Questions about it': [{ id: 1, question: 'evt_1', result: 'waiting' }],
		});
		expect(routeItem(nodes, 'Asked already?', {}, outputs)).toBe(true);
	});
});

describe('a question', () => {
	const future = new Date(Date.now() + 3_600_000).toISOString();
	const past = new Date(Date.now() - 3_600_000).toISOString();

	const isAsked = (...rows: IDataObject[]) =>
		routeItem(
			nodes,
			'Asked already?',
			{},
			toRuns({
				'What to ask about': [{ inquiryId: 'inq_1', question: 'evt_1' }],
				'Enter the question': [{ id: 5 }],
				'Questions about it': [
					...rows,
					{ id: 5, question: 'evt_1', result: 'waiting', decideBy: future },
				],
			}),
		);

	it('is asked if there is no other one', () => {
		expect(isAsked()).toBe(false);
	});

	it.each([
		[{ id: 4, question: 'evt_0', result: 'waiting', decideBy: future }, true],
		[{ id: 4, question: 'evt_0', result: 'waiting', decideBy: past }, false],
		[{ id: 4, question: 'evt_0', result: 'approved', decideBy: future }, false],
		[{ id: 4, question: 'evt_1', result: 'late', decideBy: past }, true],
		[{ id: 6, question: 'evt_1', result: 'waiting', decideBy: future }, false],
		[{ id: 6, question: 'evt_0', result: 'waiting', decideBy: future }, false],
	])('beside %j counts as asked already: %p', (row, expected) => {
		expect(isAsked(row)).toBe(expected);
	});
});

describe('the answer to the form', () => {
	const route = (data?: IDataObject) =>
		routeItem(nodes, 'What to do instead?', data ? { data } : { problem: '' });

	it.each([
		[{ decision: 'Decline', reason: 'Other person' }, 'Decline'],
		[{ decision: 'Decline', reason: '不同的人' }, 'Decline'],
		[{ decision: 'Ask for another document', reason: 'Covered' }, 'Another document'],
		[{ decision: 'Ask the question again', reason: 'x' }, 'Ask again'],
		...['', '  ', '...', 'null', ' Undefined ', '[object Object]', '{{ $json.x }}', null].map(
			(reason) => [{ decision: 'Decline', reason }, 'Fill it in again'] as const,
		),
		[{ decision: null, reason: 'x' }, 'Ask again'],
		[{ decision: 'Approve', reason: 'x' }, 'Ask again'],
		[{ approved: false, responder: { id: 'U1' } }, 'Fill it in again'],
		[{ approved: true, responder: { id: 'U1' } }, 'Ask again'],
	] as Array<[IDataObject, string]>)('%j leads to "%s"', (data, output) => {
		expect(route(data)).toBe(output);
	});

	it('that does not come is late', () => {
		expect(route()).toBeUndefined();
	});
});

describe('the answer of a second person', () => {
	const FIRST = { id: 'U1' };
	const OTHER = { id: 'U2' };
	const AFTER = '1767261600.000100';
	const BEFORE = '1767261599.999900';

	const route = (data: IDataObject | undefined, first: IDataObject = { responder: FIRST }) =>
		routeItem(
			nodes,
			'Who has answered?',
			data ? { data } : { problem: '' },
			toRuns({
				'Ask for a decision': [{ data: { respondedAt: '2026-01-01T10:00:00.400Z', ...first } }],
			}),
		);

	it('counts if it is another person in the message to them', () => {
		expect(route({ approved: false, responder: OTHER, messageId: AFTER })).toBe(
			'Another person declines',
		);
	});

	it.each([
		[{ approved: false, responder: FIRST, messageId: AFTER }, 'Ask again'],
		[{ approved: false, responder: OTHER, messageId: BEFORE }, 'Ask again'],
		[{ approved: false, responder: OTHER }, 'Ask again'],
		[{ approved: true, responder: OTHER, messageId: BEFORE }, 'Ask again'],
		[{ approved: true, responder: OTHER, messageId: AFTER }, 'Keep in review'],
		[{ approved: true, responder: FIRST, messageId: AFTER }, 'Keep in review'],
		[{ approved: true }, 'Keep in review'],
		[{ approved: false }, 'Not known'],
		[{ approved: false, responder: { id: '' }, messageId: AFTER }, 'Not known'],
		[{ approved: false, responder: { name: 'lee' }, messageId: AFTER }, 'Not known'],
		[{ decision: 'Decline', reason: 'x' }, undefined],
		[undefined, undefined],
	])('%j declines nothing and goes to %p', (data, output) => {
		expect(route(data)).toBe(output);
	});

	it.each([{}, { responder: undefined }, { responder: { id: '' } }])(
		'does not count if nobody knows who was the first: %j',
		(first) => {
			const data = { approved: false, responder: OTHER, messageId: AFTER };
			expect(route(data, { responder: undefined, ...first })).toBe('Not known');
		},
	);
});

describe('a decision', () => {
	const DANA = { id: 'U1', name: 'dana', email: 'dana@example.com' };

	const take = (data: IDataObject, form?: IDataObject, responder: IDataObject | undefined = DANA) =>
		evaluate('Take the decision', [{ data }], {
			'What to ask about': [{ inquiryId: 'inq_2', replaced: 'inq_1 inq_0' }],
			'Ask for a decision': [{ data: { approved: !form, responder } as IDataObject }],
			...(form && { 'Ask what to do instead': [{ data: form }] }),
		});

	it('is about the inquiry and what it replaces, and says who has taken it', () => {
		expect(take({ approved: true, responder: DANA })).toMatchObject({
			...{ decision: 'approved', comment: 'Approved in Slack by dana@example.com' },
			inquiryIds: ['inq_2', 'inq_1', 'inq_0'],
		});
	});

	it('to decline says why, and who has confirmed it', () => {
		const form = { decision: 'Decline', reason: ' Other person \n' };
		expect(take(form, form).comment).toBe('Declined in Slack by dana@example.com: Other person');
		const second = { approved: false, responder: { id: 'U2', name: 'lee' } };
		expect(take(second, form)).toMatchObject({
			...{ decision: 'declined', confirmedBy: 'lee' },
			comment: 'Declined in Slack by dana@example.com, confirmed by lee: Other person',
		});
	});

	it('is approved after the question has come back from the form', () => {
		const form = { decision: 'Ask the question again', reason: 'Wrong button' };
		expect(take({ approved: true, responder: DANA }, form)).toMatchObject({
			...{ decision: 'approved', reason: '' },
		});
	});

	it('names nobody where Slack has not said who it was', () => {
		expect(take({ approved: true }, undefined, {}).comment).toBe('Approved in Slack by someone');
	});
});

describe('what the team is told', () => {
	const tell = (row: IDataObject, outputs: Record<string, IDataObject[]> = {}) => {
		const { text } = getNode(nodes, 'Tell the team').parameters;
		const item = { inquiryId: 'inq_1', decidedBy: '', confirmedBy: '', ...row };
		return evaluateParameter(nodes, 'Tell the team', text, [item], toRuns(outputs));
	};
	const LINK = ' https://app.withpersona.com/dashboard/inquiries/inq_1';

	it.each([
		[{ result: 'approved', decidedBy: 'dana' }, 'The inquiry was approved by dana.'],
		[{ result: 'declined', decidedBy: 'dana' }, 'The inquiry was declined by dana.'],
		[
			{ result: 'declined', decidedBy: 'dana', confirmedBy: '<lee>' },
			'The inquiry was declined by dana, confirmed by ?lee?.',
		],
		[
			{ result: 'late' },
			'Nobody decided in time. The inquiry stays in review; decide it in Persona.',
		],
	])('of %j is "%s"', (row, text) => {
		expect(tell(row)).toBe(text + LINK);
	});

	it('of a decline that was not agreed to names who did not agree', () => {
		const responder = { id: 'U2', name: 'lee', email: 'lee@example.com' };
		const outputs = { 'Ask a second person': [{ data: { approved: true, responder } }] };
		expect(tell({ result: 'kept in review' }, outputs)).toMatch(
			/^lee@example\.com did not agree to the decline\./,
		);
	});

	it.each(['another document', 'kept in review', 'not confirmed'])(
		'of %p is a sentence',
		(result) => {
			expect(tell({ result })).toMatch(/^Another document|^The second|^Slack did not/);
		},
	);

	it('of what was decided meanwhile says what was decided', () => {
		const outputs = { 'Name the result': [{ status: 'declined' }] };
		expect(tell({ result: 'decided meanwhile' }, outputs)).toContain('It is declined, and nothing');
	});
});
