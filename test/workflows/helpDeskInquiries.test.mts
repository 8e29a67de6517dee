import type { IDataObject } from 'n8n-workflow';
import {
	evaluateParameter,
	getNode,
	listWorkflows,
	readNodes,
	routeItem,
} from './evaluateParameter.mts';

const TAG = 'help-desk';

/** What a workflow does about an inquiry with these tags: undefined or false if nothing. */
type Act = (tags: string[]) => unknown;

/** The workflow, and what it does about an inquiry after an event or with a status. */
const ACTS: [workflow: string, what: string, act: Act][] = [
	...['01-onboard-users', '15-onboard-users-without-public-address'].flatMap(
		(workflow): typeof ACTS => {
			const nodes = readNodes(workflow);
			const act =
				(node: string, event: string): Act =>
				(tags) => {
					const status = event === 'marked-for-review' ? 'needs_review' : event;
					const object = { status, tags, accountId: 'act_1' };
					const item = { event: `inquiry.${event}`, object };
					return routeItem(nodes, node, item, { 'When an inquiry changes': [[[item]]] });
				};
			return [
				[workflow, 'completed', act('What has happened?', 'completed')],
				[workflow, 'approved', act('What has happened?', 'approved')],
				[workflow, 'marked for review', act('Ask a person?', 'marked-for-review')],
			];
		},
	),
	[
		'05-mark-minors-for-review',
		'of a minor',
		(tags) =>
			routeItem(readNodes('05-mark-minors-for-review'), 'Under 18, and new?', {
				...{ age: 17, ageSource: 'document', tags },
			}),
	],
	...['failed', 'declined'].map((status): (typeof ACTS)[number] => [
		'08-answer-failed-verifications',
		status,
		(tags) =>
			routeItem(readNodes('08-answer-failed-verifications'), 'Still so, and new?', {
				object: { status, tags },
			}),
	]),
	[
		'09-keep-records-in-sync',
		'approved',
		(tags) =>
			routeItem(readNodes('09-keep-records-in-sync'), 'Not from the help desk', {
				object: { status: 'approved', tags },
			}),
	],
	...['marked-for-review', 'completed'].map((event): (typeof ACTS)[number] => [
		'17-decide-in-slack',
		event,
		(tags) =>
			routeItem(readNodes('17-decide-in-slack'), 'What has happened?', {
				event: `inquiry.${event}`,
				object: { status: event === 'completed' ? 'completed' : 'needs_review', tags },
			}),
	]),
	['19-remind-and-resume', 'expired', (tags) => countDueReminders(tags) > 0],
	['20-verify-again-on-schedule', 'approved long ago', (tags) => countDueAgain(tags) > 0],
	...['approved', 'declined', 'expired', 'updated-tags'].map((event): (typeof ACTS)[number] => [
		'30-tell-the-customer',
		event,
		(tags) => chooseState(event, tags) !== 'nothing',
	]),
];

/** Why these workflows treat an inquiry of the help desk as any other. */
const TREATED_ALIKE: Record<string, string> = {
	'02-verify-by-risk': 'Acts on the inquiries of its own table alone.',
	'03-verify-again-before-large-transactions': 'Acts on the inquiries that it creates itself.',
	'04-decline-listed-ip-addresses': 'A listed address is a reason to refuse the reset, too.',
	'10-keep-evidence-of-decisions': 'Every decision needs its evidence.',
	'11-report-metrics-weekly': 'Only counts.',
	'14-answer-compliance-questions': 'Only reads.',
	'16-onboard-by-form': 'Acts on the inquiries of an account of its own form.',
	'18-invite-from-spreadsheet': 'Acts on the inquiries that it creates itself.',
	'21-send-review-digest': 'What waits for a decision waits, whoever asked for it.',
	'24-answer-over-mcp': 'Only reads.',
	'25-recover-missed-deliveries': 'Passes on every event that was missed.',
	'26-export-to-warehouse': 'Only reads.',
	'27-verify-help-desk-callers': 'Creates them.',
};

const NOW = '2026-03-31T09:00:00.000Z';

/** Counts the reminders for one expired inquiry with these tags. */
function countDueReminders(tags: string[]): number {
	const nodes = readNodes('19-remind-and-resume');
	const name = 'Choose whom to remind';
	const rules = { now: NOW, firstAfterDays: 2, nextAfterDays: 2, atMost: 3, notAfterDays: 30 };
	const inquiry = {
		...{ id: 'inq_1', status: 'expired', tags, accountId: 'act_1', redactedAt: null },
		...{ createdAt: '2026-03-20T09:00:00.000Z', fields: { 'email-address': 'jane@example.com' } },
	};
	const { due } = evaluateParameter(nodes, name, getNode(nodes, name).parameters.jsonOutput, [{}], {
		'Choose the rules': [[[rules]]],
		'Get earlier reminders': [[[{}]]],
		'Get unfinished inquiries': [[[inquiry]]],
		'Get all their inquiries': [[[inquiry]]],
	}) as { due: IDataObject[] };
	return due.length;
}

/** Counts who is due because of one approved inquiry with these tags. */
function countDueAgain(tags: string[]): number {
	const nodes = readNodes('20-verify-again-on-schedule');
	const name = 'Who is due?';
	const approved = {
		...{ id: 'inq_1', status: 'approved', tags, accountId: 'act_1' },
		decisionedAt: '2020-03-01T09:00:00.000Z',
	};
	const { due } = evaluateParameter(nodes, name, getNode(nodes, name).parameters.jsonOutput, [{}], {
		'Every morning': [[[{ timestamp: NOW }]]],
		'Days and daily limit': [[[{ atMost: 10, days: 14 }]]],
		'Get the levels': [[[{ level: 'low', years: 3 }]]],
		'Get all accounts': [[[{ id: 'act_1', redactedAt: null, tags: [] }]]],
		'Get who was asked': [[[{}]]],
		'Get all inquiries': [[[approved]]],
	}) as { due: IDataObject[] };
	return due.length;
}

/** What there is to tell a customer after this event of an inquiry with these tags. */
function chooseState(event: string, tags: string[]): unknown {
	const nodes = readNodes('30-tell-the-customer');
	const name = 'What is there to tell?';
	const isTagged = event === 'updated-tags';
	const object = {
		...{ id: 'inq_1', status: isTagged ? 'pending' : event, redactedAt: null },
		tags: [...tags, ...(isTagged ? ['something-missing'] : [])],
	};
	const told = evaluateParameter(
		nodes,
		name,
		getNode(nodes, name).parameters.jsonOutput,
		[{ fallbackLanguage: 'en' }],
		{ 'When an inquiry changes': [[[{ event: `inquiry.${event}`, createdAt: NOW, object }]]] },
	);
	return (told as IDataObject).state;
}

describe('an inquiry of "Verify help desk callers", which is about an employee and no customer', () => {
	it('is known by its tag', () => {
		const { additionalFields } = getNode(
			readNodes('27-verify-help-desk-callers'),
			'Create inquiry',
		).parameters;
		expect(additionalFields).toMatchObject({ tags: TAG });
	});

	it.each(ACTS)('is left alone by "%s" when it is %s', (_, __, act) => {
		expect(act([])).toBeTruthy();
		expect(act(['vip'])).toBeTruthy();
		expect(act([TAG])).toBeFalsy();
		expect(act(['vip', TAG])).toBeFalsy();
	});

	it('is left alone by each workflow that hears or lists inquiries, unless it may treat it alike', () => {
		const isAboutInquiries = ({ type, parameters }: { type: string; parameters: object }) => {
			const { resource, inquiryId, events = [] } = parameters as Record<string, unknown>;
			const hears = (events as string[]).some((event) => event.startsWith('inquiry.'));
			const findsOrCreates = resource === 'inquiry' && inquiryId === undefined;
			return type.startsWith('n8n-nodes-persona.') && (hears || findsOrCreates);
		};
		const found = listWorkflows().filter((name) => readNodes(name).some(isAboutInquiries));
		const leavingAlone = [...new Set(ACTS.map(([workflow]) => workflow))];
		expect([...leavingAlone, ...Object.keys(TREATED_ALIKE)].sort()).toEqual(found);
	});
});
