import type { IDataObject } from 'n8n-workflow';
import {
	evaluateParameter,
	getNode,
	readNodes,
	routeItem,
	type Outputs,
} from './evaluateParameter.mts';

const PERSONA = 'When a case changes';
const JIRA = 'When a ticket changes';

const statuses = [
	{ case: 'Open', ticket: 'To Do', transition: '11' },
	{ case: 'Open', ticket: 'Reopened' },
	{ case: 'Approved', ticket: 'Approved', transition: '31' },
];

describe('the tickets of "Work on cases as tickets"', () => {
	const nodes = readNodes('28-cases-as-tickets');

	const evaluate = (name: string, path: string, input: IDataObject, outputs: Outputs) => {
		const { parameters } = getNode(nodes, name);
		return evaluateParameter(nodes, name, parameters[path], [input], outputs);
	};

	const route = (name: string, item: IDataObject, outputs: Record<string, IDataObject[]>) =>
		routeItem(
			nodes,
			name,
			item,
			Object.fromEntries(Object.entries(outputs).map(([node, items]) => [node, [[items]]])),
		);

	it('have a list of statuses in which each status of a case leads to one of a ticket and back', () => {
		const { assignments } = getNode(nodes, 'Settings').parameters.assignments as unknown as {
			assignments: { value: string }[];
		};
		const list = JSON.parse(assignments[0].value) as { case: string; ticket: string }[];
		for (const key of ['case', 'ticket', 'transition'] as const) {
			const values = list.map((each) => Object(each)[key] as string);
			expect(values).toEqual([...new Set(values)]);
		}
	});

	it.each([
		['case.created', 'New case'],
		['case.status-updated', 'Status'],
		['case-comment.created', 'Comment'],
		['case.assigned', undefined],
	])('after %s take the way %p', (event, output) => {
		expect(route('What happened?', {}, { [PERSONA]: [{ event }] })).toBe(output);
	});

	const template = { id: 'ctmpl_1', name: 'Standard Review' };

	it.each([
		[{}, 'Persona case case_1'],
		[{ name: 'KYC-6' }, 'Persona case KYC-6'],
		[{ name: 'KYC-6', caseTemplate: template }, 'Standard Review KYC-6'],
		[{ name: 'Jane Doe', caseTemplate: { name: ' \n' } }, 'Persona case case_1'],
		[{ name: null, caseTemplate: { name: null } }, 'Persona case case_1'],
		[
			{ name: 'KYC-6', caseTemplate: template, inquiryIds: ['inq_1'], reportIds: ['a', 'b'] },
			'Standard Review KYC-6: 1 inquiry, 2 reports',
		],
		[
			{ name: 'KYC-6', inquiryIds: [], txnIds: ['txn_1'], accountIds: ['act_1', 'act_2'] },
			'Persona case KYC-6: 1 transaction, 2 accounts',
		],
		[
			{ name: 'KYC-6', caseTemplate: { name: `A\nB${'x'.repeat(300)}` } },
			`A B${'x'.repeat(97)} KYC-6`,
		],
	])('of a new case that is %j have the title %j', (caseRecord, title) => {
		const item = { id: 'case_1', ...caseRecord } as unknown as IDataObject;
		expect(evaluate('Open a ticket', 'summary', item, {})).toBe(title);
	});

	const ticket = { id: 1, caseId: 'case_1', issueKey: 'KYC-7', status: 'Open', closedAt: null };

	const findNews = (caseRecord: IDataObject, row: IDataObject = {}) =>
		evaluate(
			'What is new?',
			'jsonOutput',
			{ id: 'case_1', status: 'Open', resolvedAt: null, ...caseRecord },
			{
				'With a ticket': [
					[
						[
							{ ...ticket, caseId: 'case_2', status: 'Other' },
							{ ...ticket, ...row },
						],
					],
				],
			},
		) as { hasChanged: boolean; comments: IDataObject[] };

	it.each([
		[{}, {}, false],
		[{ status: 'Approved' }, {}, true],
		[{ status: 'Approved' }, { status: 'Approved' }, false],
		[{ resolvedAt: '2026-03-01T10:00:00.000Z' }, {}, true],
		[{}, { closedAt: '2026-03-01T10:00:00.000Z' }, true],
		[{}, { status: null }, true],
	])('of a case with %j and a row with %j have changed: %p', (caseRecord, row, hasChanged) => {
		expect(findNews(caseRecord, row).hasChanged).toBe(hasChanged);
	});

	it.each([
		['Hello', true],
		['Hello\n\n(Jira KYC-7, comment 10042)', false],
		['Hello\n\n(Jira KYC-7, comment 10042)\n ', false],
		['(Jira KYC-7, comment 10042) is what I mean', true],
		['As in (Jira KYC-7)', true],
		['', false],
		[' \n', false],
		[null, false],
	])('get the comment %j: %p', (message, isSent) => {
		const caseComments = [{ id: 'cscm_1', message }];
		expect(findNews({ caseComments }).comments).toHaveLength(isSent ? 1 : 0);
		expect(findNews({ caseComments: undefined }).comments).toEqual([]);
	});

	it('get a comment as a document of Jira, in which no line is an empty text', () => {
		const comment = { comment: 'cscm_1', text: 'One\n\n{code} *two*\r\n' };
		const document = JSON.parse(
			String(
				evaluate(
					'Comment in the ticket',
					'commentJson',
					{ comment: 'cscm_1' },
					{
						'Split out the comments': [[[{ comment: 'cscm_0', text: 'Other' }, comment]]],
					},
				),
			),
		) as { content: { content: { text: string }[] }[] };
		expect(document).toMatchObject({ type: 'doc', version: 1 });
		expect(document.content.map(({ content }) => content.map(({ text }) => text).join())).toEqual([
			...['One', '', '{code} *two*', '', '(Persona, comment cscm_1)'],
		]);
	});

	it.each([
		['To Do', 'Open', false],
		['Reopened', 'Open', false],
		['Approved', 'Open', true],
		['In Progress', 'Approved', true],
		['To Do', 'Pending', false],
	])('with the status %s follow a case that is %s: %p', (name, status, follows) => {
		const isMoved = route(
			'Must the ticket follow?',
			{ key: 'KYC-7', fields: { status: { name } } },
			{
				Settings: [{ statuses }],
				'Enter the status': [
					{ ...ticket, issueKey: 'KYC-8' },
					{ ...ticket, status },
				],
			},
		);
		expect(isMoved).toBe(follows);
	});

	const receive = (event: IDataObject) =>
		route('Comment or status?', ticket, { [JIRA]: [{ issue: { key: 'KYC-7' }, ...event }] });

	it.each([
		['comment_created', 'Hello', 'Comment'],
		['comment_updated', 'Hello', 'Comment'],
		['comment_deleted', 'Hello', undefined],
		['comment_created', ' ', undefined],
		['comment_created', null, undefined],
		['comment_created', 'Hello\n(Persona, comment cscm_1)', undefined],
		['comment_updated', 'Hello\n\n(Persona, comment cscm\\_1)', undefined],
		['comment_created', '(Persona, comment cscm_1) is wrong', 'Comment'],
	])('send after %s the text %j as: %p', (webhookEvent, body, output) => {
		expect(receive({ webhookEvent, comment: { id: '1', body } })).toBe(output);
		const visibility = { type: 'role', value: 'Administrators' };
		expect(receive({ webhookEvent, comment: { id: '1', body, visibility } })).toBeUndefined();
	});

	it.each([
		[{ items: [{ field: 'status' }] }, 'Status'],
		[{ items: [{ field: 'assignee' }] }, undefined],
		[undefined, undefined],
	])('whose change is %j are: %p', (changelog, output) => {
		expect(receive({ webhookEvent: 'jira:issue_updated', changelog })).toBe(output);
	});

	it.each([
		['Approved', 'Open', true],
		['Approved', 'Approved', false],
		['Reopened', 'Approved', true],
		['In Progress', 'Approved', false],
	])('that are %s now change a case that was %s: %p', (name, status, follows) => {
		const outputs = { 'Find the case': [[[{ ...ticket, status }]]], Settings: [[[{ statuses }]]] };
		const item = evaluate(
			'Which status is that?',
			'jsonOutput',
			{ fields: { status: { name } } },
			outputs,
		);
		expect(routeItem(nodes, 'Must the case follow?', item as IDataObject)).toBe(follows);
	});

	it('say from where a comment comes, and that it was edited', () => {
		const event = {
			issue: { key: 'KYC-7' },
			comment: { id: '10042', body: ' Hello ', author: { displayName: 'Dana' } },
		};
		const say = (webhookEvent: string) =>
			evaluate('Comment in the case', 'message', ticket, {
				[JIRA]: [[[{ ...event, webhookEvent }]]],
			});
		expect(say('comment_created')).toBe('Dana: Hello\n\n(Jira KYC-7, comment 10042)');
		expect(say('comment_updated')).toBe('Edited: Dana: Hello\n\n(Jira KYC-7, comment 10042)');
	});
});
