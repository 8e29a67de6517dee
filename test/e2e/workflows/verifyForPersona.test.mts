import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { fixtures, type HttpsStep, type JsonObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { buildCredentialData } from '../testEnvironment.mts';
import { readWorkflowWithShorterWait } from './workflowFiles.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';

const SECRET = 'wbhsec_step';

const NAME = '07-verify-businesses-for-persona';

/** How long the workflow waits for a report. */
const SHIPPED_WAIT_SECONDS = 20;

/** How long it waits in these tests. */
const WAIT_SECONDS = 8;

const incompleteResponse = {
	decision: 'review',
	reasons: [
		'The call needs runId, accountId, name, street, city, state and postalCode, each text or a whole number, and an EIN of nine digits',
	],
	reportIds: [],
};

describe('"Verify a business for a Persona workflow"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let accountId: string;
	let url: string;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			reportSeconds: 0.01,
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		const { id, name, type } = environment.credential;
		const data = { ...buildCredentialData(environment.sandbox), webhookSecret: SECRET };
		await environment.client.updateCredential(id, { name, type, data });
		const file = await readWorkflowWithShorterWait(NAME, SHIPPED_WAIT_SECONDS, WAIT_SECONDS);
		published = await environment.publishWorkflow(NAME, file);
		const trigger = published.workflow.nodes.find((node) => node.name === 'When Persona calls');
		url = `${environment.n8n.url}/webhook/${trigger?.webhookId}/webhook`;
		const created = await send(environment.sandbox, 'POST', '/accounts', {
			data: { attributes: {} },
		});
		accountId = created.data.id;
	});
	afterAll(async () => await environment?.close());

	const findReportRequests = () =>
		environment.sandbox.control.requests.filter(
			({ method, path, isReplay }) => method === 'POST' && path.endsWith('/reports') && !isReplay,
		);

	const buildBusiness = (more: JsonObject = {}): JsonObject => ({
		accountId,
		name: 'Acme Widgets Inc',
		street: '1 Market Street',
		city: 'San Francisco',
		state: 'California',
		postalCode: '94105',
		ein: '12-3456789',
		...more,
	});

	/** Runs a Persona workflow that calls n8n about a business, and returns its result. */
	const call = async (about: JsonObject = buildBusiness(), step: Partial<HttpsStep> = {}) => {
		const { control } = environment.sandbox;
		control.setHttpsStep(fixtures.workflow, {
			url,
			secret: SECRET,
			buildBody: (runId) => ({ runId, ...about }),
			timeoutMs: 60_000,
			...step,
		});
		const path = `/workflows/${fixtures.workflow}/trigger`;
		const { data } = await send(environment.sandbox, 'POST', path, {
			data: { attributes: { fields: { account_id: accountId } } },
		});
		await waitFor(
			'the run ends',
			async () => control.getWorkflowRun(data.id).status !== 'in_progress',
			90_000,
		);
		const { status, attempts, output } = control.getWorkflowRun(data.id);
		return {
			status,
			statuses: attempts.map((attempt) => attempt.status),
			output: output as IDataObject,
		};
	};

	const fetchExecutions = async () =>
		await environment.client.fetchExecutions(published.workflow.id, 100);

	it('approves a clear business, with three reports of its account', async () => {
		const { status, statuses, output } = await call();
		expect([status, statuses]).toEqual(['completed', [200]]);
		expect(output).toMatchObject({ decision: 'approve', reasons: [] });
		const made = (output.reportIds as string[]).map((id) => environment.sandbox.control.find(id));
		expect(made.map((report) => [report?.type, report?.relationships?.account.data])).toEqual(
			['watchlist', 'adverse-media', 'lookup'].map((kind) => [
				`report/business-${kind}`,
				{ type: 'account', id: accountId },
			]),
		);
	});

	it('sends a match on a watchlist or in the news to review', async () => {
		const { output } = await call(buildBusiness({ name: 'Match Trading' }));
		expect(output).toMatchObject({
			decision: 'review',
			reasons: ['Watchlist: hasMatch is true', 'Adverse media: hasMatch is true'],
		});
	});

	it('declines an unregistered business', async () => {
		const { output } = await call(buildBusiness({ name: 'Unregistered Inc' }));
		expect(output).toMatchObject({
			decision: 'decline',
			reasons: [
				'Registration: matchStatusBusinessName is no_match, matchStatusAddress is no_match, matchStatusEin is no_match',
			],
		});
	});

	it('declines a business with the EIN of another', async () => {
		const { output } = await call(buildBusiness({ ein: '123450000' }));
		expect(output).toMatchObject({
			decision: 'decline',
			reasons: ['Registration: matchStatusEin is no_match'],
		});
	});

	it.each([[{ name: '' }], [{ accountId: null }], [{ ein: '12-34567' }], [{ runId: ' ' }]])(
		'responds to a call with %p at once, and creates no reports',
		async (more) => {
			const before = findReportRequests().length;
			const { status, output } = await call(buildBusiness(more));
			expect([status, output]).toEqual(['completed', incompleteResponse]);
			expect(findReportRequests()).toHaveLength(before);
		},
	);

	it('starts nothing for a call without a signature or with the wrong secret', async () => {
		const [executed, ordered] = [(await fetchExecutions()).length, findReportRequests().length];
		for (const secret of [undefined, 'wbhsec_other']) {
			const { status, statuses, output } = await call(buildBusiness(), { secret });
			expect([status, statuses, output]).toEqual(['errored', [401], undefined]);
		}
		expect(await fetchExecutions()).toHaveLength(executed);
		expect(findReportRequests()).toHaveLength(ordered);
	});

	it('returns the result of its one execution to Persona, which retries meanwhile', async () => {
		const before = (await fetchExecutions()).length;
		const { output, statuses } = await call(buildBusiness({ name: 'Waits 6' }), {
			timeoutMs: 2_000,
			retrySeconds: Array<number>(10).fill(1),
		});
		expect(output).toMatchObject({ decision: 'approve', reasons: [] });
		expect([statuses[0], statuses.at(-1)]).toEqual([null, 200]);
		expect(await fetchExecutions()).toHaveLength(before + 1);
	});

	it('creates the reports of a run once, however often it is called', async () => {
		const about = buildBusiness({ runId: 'wfr_Twice' });
		const { output } = await call(about);
		const before = findReportRequests().length;
		// Within the same second the signature would be the same, and the call a replay.
		const signedAt = Date.now();
		await waitFor('the next second', async () => Date.now() - signedAt > 1_000);
		const again = await call(about);
		expect(again.output).toEqual(output);
		expect(findReportRequests()).toHaveLength(before);
	});

	it('sends failed reports to review, and names them', async () => {
		const { output } = await call(buildBusiness({ name: 'Error' }));
		expect(output.decision).toBe('review');
		const reasons = output.reasons as string[];
		expect(reasons.map((reason) => reason.split(':')[0])).toEqual([
			'Watchlist',
			'Adverse media',
			'Registration',
		]);
		for (const reason of reasons) expect(reason).toContain('errored');
	});

	it('sends late reports to review', async () => {
		const { output } = await call(buildBusiness({ name: 'Waits Forever' }));
		expect(output.decision).toBe('review');
		const reasons = output.reasons as string[];
		expect(reasons).toHaveLength(3);
		for (const reason of reasons) expect(reason).toContain(`after ${WAIT_SECONDS} seconds`);
	});

	it('sends a business to review when Persona denies one report', async () => {
		environment.sandbox.control.addFault({ path: '/reports', kind: 'status', status: 403 });
		const { output } = await call();
		expect(output.decision).toBe('review');
		expect(output.reasons).toHaveLength(1);
		expect(output.reportIds).toHaveLength(2);
	});
});
