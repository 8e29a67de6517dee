import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { JsonObject, StoredObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { redeliverEvent, countActions } from './scenarioSteps.mts';

const DASHBOARD = 'https://app.withpersona.com/dashboard';

/** How long a report takes in the sandbox. */
const REPORT_SECONDS = 0.01;

describe('"Pause accounts while a match is open"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			reportSeconds: REPORT_SECONDS,
		});
		published = await environment.publishWorkflow('12-watch-monitored-reports');
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
	});

	const getAttributes = (id: string) =>
		(environment.sandbox.control.find(id) as StoredObject).attributes;

	const getAccountStatus = (accountId: string) => getAttributes(accountId)['account-status'];

	const getTexts = () => environment.slack.messages.map(({ text }) => text);

	const createAccount = async () => {
		const { data } = await send(environment.sandbox, 'POST', '/accounts', {
			data: { attributes: {} },
		});
		return data.id;
	};

	const setStatus = async (accountId: string, status: string) =>
		await send(environment.sandbox, 'PATCH', `/accounts/${accountId}`, {
			data: { attributes: { 'account-status': status } },
		});

	/** Creates a report, with or without an account, and waits for the result. */
	const createReport = async (
		accountId?: string,
		term = 'Match',
		type = 'report/watchlist',
		status = 'ready',
	) => {
		const attributes: JsonObject = {
			query: { term },
			...(accountId && { 'account-id': accountId }),
		};
		const { data } = await send(environment.sandbox, 'POST', '/reports', {
			data: { type, attributes },
			...(!accountId && { meta: { 'auto-create-account': false } }),
		});
		await waitFor(`the report is ${status}`, async () => getAttributes(data.id).status === status);
		return data.id;
	};

	const dismissMatch = async (reportId: string) =>
		await send(environment.sandbox, 'POST', `/reports/${reportId}/dismiss`, {
			data: {
				attributes: { reason: 'Another person', 'dismiss-type': 'entity', 'entity-id': 'entity_1' },
			},
		});

	/** Finds the cases of a report. */
	const findCases = (reportId: string) =>
		environment.sandbox.control.store
			.getCollection('case')
			.findAll(({ relationships }) => JSON.stringify(relationships).includes(`"${reportId}"`));

	const buildMessage = (caseId: string, kind = 'watchlist') =>
		`A ${kind} report has a match. The account is paused for now. The case is waiting for your review: ${DASHBOARD}/cases/${caseId}`;

	it('does nothing about a report without a match', async () => {
		const accountId = await createAccount();
		const clear = await createReport(accountId, 'Jane Doe');
		const match = await createReport();
		await published.waitForExecutions(match);
		expect(await published.waitForExecutions(clear, 0)).toEqual([]);
		expect(findCases(clear)).toEqual([]);
		expect(getAccountStatus(accountId)).toBe('Default');
	});

	it('pauses the account, opens a case about both, and notifies the team', async () => {
		const accountId = await createAccount();
		const reportId = await createReport(accountId);
		const [{ status }] = await published.waitForExecutions(reportId);
		expect(status).toBe('success');
		expect(getAccountStatus(accountId)).toBe('Paused');
		expect(getAttributes(reportId).tags).toEqual(['case-open']);
		const [only, ...others] = findCases(reportId);
		expect(others).toEqual([]);
		expect(only.relationships).toMatchObject({
			reports: { data: [{ id: reportId }] },
			accounts: { data: [{ id: accountId }] },
		});
		expect(environment.slack.messages).toEqual([
			{ channel: 'compliance', text: buildMessage(only.id) },
		]);
	});

	it.each([
		['politically exposed person', 'report/politically-exposed-person'],
		['adverse media', 'report/adverse-media'],
	])('does the same for a match of the type %s', async (kind, type) => {
		const accountId = await createAccount();
		const reportId = await createReport(accountId, 'Match', type);
		await published.waitForExecutions(reportId);
		expect(getAccountStatus(accountId)).toBe('Paused');
		const [{ id }] = findCases(reportId);
		expect(getTexts()).toEqual([buildMessage(id, kind)]);
	});

	it('opens a case also without an account to pause', async () => {
		const reportId = await createReport();
		const [{ status }] = await published.waitForExecutions(reportId);
		expect(status).toBe('success');
		const [{ id, relationships }] = findCases(reportId);
		expect(relationships?.accounts).toEqual({ data: [] });
		expect(getTexts()).toEqual([
			`A watchlist report has a match. No account was paused. The case is waiting for your review: ${DASHBOARD}/cases/${id}`,
		]);
	});

	it('resumes the account when its match is dismissed', async () => {
		const accountId = await createAccount();
		const reportId = await createReport(accountId);
		await published.waitForExecutions(reportId);
		environment.slack.messages.length = 0;
		await dismissMatch(reportId);
		const [, { status }] = await published.waitForExecutions(reportId, 2);
		expect(status).toBe('success');
		expect(getAccountStatus(accountId)).toBe('Default');
		expect(getAttributes(reportId).tags).toEqual([]);
		expect(getTexts()).toEqual([
			`The last match of an account was dismissed. The account is active again: ${DASHBOARD}/accounts/${accountId}`,
		]);
	});

	it('keeps an account paused until its last match is dismissed', async () => {
		const accountId = await createAccount();
		const first = await createReport(accountId);
		await published.waitForExecutions(first);
		const second = await createReport(accountId, 'Match', 'report/adverse-media');
		await published.waitForExecutions(second);
		expect(getTexts()).toHaveLength(2);

		await dismissMatch(first);
		await published.waitForExecutions(first, 2);
		expect(getAccountStatus(accountId)).toBe('Paused');
		expect(getTexts()).toHaveLength(2);

		await dismissMatch(second);
		await published.waitForExecutions(second, 2);
		expect(getAccountStatus(accountId)).toBe('Default');
		expect(getTexts()).toHaveLength(3);
	});

	it('leaves an account paused and tells the team while another report has no result', async () => {
		const accountId = await createAccount();
		const reportId = await createReport(accountId);
		await published.waitForExecutions(reportId);
		await createReport(accountId, 'Error', 'report/adverse-media', 'errored');
		environment.slack.messages.length = 0;
		await dismissMatch(reportId);
		const [, { status }] = await published.waitForExecutions(reportId, 2);
		expect(status).toBe('success');
		expect(getAccountStatus(accountId)).toBe('Paused');
		expect(getTexts()).toEqual([
			`The last known match of an account was dismissed, but one of its reports has no result. The account stays paused until you decide: ${DASHBOARD}/accounts/${accountId}`,
		]);
	});

	it('tells the team when a match is dismissed, but Persona does not say whether one is left', async () => {
		const { control } = environment.sandbox;
		const accountId = await createAccount();
		const reportId = await createReport(accountId);
		await published.waitForExecutions(reportId);
		environment.slack.messages.length = 0;
		control.holdDeliveries();
		await dismissMatch(reportId);
		getAttributes(reportId)['has-match'] = null;
		control.releaseDeliveries();
		await published.waitForExecutions(reportId, 2);
		expect(getAccountStatus(accountId)).toBe('Paused');
		expect(getTexts()).toEqual([expect.stringContaining('stays paused until you decide')]);
	});

	it('opens another case when a report matches again after a dismissal', async () => {
		const accountId = await createAccount();
		const reportId = await createReport(accountId);
		await published.waitForExecutions(reportId);
		await dismissMatch(reportId);
		await published.waitForExecutions(reportId, 2);
		await send(environment.sandbox, 'POST', `/reports/${reportId}/run`);
		await published.waitForExecutions(reportId, 3);
		expect(findCases(reportId)).toHaveLength(2);
		expect(getAccountStatus(accountId)).toBe('Paused');
	});

	it('does nothing about a match whose event arrives after its dismissal', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const accountId = await createAccount();
		const reportId = await createReport(accountId);
		await dismissMatch(reportId);
		control.releaseDeliveries();
		const executions = await published.waitForExecutions(reportId, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(findCases(reportId)).toEqual([]);
		expect(getAccountStatus(accountId)).toBe('Default');
		expect(getTexts()).toEqual([]);
	});

	it('does nothing again when Persona delivers an event twice', async () => {
		const accountId = await createAccount();
		const reportId = await createReport(accountId);
		await published.waitForExecutions(reportId);
		await redeliverEvent(environment.sandbox, 'report/watchlist.matched', reportId);
		await published.waitForExecutions(reportId, 2);
		expect(findCases(reportId)).toHaveLength(1);
		expect(getTexts()).toHaveLength(1);

		await dismissMatch(reportId);
		await published.waitForExecutions(reportId, 3);
		await redeliverEvent(environment.sandbox, 'report/watchlist.dismissed', reportId);
		const executions = await published.waitForExecutions(reportId, 4);
		expect(executions.map(({ status }) => status)).toEqual(Array(4).fill('success'));
		expect(countActions(environment.sandbox, reportId, 'remove-tag')).toBe(1);
		expect(getTexts()).toHaveLength(2);
	});

	it('keeps an account status that a person has set', async () => {
		const accountId = await createAccount();
		await setStatus(accountId, 'Closed');
		const reportId = await createReport(accountId);
		await published.waitForExecutions(reportId);
		expect(getAccountStatus(accountId)).toBe('Closed');
		expect(findCases(reportId)).toHaveLength(1);
		await dismissMatch(reportId);
		await published.waitForExecutions(reportId, 2);
		expect(getAccountStatus(accountId)).toBe('Closed');
		expect(getAttributes(reportId).tags).toEqual([]);
	});

	it('keeps account and case when Slack does not know the channel, and a retry sends the message alone', async () => {
		const channels = environment.slack.channels.splice(0);
		const accountId = await createAccount();
		const reportId = await createReport(accountId);
		const [failed] = await published.waitForExecutions(reportId);
		environment.slack.channels.push(...channels);
		expect(failed.error?.message).toContain('channel_not_found');
		expect(getAccountStatus(accountId)).toBe('Paused');
		expect(getTexts()).toEqual([]);

		const retried = await published.retryExecution(failed);
		expect(retried.status).toBe('success');
		const [{ id }, ...others] = findCases(reportId);
		expect(others).toEqual([]);
		expect(getTexts()).toEqual([buildMessage(id)]);
	});
});
