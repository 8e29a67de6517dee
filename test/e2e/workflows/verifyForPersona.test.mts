import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { fixtures, type HttpsStep, type JsonObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { buildCredentialData } from '../testEnvironment.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';

const SECRET = 'wbhsec_step';

/** Seconds after which the workflow waits for a report no more. */
const LONGEST = 20;

const incomplete = {
	decision: 'review',
	reasons: [
		'The call needs runId, accountId, name, street, city, state, postalCode, and an EIN of nine digits',
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
		published = await environment.publishWorkflow('07-verify-businesses-for-persona');
		const trigger = published.workflow.nodes.find((node) => node.name === 'When Persona calls');
		url = `${environment.n8n.url}/webhook/${trigger?.webhookId}/webhook`;
		const created = await send(environment.sandbox, 'POST', '/accounts', {
			data: { attributes: {} },
		});
		accountId = created.data.id;
	});
	afterAll(async () => await environment?.close());

	const reports = () =>
		environment.sandbox.control.requests.filter(
			({ method, path, replayed }) => method === 'POST' && path.endsWith('/reports') && !replayed,
		);

	const business = (more: JsonObject = {}): JsonObject => ({
		accountId,
		name: 'Acme Widgets Inc',
		street: '1 Market Street',
		city: 'San Francisco',
		state: 'California',
		postalCode: '94105',
		ein: '12-3456789',
		...more,
	});

	/** Lets a Persona workflow call n8n about a business, and gives what it has in the end. */
	const call = async (about: JsonObject = business(), step: Partial<HttpsStep> = {}) => {
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
			answers: attempts.map((attempt) => attempt.status),
			output: output as IDataObject,
		};
	};

	const executions = async () =>
		await environment.client.fetchExecutions(published.workflow.id, 100);

	it('approves a business without a doubt, with four reports of its account', async () => {
		const { status, answers, output } = await call();
		expect([status, answers]).toEqual(['completed', [200]]);
		expect(output).toMatchObject({ decision: 'approve', reasons: [] });
		const made = (output.reportIds as string[]).map((id) => environment.sandbox.control.find(id));
		expect(made.map((report) => [report?.type, report?.relationships?.account.data])).toEqual(
			['watchlist', 'adverse-media', 'lookup', 'lookup'].map((kind) => [
				`report/business-${kind}`,
				{ type: 'account', id: accountId },
			]),
		);
	});

	it('leaves a match on a watchlist or in the news to a person', async () => {
		const { output } = await call(business({ name: 'Match Trading' }));
		expect(output).toMatchObject({
			decision: 'review',
			reasons: ['Watchlist: hasMatch is true', 'Adverse media: hasMatch is true'],
		});
	});

	it('declines a business that nobody has registered', async () => {
		const { output } = await call(business({ name: 'Unregistered Inc' }));
		expect(output).toMatchObject({
			decision: 'decline',
			reasons: [
				'Registration: matchStatusBusinessName is no_match, matchStatusAddress is no_match',
				'TIN: matchStatusEin is no_match',
			],
		});
	});

	it('declines a business with the EIN of another', async () => {
		const { output } = await call(business({ ein: '123450000' }));
		expect(output).toMatchObject({
			decision: 'decline',
			reasons: ['TIN: matchStatusEin is no_match'],
		});
	});

	it.each([[{ name: '' }], [{ accountId: null }], [{ ein: '12-34567' }], [{ runId: ' ' }]])(
		'answers a call with %p at once, and orders no reports',
		async (more) => {
			const before = reports().length;
			const { status, output } = await call(business(more));
			expect([status, output]).toEqual(['completed', incomplete]);
			expect(reports()).toHaveLength(before);
		},
	);

	it('starts nothing for a call that nobody has signed, or with another secret', async () => {
		const [executed, ordered] = [(await executions()).length, reports().length];
		for (const secret of [undefined, 'wbhsec_other']) {
			const { status, answers, output } = await call(business(), { secret });
			expect([status, answers, output]).toEqual(['errored', [401], undefined]);
		}
		expect(await executions()).toHaveLength(executed);
		expect(reports()).toHaveLength(ordered);
	});

	it('gives the result of its one run to Persona, which calls again meanwhile', async () => {
		const before = (await executions()).length;
		const { output, answers } = await call(business({ name: 'Waits 6' }), {
			timeoutMs: 2_000,
			retrySeconds: Array<number>(10).fill(1),
		});
		expect(output).toMatchObject({ decision: 'approve', reasons: [] });
		expect([answers[0], answers.at(-1)]).toEqual([null, 200]);
		expect(await executions()).toHaveLength(before + 1);
	});

	it('orders the reports of a run once, however often it is called', async () => {
		const about = business({ runId: 'wfr_Twice' });
		const { output } = await call(about);
		const before = reports().length;
		// Signed within the same second it would be the very same call.
		const signedAt = Date.now();
		await waitFor('the clock goes on', async () => Date.now() - signedAt > 1_000);
		const again = await call(about);
		expect(again.output).toEqual(output);
		expect(reports()).toHaveLength(before);
	});

	it('leaves to a person what Persona cannot find out, and says which report it is', async () => {
		const { output } = await call(business({ name: 'Error' }));
		expect(output.decision).toBe('review');
		const reasons = output.reasons as string[];
		expect(reasons.map((reason) => reason.split(':')[0])).toEqual([
			'Watchlist',
			'Adverse media',
			'Registration',
			'TIN',
		]);
		for (const reason of reasons) expect(reason).toContain('errored');
	});

	it('leaves to a person what is not found out in time', async () => {
		const { output } = await call(business({ name: 'Waits Forever' }));
		expect(output.decision).toBe('review');
		const reasons = output.reasons as string[];
		expect(reasons).toHaveLength(4);
		for (const reason of reasons) expect(reason).toContain(`after ${LONGEST} seconds`);
	});

	it('decides nothing for a business when one report is refused, but asks a person', async () => {
		environment.sandbox.control.addFault({ path: '/reports', kind: 'status', status: 403 });
		const { output } = await call();
		expect(output.decision).toBe('review');
		expect(output.reasons).toHaveLength(1);
		expect(output.reportIds).toHaveLength(3);
	});
});
