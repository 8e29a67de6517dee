import { waitFor, type Execution } from '../../../tools/n8n/n8nClient.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import type { JiraIssue } from '../../../tools/services/jira.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { fetchRows } from './dataTable.mts';
import { countActions, redeliverEvent } from './scenarioSteps.mts';
import {
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';

/** How often the workflow calls a service that fails. */
const MAX_TRIES = 5;

/** A case with its ticket. */
interface TicketRow {
	id: number;
	caseId: string;
	issueKey: string | null;
	status: string | null;
	closedAt: string | null;
}

/** A comment that was sent to Jira. */
interface CommentRow {
	id: number;
	comment: string;
	issueKey: string;
	ticketComment: string | null;
}

describe('"Work on cases as tickets"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('28-cases-as-tickets');
		await published.runOnce();
	});
	afterAll(async () => await environment?.close());

	const findCase = (id: string) => environment.sandbox.control.find(id) as StoredObject;

	const post = async (path: string, body?: unknown) =>
		await send(environment.sandbox, 'POST', path, body);

	const getStatus = (id: string) => findCase(id).attributes.status;

	const setStatus = async (id: string, status: string) =>
		await post(`/cases/${id}/set-status`, { meta: { status } });

	const addComment = async (id: string, message: string) =>
		await post(`/cases/${id}/add-comment`, { meta: { message } });

	const getMessages = (id: string) =>
		environment.sandbox.control.store
			.getRelated(findCase(id), 'case-comments')
			.map(({ attributes }) => String(attributes.message));

	const findIssues = (caseId: string) =>
		environment.jira.issues.filter(({ description }) => description.endsWith(`/${caseId}`));

	const getComments = ({ comments }: JiraIssue) => comments.map(({ body }) => body);

	const fetchTicketRows = async (caseId: string) =>
		(await fetchRows<TicketRow>(environment.client, 'Tickets of cases')).filter(
			(row) => row.caseId === caseId,
		);

	const fetchExecutions = async () =>
		await environment.client.fetchExecutions(published.workflow.id, 100);

	/** Waits until nothing is on its way: no webhook, no execution, and none that follows from them. */
	const settle = async () => {
		let [before, quietPolls] = [-1, 0];
		await waitFor(
			'nothing more happens',
			async () => {
				await environment.jira.settle();
				const { deliveries } = environment.sandbox.control;
				const executions = await fetchExecutions();
				const isRunning = executions.some(({ status }) => ['new', 'running'].includes(status));
				const size = deliveries.length + environment.jira.deliveries.length + executions.length;
				quietPolls = !isRunning && size === before ? quietPolls + 1 : 0;
				before = size;
				return quietPolls >= 2;
			},
			60_000,
		);
	};

	/** Waits until this holds, and until nothing more happens. */
	const waitUntil = async (what: string, check: () => boolean | Promise<boolean>) => {
		await waitFor(what, async () => await check(), 60_000);
		await settle();
	};

	const createCase = async (fields = {}) => {
		const attributes = { 'case-template-id': fixtures.caseTemplate, fields };
		return (await post('/cases', { data: { attributes } })).data.id;
	};

	/** Opens a case, and waits for its ticket. */
	const openCase = async () => {
		const id = await createCase();
		await waitUntil(`a ticket for ${id}`, async () => {
			const [row] = await fetchTicketRows(id);
			return Boolean(row?.status);
		});
		const [issue] = findIssues(id);
		return { id, issue };
	};

	const waitForFailureAt = async (nodeName: string): Promise<Execution> =>
		await waitFor(`an execution fails at "${nodeName}"`, async () => {
			const [newest] = await fetchExecutions();
			const execution =
				newest.status === 'error' && (await environment.client.fetchExecution(newest.id));
			return execution && execution.lastNode === nodeName && execution;
		});

	it('opens one ticket for a case, with a link and nothing personal, also if the event comes twice', async () => {
		const id = await createCase({ notes: 'Jane Doe, born 1994-04-12' });
		await waitUntil('there is a ticket', () => findIssues(id).length > 0);
		await redeliverEvent(environment.sandbox, 'case.created', id);
		await published.waitForExecutions(id, 2);
		await settle();
		const [issue, ...others] = findIssues(id);
		expect(others).toEqual([]);
		expect(issue).toMatchObject({
			summary: `Standard Review ${findCase(id).attributes.name}`,
			description: `https://app.withpersona.com/dashboard/cases/${id}`,
			...{ status: 'To Do', comments: [] },
		});
		expect((await fetchTicketRows(id)).filter(({ issueKey }) => issueKey)).toMatchObject([
			{ issueKey: issue.key, status: 'Open' },
		]);
	});

	it('says in the title what the case is about', async () => {
		const fields = { 'name-first': 'Jane', 'name-last': 'Doe' };
		const { data: inquiry } = await post('/inquiries', buildInquiry(fields));
		const accountId = Object(inquiry.relationships?.account.data).id as string;
		const { data } = await post('/cases', {
			data: { attributes: { 'case-template-id': fixtures.caseTemplate } },
			meta: { 'object-ids': [inquiry.id, accountId] },
		});
		await waitUntil('there is a ticket', () => findIssues(data.id).length > 0);
		expect(findIssues(data.id)[0].summary).toBe(
			`Standard Review ${findCase(data.id).attributes.name}: 1 inquiry, 1 account`,
		);
	});

	it('sends a comment of the case to the ticket, once, and it does not come back', async () => {
		const { id, issue } = await openCase();
		const other = await openCase();
		await addComment(id, 'Called the customer.\n\nSays <hello> & "bye" {code}');
		await waitUntil('the ticket has the comment', () => issue.comments.length > 0);
		const [commentId] = environment.sandbox.control.store
			.getRelated(findCase(id), 'case-comments')
			.map((comment) => comment.id);
		await redeliverEvent(environment.sandbox, 'case-comment.created', commentId);
		await settle();
		expect(getComments(issue)).toEqual([
			`Called the customer.\n\nSays <hello> & "bye" {code}\n(Persona, comment ${commentId})`,
		]);
		expect(getMessages(id)).toHaveLength(1);
		expect([other.issue.comments, getMessages(other.id)]).toEqual([[], []]);
		const rows = await fetchRows<CommentRow>(environment.client, 'Comments sent to Jira');
		expect(rows.filter(({ comment }) => comment === commentId).at(0)).toMatchObject({
			issueKey: issue.key,
			ticketComment: issue.comments[0].id,
		});
	});

	it('sends each of several comments at once exactly once', async () => {
		const { id, issue } = await openCase();
		await Promise.all(['one', 'two', 'three'].map(async (text) => await addComment(id, text)));
		await waitUntil('the ticket has three comments', () => issue.comments.length >= 3);
		const words = getComments(issue).map((text) => text.split('\n')[0]);
		expect(words.sort()).toEqual(['one', 'three', 'two']);
	});

	it('sends a comment of the ticket to the case, once, and it does not come back', async () => {
		const { id, issue } = await openCase();
		const { jira } = environment;
		const comment = jira.comment(issue, 'Looks *fine* to me');
		await waitUntil('the case has the comment', () => getMessages(id).length > 0);
		const [delivery] = jira.deliveries.slice(-1);
		await jira.redeliver(delivery);
		await Promise.all([jira.redeliver(delivery), jira.redeliver(delivery)]);
		await settle();
		expect(delivery.statuses).toEqual([200, 200, 200, 200]);
		expect(getMessages(id)).toEqual([
			`Dana Doe: Looks *fine* to me\n\n(Jira ${issue.key}, comment ${comment.id})`,
		]);
		expect(issue.comments).toHaveLength(1);
	});

	it('sends an edited comment of the ticket as another one, and no edit of what came from Persona', async () => {
		const { id, issue } = await openCase();
		const { jira } = environment;
		const comment = jira.comment(issue, 'Looks fine');
		await waitUntil('the case has the comment', () => getMessages(id).length === 1);
		jira.editComment(issue, comment, 'Looks odd');
		await waitUntil('the case has the edited comment', () => getMessages(id).length === 2);
		await jira.redeliver(jira.deliveries.slice(-1)[0]);
		await addComment(id, 'From Persona');
		await waitUntil('the ticket has the comment', () => issue.comments.length === 2);
		jira.editComment(issue, issue.comments[1], 'From Persona, without its last line');
		await settle();
		expect(getMessages(id).map((text) => text.split('\n')[0])).toEqual([
			...['Dana Doe: Looks fine', 'Edited: Dana Doe: Looks odd', 'From Persona'],
		]);
		expect(issue.comments).toHaveLength(2);
	});

	it('leaves a comment of the ticket that only a role can see in Jira', async () => {
		const { id, issue } = await openCase();
		environment.jira.comment(issue, 'Secret', { type: 'role', value: 'Administrators' });
		environment.jira.comment(issue, '   ');
		await settle();
		expect(getMessages(id)).toEqual([]);
	});

	it.each([
		['Approved', 'Approved'],
		['Declined', 'Declined'],
	])('resolves the ticket when the case is %s', async (status, ticketStatus) => {
		const { id, issue } = await openCase();
		const before = environment.jira.deliveries.length;
		await setStatus(id, status);
		await waitUntil('the ticket has moved', () => issue.status === ticketStatus);
		expect(getStatus(id)).toBe(status);
		expect(countActions(environment.sandbox, id, 'set-status')).toBe(1);
		expect(environment.jira.deliveries).toHaveLength(before + 1);
		expect(await fetchTicketRows(id)).toMatchObject([{ status, closedAt: expect.any(String) }]);

		await setStatus(id, 'Open');
		await waitUntil('the ticket is open again', () => issue.status === 'To Do');
		expect(await fetchTicketRows(id)).toMatchObject([{ status: 'Open', closedAt: null }]);
	});

	it('resolves the case when the ticket is resolved, also if the event comes twice', async () => {
		const { id, issue } = await openCase();
		const { jira } = environment;
		const before = jira.deliveries.length;
		jira.move(issue, 'Declined');
		await waitUntil('the case is declined', () => getStatus(id) === 'Declined');
		await jira.redeliver(jira.deliveries[before]);
		await settle();
		expect(countActions(environment.sandbox, id, 'set-status')).toBe(1);
		expect(jira.deliveries).toHaveLength(before + 1);
		expect(await fetchTicketRows(id)).toMatchObject([
			{ status: 'Declined', closedAt: expect.any(String) },
		]);

		jira.move(issue, 'To Do');
		await waitUntil('the case is open again', () => getStatus(id) === 'Open');
		expect(issue.status).toBe('To Do');
	});

	it('leaves the other side alone where the settings do not have a status', async () => {
		const { id, issue } = await openCase();
		environment.jira.move(issue, 'In Progress');
		await settle();
		expect(getStatus(id)).toBe('Open');
		await setStatus(id, 'Pending');
		await settle();
		expect(issue.status).toBe('In Progress');
	});

	it('takes what is true now when a late event says something else', async () => {
		const { id, issue } = await openCase();
		const { control } = environment.sandbox;
		control.holdDeliveries();
		await setStatus(id, 'Declined');
		await setStatus(id, 'Approved');
		control.releaseDeliveries();
		await waitUntil('the ticket is approved', () => issue.status === 'Approved');
		expect(countActions(environment.sandbox, id, 'set-status')).toBe(2);
		expect(getStatus(id)).toBe('Approved');
	});

	it('comes to rest with the same status when both sides change at once', async () => {
		const { id, issue } = await openCase();
		environment.jira.move(issue, 'Declined');
		await setStatus(id, 'Approved');
		await settle();
		expect(['Approved', 'Declined']).toContain(issue.status);
		expect(getStatus(id)).toBe(issue.status);
		const count = countActions(environment.sandbox, id, 'set-status');
		// Each side may follow the other a few times before they agree.
		expect(count).toBeLessThan(10);
		await settle();
		expect(countActions(environment.sandbox, id, 'set-status')).toBe(count);
	});

	it('sends a comment that is made before the ticket exists, or after the case is resolved', async () => {
		environment.jira.failNext({ status: 503, path: '/rest/api/2/issue' }, MAX_TRIES);
		const id = await createCase();
		const failed = await waitForFailureAt('Open a ticket');
		await addComment(id, 'Early');
		await settle();
		expect(findIssues(id)).toEqual([]);
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		await settle();
		const [issue, ...others] = findIssues(id);
		expect(others).toEqual([]);
		expect(getComments(issue)).toEqual([expect.stringMatching(/^Early\n/)]);
		await setStatus(id, 'Approved');
		await waitUntil('the ticket is approved', () => issue.status === 'Approved');
		await addComment(id, 'Late');
		await waitUntil('the ticket has the comment', () => issue.comments.length === 2);
	});

	it('knows nothing of tickets without a case, and takes no webhook without its key', async () => {
		const { jira } = environment;
		const stranger: JiraIssue = {
			...{ id: '1', key: 'KYC-999', summary: '', description: '', status: 'To Do', comments: [] },
		};
		const cases = environment.sandbox.control.requests.length;
		jira.comment(stranger, 'Hello');
		jira.move(stranger, 'Approved');
		await settle();
		expect(environment.sandbox.control.requests.slice(cases)).toEqual([]);
		const [delivery] = jira.deliveries.slice(-1);
		expect(delivery.statuses).toEqual([200]);
		const forged = { ...delivery, url: delivery.url.split('?')[0], statuses: [] as number[] };
		await jira.redeliver(forged);
		expect(forged.statuses).toEqual([403]);
	});

	it('keeps the status while Jira does not answer, and a retry moves the ticket', async () => {
		const { id, issue } = await openCase();
		environment.jira.failNext({ status: 503, path: '/transitions' }, MAX_TRIES);
		await setStatus(id, 'Approved');
		const failed = await waitForFailureAt('Move the ticket');
		expect(issue.status).toBe('To Do');
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		await settle();
		expect([issue.status, getStatus(id)]).toEqual(['Approved', 'Approved']);
	});

	it('comments in the case by a retry when Persona has refused it, and then once', async () => {
		const { id, issue } = await openCase();
		// Persona would repeat a 403 for this idempotency key, but not a 401.
		const fault = { method: 'POST', path: `/cases/${id}/add-comment`, status: 401 };
		environment.sandbox.control.addFault({ ...fault, kind: 'status' });
		environment.jira.comment(issue, 'Hello');
		const failed = await waitForFailureAt('Comment in the case');
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		await environment.jira.redeliver(environment.jira.deliveries.slice(-1)[0]);
		await settle();
		expect(getMessages(id)).toHaveLength(1);
		expect(issue.comments).toHaveLength(1);
	});
});
