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
const SECONDS = 0.01;

describe('"Pause accounts while a match is open"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			reportSeconds: SECONDS,
		});
		published = await environment.publishWorkflow('12-watch-monitored-reports');
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
	});

	const attributesOf = (id: string) =>
		(environment.sandbox.control.find(id) as StoredObject).attributes;

	const statusOf = (accountId: string) => attributesOf(accountId)['account-status'];

	const texts = () => environment.slack.messages.map(({ text }) => text);

	const account = async () => {
		const { data } = await send(environment.sandbox, 'POST', '/accounts', {
			data: { attributes: {} },
		});
		return data.id;
	};

	const setStatus = async (accountId: string, status: string) =>
		await send(environment.sandbox, 'PATCH', `/accounts/${accountId}`, {
			data: { attributes: { 'account-status': status } },
		});

	/** Screens somebody, for an account or for none, and waits for the result. */
	const screen = async (accountId?: string, term = 'Match', type = 'report/watchlist') => {
		const attributes: JsonObject = {
			query: { term },
			...(accountId && { 'account-id': accountId }),
		};
		const { data } = await send(environment.sandbox, 'POST', '/reports', {
			data: { type, attributes },
			...(!accountId && { meta: { 'auto-create-account': false } }),
		});
		await waitFor('the report is ready', async () => attributesOf(data.id).status === 'ready');
		return data.id;
	};

	const dismiss = async (reportId: string) =>
		await send(environment.sandbox, 'POST', `/reports/${reportId}/dismiss`, {
			data: {
				attributes: { reason: 'Another person', 'dismiss-type': 'entity', 'entity-id': 'entity_1' },
			},
		});

	/** The cases that a report is in. */
	const casesOf = (reportId: string) =>
		environment.sandbox.control.store
			.getCollection('case')
			.findAll(({ relationships }) => JSON.stringify(relationships).includes(`"${reportId}"`));

	const messageAbout = (caseId: string, kind = 'watchlist') =>
		`A ${kind} report has a match. The account is paused meanwhile. The case waits for your review: ${DASHBOARD}/cases/${caseId}`;

	it('does nothing about a report without a match', async () => {
		const accountId = await account();
		const clear = await screen(accountId, 'Jane Doe');
		const match = await screen();
		await published.waitForExecutions(match);
		expect(await published.waitForExecutions(clear, 0)).toEqual([]);
		expect(casesOf(clear)).toEqual([]);
		expect(statusOf(accountId)).toBe('Default');
	});

	it('pauses the account, opens a case about both, and tells the team', async () => {
		const accountId = await account();
		const reportId = await screen(accountId);
		const [{ status }] = await published.waitForExecutions(reportId);
		expect(status).toBe('success');
		expect(statusOf(accountId)).toBe('Paused');
		expect(attributesOf(reportId).tags).toEqual(['case-open']);
		const [only, ...others] = casesOf(reportId);
		expect(others).toEqual([]);
		expect(only.relationships).toMatchObject({
			reports: { data: [{ id: reportId }] },
			accounts: { data: [{ id: accountId }] },
		});
		expect(environment.slack.messages).toEqual([
			{ channel: 'compliance', text: messageAbout(only.id) },
		]);
	});

	it.each([
		['politically exposed person', 'report/politically-exposed-person'],
		['adverse media', 'report/adverse-media'],
	])('does the same when a report of the type %s matches', async (kind, type) => {
		const accountId = await account();
		const reportId = await screen(accountId, 'Match', type);
		await published.waitForExecutions(reportId);
		expect(statusOf(accountId)).toBe('Paused');
		const [{ id }] = casesOf(reportId);
		expect(texts()).toEqual([messageAbout(id, kind)]);
	});

	it('opens a case where there is no account to pause', async () => {
		const reportId = await screen();
		const [{ status }] = await published.waitForExecutions(reportId);
		expect(status).toBe('success');
		const [{ id, relationships }] = casesOf(reportId);
		expect(relationships?.accounts).toEqual({ data: [] });
		expect(texts()).toEqual([
			`A watchlist report has a match. No account is paused by it. The case waits for your review: ${DASHBOARD}/cases/${id}`,
		]);
	});

	it('resumes the account when its match is dismissed', async () => {
		const accountId = await account();
		const reportId = await screen(accountId);
		await published.waitForExecutions(reportId);
		environment.slack.messages.length = 0;
		await dismiss(reportId);
		const [, { status }] = await published.waitForExecutions(reportId, 2);
		expect(status).toBe('success');
		expect(statusOf(accountId)).toBe('Default');
		expect(attributesOf(reportId).tags).toEqual([]);
		expect(texts()).toEqual([
			`The last match of an account was dismissed. The account is active again: ${DASHBOARD}/accounts/${accountId}`,
		]);
	});

	it('keeps an account paused until the last of its matches is dismissed', async () => {
		const accountId = await account();
		const first = await screen(accountId);
		await published.waitForExecutions(first);
		const second = await screen(accountId, 'Match', 'report/adverse-media');
		await published.waitForExecutions(second);
		expect(texts()).toHaveLength(2);

		await dismiss(first);
		await published.waitForExecutions(first, 2);
		expect(statusOf(accountId)).toBe('Paused');
		expect(texts()).toHaveLength(2);

		await dismiss(second);
		await published.waitForExecutions(second, 2);
		expect(statusOf(accountId)).toBe('Default');
		expect(texts()).toHaveLength(3);
	});

	it('opens another case when a report matches again after a dismissal', async () => {
		const accountId = await account();
		const reportId = await screen(accountId);
		await published.waitForExecutions(reportId);
		await dismiss(reportId);
		await published.waitForExecutions(reportId, 2);
		await send(environment.sandbox, 'POST', `/reports/${reportId}/run`);
		await published.waitForExecutions(reportId, 3);
		expect(casesOf(reportId)).toHaveLength(2);
		expect(statusOf(accountId)).toBe('Paused');
	});

	it('does nothing about a match whose event comes after its dismissal', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const accountId = await account();
		const reportId = await screen(accountId);
		await dismiss(reportId);
		control.releaseDeliveries();
		const executions = await published.waitForExecutions(reportId, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(casesOf(reportId)).toEqual([]);
		expect(statusOf(accountId)).toBe('Default');
		expect(texts()).toEqual([]);
	});

	it('does nothing again when Persona delivers an event twice', async () => {
		const accountId = await account();
		const reportId = await screen(accountId);
		await published.waitForExecutions(reportId);
		await redeliverEvent(environment.sandbox, 'report/watchlist.matched', reportId);
		await published.waitForExecutions(reportId, 2);
		expect(casesOf(reportId)).toHaveLength(1);
		expect(texts()).toHaveLength(1);

		await dismiss(reportId);
		await published.waitForExecutions(reportId, 3);
		await redeliverEvent(environment.sandbox, 'report/watchlist.dismissed', reportId);
		const executions = await published.waitForExecutions(reportId, 4);
		expect(executions.map(({ status }) => status)).toEqual(Array(4).fill('success'));
		expect(countActions(environment.sandbox, reportId, 'remove-tag')).toBe(1);
		expect(texts()).toHaveLength(2);
	});

	it('leaves an account the status that a person has given it', async () => {
		const accountId = await account();
		await setStatus(accountId, 'Closed');
		const reportId = await screen(accountId);
		await published.waitForExecutions(reportId);
		expect(statusOf(accountId)).toBe('Closed');
		expect(casesOf(reportId)).toHaveLength(1);
		await dismiss(reportId);
		await published.waitForExecutions(reportId, 2);
		expect(statusOf(accountId)).toBe('Closed');
		expect(attributesOf(reportId).tags).toEqual([]);
	});

	it('keeps account and case when Slack does not know the channel, and a retry sends the message alone', async () => {
		const channels = environment.slack.channels.splice(0);
		const accountId = await account();
		const reportId = await screen(accountId);
		const [failed] = await published.waitForExecutions(reportId);
		environment.slack.channels.push(...channels);
		expect(failed.error?.message).toContain('channel_not_found');
		expect(statusOf(accountId)).toBe('Paused');
		expect(texts()).toEqual([]);

		const retried = await published.retryExecution(failed);
		expect(retried.status).toBe('success');
		const [{ id }, ...others] = casesOf(reportId);
		expect(others).toEqual([]);
		expect(texts()).toEqual([messageAbout(id)]);
	});
});
