import type { IDataObject } from 'n8n-workflow';
import { waitFor, type WorkflowFile } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { otherSlackUser, slackUser } from '../../../tools/services/slackButtons.mts';
import { send } from '../../support/apiClient.mts';
import { fetchRows } from './dataTable.mts';
import { completeInquiry, countActions, decideAsPerson, redeliverEvent } from './scenarioSteps.mts';
import { followQuestions, getMessageText, type SlackQuestions } from './slackQuestions.mts';
import { readWorkflow } from './workflowFiles.mts';
import {
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';

const NAME = '17-decide-in-slack';

/** n8n looks once a minute for executions whose time-out is over. */
const TIMEOUT_CHECK_MS = 90_000;

const DECLINE = JSON.stringify(['Decline']);
const ANOTHER = JSON.stringify(['Ask for another document']);
const AGAIN = JSON.stringify(['Ask the question again']);

/** One line of the data table. */
interface Row {
	id: number;
	question: string;
	inquiryId: string;
	result: string;
	decidedBy: string;
	confirmedBy: string;
	reason: string;
	decidedAt: string | null;
	newInquiryId: string;
}

/** The workflow with waits of seconds for inquiries with these tags, and as it is for all others. */
async function readWithShortWaits(): Promise<WorkflowFile> {
	const tags = "($('When an inquiry changes').first().json.object.tags ?? [])";
	const shorten = (text: string) =>
		text
			.replace('{ days: 1 }', `{ seconds: ${tags}.some((tag) => tag !== 'later') ? 4 : 86400 }`)
			.replace('{ days: 3 }', `{ seconds: ${tags}.includes('late') ? 4 : 259200 }`)
			.replace('DateTime.max(', `(${tags}.includes('later') ? DateTime.min : DateTime.max)(`)
			.replace('{ hours: 1 }', `{ seconds: ${tags}.includes('later') ? 4 : 3600 }`);
	const file = await readWorkflow(NAME);
	const nodes = file.nodes.map((node) => ({
		...node,
		parameters: JSON.parse(shorten(JSON.stringify(node.parameters))) as typeof node.parameters,
	}));
	expect(JSON.stringify(nodes)).not.toMatch(/\{ (days|hours): /);
	return { ...file, nodes };
}

describe('"Decide in Slack"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let questions: SlackQuestions;
	/** Inquiries that nobody decides in time. */
	const late = { reminded: '', unanswered: '', unexplained: '', unconfirmed: '' };

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow(NAME, await readWithShortWaits());
		await published.runOnce();
		questions = followQuestions(environment, published);
		late.reminded = seedInquiry({}, ['remind']);
		late.unanswered = seedInquiry({}, ['late']);
		late.unexplained = seedInquiry({}, ['later']);
		await refuse(late.unexplained);
		late.unconfirmed = seedInquiry({}, ['later']);
		await declineHighRisk(late.unconfirmed);
	});
	afterAll(async () => await environment?.close());

	const getControl = () => environment.sandbox.control;

	const getAttributes = (id: string) => (getControl().find(id) as StoredObject).attributes;

	/** Adds an inquiry that is marked for review, about whose risk nothing is known. */
	function seedInquiry(fields: IDataObject = {}, tags: string[] = []) {
		const [id] = getControl().seedInquiries(1, {
			statuses: ['needs_review'],
			fields: [{ 'name-first': 'Unmistakable', ...fields } as Record<string, string>],
			tags,
		});
		getControl().emitEvent('inquiry.marked-for-review', id);
		return id;
	}

	/** Completes an inquiry of low risk that Persona marks for review. */
	const createInquiry = async (fields: Record<string, string> = {}) =>
		await completeInquiry(environment.sandbox, {
			...{ 'name-first': 'Unmistakable', 'name-last': 'Review', ...fields },
		});

	const createCase = async (...ids: string[]) => {
		const attributes = { 'case-template-id': fixtures.caseTemplate, fields: {} };
		const body = { data: { attributes }, meta: { 'object-ids': ids } };
		return (await send(environment.sandbox, 'POST', '/cases', body)).data.id;
	};

	const getComments = (caseId: string) =>
		getControl()
			.store.getRelated(getControl().find(caseId) as StoredObject, 'case-comments')
			.map(({ attributes }) => attributes.message);

	/** Reads the questions about an inquiry that were asked. */
	const fetchRowsAbout = async (inquiryId: string) =>
		(await fetchRows<Row>(environment.client)).filter(
			(row) => row.inquiryId === inquiryId && row.result !== 'asked already',
		);

	const waitForResult = async (inquiryId: string, result: string, timeoutMs = 30_000) =>
		await waitFor(
			`the question about ${inquiryId} is ${result}`,
			async () => {
				const row = (await fetchRowsAbout(inquiryId)).at(-1);
				return row?.result === result && row;
			},
			timeoutMs,
		);

	const approve = async (id: string) =>
		await questions.press(await questions.waitFor(id, 'Approve'), 'Approve');

	/** Presses the second button of a question, and returns the message with the form that follows. */
	async function refuse(id: string) {
		const question = await questions.waitFor(id, 'Approve');
		expect(await questions.press(question, 'Do not approve')).toBe(200);
		return await questions.waitFor(id, 'Answer');
	}

	/** Declines a high risk, and returns the question to a second person. */
	async function declineHighRisk(id: string, reason = 'The photo is covered') {
		const form = await refuse(id);
		expect(await questions.answerForm(form, 'Answer', [DECLINE, reason])).toBe(200);
		return await questions.waitFor(id, 'Keep in review');
	}

	const countDecisions = (id: string) =>
		countActions(environment.sandbox, id, 'approve') +
		countActions(environment.sandbox, id, 'decline');

	const waitForFailureAt = async (nodeName: string) =>
		await waitFor(`an execution fails at "${nodeName}"`, async () => {
			const executions = await environment.client.fetchExecutions(published.workflow.id, 5);
			const [failed] = executions.filter(({ status }) => status === 'error');
			const execution = failed && (await environment.client.fetchExecution(failed.id));
			return execution && execution.lastNode === nodeName && execution;
		});

	it('asks without a name, and one press approves, in Persona and in the case', async () => {
		const id = await createInquiry();
		const caseId = await createCase(id);
		const question = await questions.waitFor(id, 'Approve');
		const text = getMessageText(question);
		expect(text).toContain(`https://app.withpersona.com/dashboard/inquiries/${id}`);
		expect(text).toContain('The risk is low');
		expect(text).not.toContain('Unmistakable');
		expect(getAttributes(id).status).toBe('needs_review');
		expect(await questions.press(question, 'Approve')).toBe(200);
		await questions.waitForText(id, `was approved by ${slackUser.email}`);
		const comment = `Approved in Slack by ${slackUser.email}`;
		expect(getAttributes(id)).toMatchObject({ status: 'approved', 'reviewer-comment': comment });
		await waitFor('the case has the comment', async () => getComments(caseId).length > 0);
		expect(getComments(caseId)).toEqual([comment]);
		expect(await fetchRowsAbout(id)).toMatchObject([
			{ result: 'approved', decidedBy: slackUser.email, confirmedBy: '', reason: '' },
		]);
		expect(getMessageText(question)).toContain(`*Approve* was pressed by <@${slackUser.id}>.`);
		expect(getMessageText(question)).toContain('The risk is low');
		expect(getMessageText(question)).not.toContain('Declined');
		expect(questions.find(id, 'Approve')).toEqual([]);
	});

	it('declines a low risk by one person, who has to give a reason in words', async () => {
		const id = await createInquiry();
		const question = await questions.waitFor(id, 'Approve');
		const form = await refuse(id);
		expect(getMessageText(question)).toContain(
			`*Do not approve* was pressed by <@${slackUser.id}>.`,
		);
		expect(getMessageText(form)).toContain(`<@${slackUser.id}>, what should be done instead?`);
		expect(await questions.fetchForm(form, 'Answer')).toContain(
			`<a href="https://app.withpersona.com/dashboard/inquiries/${id}" target="_blank">`,
		);
		expect(await questions.answerForm(form, 'Answer', [DECLINE, ' \n '])).toBe(200);
		const second = await questions.waitFor(id, 'Answer', 2);
		expect(getMessageText(second)).toContain('Please give a reason');
		expect(await questions.answerForm(second, 'Answer', [DECLINE, 'undefined'])).toBe(200);
		const third = await questions.waitFor(id, 'Answer', 3);
		expect(countDecisions(id)).toBe(0);
		expect(await questions.answerForm(third, 'Answer', [DECLINE, ' ID <of> a "friend" '])).toBe(
			200,
		);
		await questions.waitForText(id, 'was declined');
		expect(getAttributes(id)).toMatchObject({
			status: 'declined',
			'reviewer-comment': `Declined in Slack by ${slackUser.email}: ID <of> a "friend"`,
		});
		expect(await waitForResult(id, 'declined')).toMatchObject({ confirmedBy: '' });
		expect(questions.find(id, 'Keep in review')).toEqual([]);
	});

	it('leaves a completed inquiry without a doubt, and asks about one with a doubt', async () => {
		const clear = await completeInquiry(environment.sandbox, { 'name-last': 'Doe' });
		const doubtful = await completeInquiry(environment.sandbox, { 'name-last': 'Proxy' });
		const question = await questions.waitFor(doubtful, 'Approve');
		expect(getMessageText(question)).toContain('a decline needs a second person');
		await published.waitForExecutions(clear);
		expect(getAttributes(clear).status).toBe('completed');
		expect(questions.find(clear, 'Approve')).toEqual([]);
		expect(await approve(doubtful)).toBe(200);
		await waitForResult(doubtful, 'approved');
	});

	it('declines a high risk only if two persons want it, and the same one twice is not two', async () => {
		const id = seedInquiry();
		const second = await declineHighRisk(id, 'The photo <!channel> is covered');
		expect(getMessageText(second)).toContain(`${slackUser.email} wants to decline`);
		expect(getMessageText(second)).toContain('Reason: The photo  !channel  is covered');
		expect(await questions.press(second, 'Decline')).toBe(200);
		const third = await questions.waitFor(id, 'Keep in review');
		expect(getMessageText(third)).toContain('answered by someone else');
		expect(countDecisions(id)).toBe(0);
		expect(await questions.press(third, 'Decline', otherSlackUser)).toBe(200);
		await questions.waitForText(id, `by ${slackUser.email}, confirmed by ${otherSlackUser.email}`);
		expect(getAttributes(id)).toMatchObject({
			status: 'declined',
			'reviewer-comment': `Declined in Slack by ${slackUser.email}, confirmed by ${otherSlackUser.email}: The photo <!channel> is covered`,
		});
		expect(await waitForResult(id, 'declined')).toMatchObject({
			...{ decidedBy: slackUser.email, confirmedBy: otherSlackUser.email },
		});
	});

	it('takes no press of an older message for the agreement of a second person', async () => {
		const id = seedInquiry();
		const question = await questions.waitFor(id, 'Approve');
		const before = { ...question };
		const shownAt = Math.floor(Date.now() / 1000);
		await waitFor('the next second', async () => Math.floor(Date.now() / 1000) > shownAt);
		const second = await declineHighRisk(id);
		for (const [index, label] of ['Do not approve', 'Approve'].entries()) {
			Object.assign(question, before);
			expect(await questions.press(question, label, otherSlackUser)).toBe(200);
			const again = await questions.waitFor(id, 'Keep in review', index + 2);
			expect(getMessageText(again)).toContain(
				'answered by someone else, with the buttons of this message',
			);
		}
		expect(countDecisions(id)).toBe(0);
		expect(await questions.press(second, 'Keep in review', otherSlackUser)).toBe(200);
		await waitForResult(id, 'kept in review');
		await questions.waitForText(id, `${otherSlackUser.email} did not agree to the decline`);
		expect([countDecisions(id), getAttributes(id).status]).toEqual([0, 'needs_review']);
	});

	it('declines no high risk if Slack does not say who has pressed', async () => {
		const id = seedInquiry();
		const second = await declineHighRisk(id);
		const nobody = { id: '', name: '', email: '' };
		expect(await questions.press(second, 'Decline', nobody)).toBe(200);
		await waitForResult(id, 'not confirmed');
		expect([countDecisions(id), getAttributes(id).status]).toEqual([0, 'needs_review']);
		await questions.waitForText(id, 'nobody has confirmed the decline');
	});

	it('asks again when two answer at once, and when somebody wants the question back', async () => {
		const id = seedInquiry();
		const question = await questions.waitFor(id, 'Approve');
		const pressed = { ...question };
		expect(await questions.press(question, 'Do not approve')).toBe(200);
		await questions.waitFor(id, 'Answer');
		Object.assign(question, pressed);
		expect(await questions.press(question, 'Do not approve')).toBe(200);
		await questions.waitFor(id, 'Answer', 2);
		Object.assign(question, pressed);
		expect(await questions.press(question, 'Approve', otherSlackUser)).toBe(200);
		const again = await questions.waitFor(id, 'Approve');
		expect(getMessageText(again)).toContain('Two of you answered at once');
		expect(countDecisions(id)).toBe(0);
		expect(await questions.press(again, 'Do not approve')).toBe(200);
		const form = await questions.waitFor(id, 'Answer', 3);
		expect(await questions.answerForm(form, 'Answer', [AGAIN, 'Wrong button'])).toBe(200);
		const back = await questions.waitFor(id, 'Approve');
		expect(getMessageText(back)).toContain('Here is the question again');
		expect(await questions.press(back, 'Approve')).toBe(200);
		await waitForResult(id, 'approved');
	});

	it('asks for another document by mail, and decides about both inquiries once it is there', async () => {
		const id = await createInquiry({ 'email-address': 'jane@example.com' });
		const caseId = await createCase(id);
		const form = await refuse(id);
		expect(await questions.answerForm(form, 'Answer', [ANOTHER, 'The photo is covered'])).toBe(200);
		const { newInquiryId } = await waitForResult(id, 'another document');
		const comment = `Another document requested in Slack by ${slackUser.email}: The photo is covered`;
		expect(getAttributes(newInquiryId).note).toBe(`${comment} (${id})`);
		expect(getComments(caseId)).toEqual([comment]);
		expect(getAttributes(id).status).toBe('needs_review');
		const [{ text }] = environment.smtp.mails.filter(({ to }) => to.includes('jane@example.com'));
		expect(text).not.toContain('covered');
		const [link = ''] = /http:\S+/.exec(text) ?? [];
		getAttributes(newInquiryId).fields = {
			...(getAttributes(newInquiryId).fields as object),
			'name-last': { type: 'string', value: 'Doe' },
		};
		await completeHostedFlow(link);
		const question = await questions.waitFor(newInquiryId, 'Approve');
		expect(getMessageText(question)).toContain(`also counts for what it replaces: ${id}`);
		expect(await questions.press(question, 'Approve')).toBe(200);
		await waitForResult(newInquiryId, 'approved');
		expect([id, newInquiryId].map((each) => getAttributes(each).status)).toEqual([
			...['approved', 'approved'],
		]);
		await waitFor('the case has the decision', async () => getComments(caseId).length > 1);
		expect(getComments(caseId)).toEqual([comment, `Approved in Slack by ${slackUser.email}`]);
	});

	it('asks about the first inquiry again when the other document does not come', async () => {
		const id = await createInquiry({ 'email-address': 'joe@example.com' });
		const form = await refuse(id);
		expect(await questions.answerForm(form, 'Answer', [ANOTHER, 'The photo is covered'])).toBe(200);
		const { newInquiryId } = await waitForResult(id, 'another document');
		await send(environment.sandbox, 'POST', `/inquiries/${newInquiryId}/expire`);
		const question = await questions.waitFor(id, 'Approve');
		expect(getMessageText(question)).toContain('The other document was not provided');
		expect(await questions.press(question, 'Approve')).toBe(200);
		await waitForResult(id, 'approved');
		expect(getAttributes(newInquiryId).status).toBe('expired');
	});

	it('asks to decide otherwise where no mail can be sent', async () => {
		const id = seedInquiry();
		const form = await refuse(id);
		expect(await questions.answerForm(form, 'Answer', [ANOTHER, 'The photo is covered'])).toBe(200);
		const question = await questions.waitFor(id, 'Approve');
		expect(getMessageText(question)).toContain('Another document cannot be requested');
		expect(await questions.press(question, 'Approve')).toBe(200);
		expect(await waitForResult(id, 'approved')).toMatchObject({ reason: '' });
	});

	it('changes nothing about what was decided meanwhile, and says what was decided', async () => {
		const id = seedInquiry();
		const question = await questions.waitFor(id, 'Approve');
		await decideAsPerson(environment.sandbox, id, 'decline', 'Known to the police');
		expect(await questions.press(question, 'Approve')).toBe(200);
		await questions.waitForText(id, 'was decided in Persona in the meantime. It is declined');
		expect(countDecisions(id)).toBe(0);
		expect(getAttributes(id)).toMatchObject({
			...{ status: 'declined', 'reviewer-comment': 'Known to the police' },
		});
		expect(await fetchRowsAbout(id)).toMatchObject([
			{ result: 'decided meanwhile', decidedBy: '' },
		]);
	});

	it('asks once when an event comes twice, also at once, and again for a new event', async () => {
		const id = seedInquiry();
		getControl().emitEvent('inquiry.marked-for-review', id);
		await questions.waitFor(id, 'Approve');
		await published.waitForExecutions(id, 2);
		await redeliverEvent(environment.sandbox, 'inquiry.marked-for-review', id);
		await published.waitForExecutions(id, 3);
		expect(questions.find(id, 'Approve')).toHaveLength(1);
		const second = await declineHighRisk(id);
		expect(await questions.press(second, 'Keep in review', otherSlackUser)).toBe(200);
		await waitForResult(id, 'kept in review');
		await redeliverEvent(environment.sandbox, 'inquiry.marked-for-review', id);
		await published.waitForExecutions(id, 4);
		expect(await fetchRowsAbout(id)).toHaveLength(1);
		getControl().emitEvent('inquiry.marked-for-review', id);
		expect(await approve(id)).toBe(200);
		await waitForResult(id, 'approved');
	});

	it('rejects what Slack has not signed, and a press after the decision', async () => {
		const id = seedInquiry();
		const question = await questions.waitFor(id, 'Approve');
		const before = { ...question };
		expect(await questions.press(question, 'Approve', slackUser, 'another-secret')).toBe(401);
		expect(getAttributes(id).status).toBe('needs_review');
		expect(await questions.press(question, 'Approve')).toBe(200);
		await waitForResult(id, 'approved');
		Object.assign(question, before);
		expect(await questions.press(question, 'Do not approve')).toBe(409);
		expect(getAttributes(id).status).toBe('approved');
	});

	// Late, since n8n looks for expired executions only once a minute; and before Slack loses a channel,
	// without which the messages of these would fail.
	it('reminds once, and then says that nobody has decided; the inquiry stays in review', async () => {
		const { reminded, unanswered, unexplained, unconfirmed } = late;
		for (const id of [unanswered, unexplained, unconfirmed]) {
			expect(await waitForResult(id, 'late', TIMEOUT_CHECK_MS)).toMatchObject({ decidedBy: '' });
			await questions.waitForText(id, 'Nobody decided in time');
			expect([countDecisions(id), getAttributes(id).status]).toEqual([0, 'needs_review']);
		}
		const reminder = await questions.waitFor(reminded, 'Approve', 2);
		expect(getMessageText(reminder)).toContain('Reminder: nobody has answered yet');
		const [first] = questions.find(reminded, 'Approve');
		expect(await questions.press(first, 'Approve')).toBe(200);
		await waitForResult(reminded, 'approved');
	});

	it('continues with a retry where Slack or Persona did not answer, and does nothing twice', async () => {
		const channels = environment.slack.channels.splice(0);
		const id = seedInquiry();
		const unasked = await waitForFailureAt('Ask for a decision');
		environment.slack.channels.push(...channels);
		expect(await published.retryExecution(unasked)).toMatchObject({ status: 'waiting' });
		getControl().addFault({
			...{ method: 'GET', path: `/inquiries/${id}`, kind: 'status', status: 403 },
		});
		expect(await approve(id)).toBe(200);
		const undecided = await waitForFailureAt('Read it again');
		expect(getAttributes(id).status).toBe('needs_review');
		expect(await published.retryExecution(undecided)).toMatchObject({ status: 'success' });
		expect(await fetchRowsAbout(id)).toMatchObject([{ result: 'approved' }]);
		expect(countDecisions(id)).toBe(1);
	});
});
