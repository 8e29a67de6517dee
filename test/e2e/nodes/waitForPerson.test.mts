import { randomUUID } from 'node:crypto';
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import { openBrowser } from '../../../tools/n8n/browser.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { buildIdLocator, selectCredential, buildNode, START } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

/** A name that could break an expression. */
const WAIT = 'Wait for "the" {{ person }}';

const AFTER = 'Afterwards';

/** An execution that waits for one person. */
interface WaitingExecution {
	executionId: string;
	inquiryId: string;
	link: string;
}

describe('an execution of n8n that waits for a person', () => {
	let environment: TestEnvironment;
	/** Its person has finished, and was back before n8n could receive anybody. */
	let missed: WaitingExecution;

	beforeAll(async () => {
		environment = await startTestEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		[missed] = await startWaiting(await storeWaitingWorkflow({}));
		await completeInquiry(missed);
	});
	afterAll(async () => await environment?.close());

	const creation = {
		resource: 'inquiry',
		inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
	};

	const buildPersonaNode = (name: string, parameters: IDataObject) =>
		buildNode('n8n-nodes-persona.persona', name, parameters, {
			...selectCredential(environment),
			id: randomUUID(),
		});

	const buildPeopleNode = (count: number) =>
		buildNode(
			'n8n-nodes-base.code',
			'People',
			{ jsCode: `return Array.from({ length: ${count} }, () => ({ json: {} }));` },
			{ typeVersion: 2 },
		);

	const buildCreateNode = () =>
		buildPersonaNode('Create', { ...creation, operation: 'create', autoCreateOneTimeLink: true });

	const buildWaitNode = (parameters: IDataObject = {}) =>
		buildPersonaNode(WAIT, {
			resource: 'inquiry',
			operation: 'waitForPerson',
			inquiryId: buildIdLocator('={{ $json.id }}'),
			...parameters,
		});

	const buildAfterNode = () =>
		buildNode(
			'n8n-nodes-base.set',
			AFTER,
			{
				mode: 'raw',
				jsonOutput: '={{ ({ id: $json.id, status: $json.status, finished: $json.finished }) }}',
			},
			{ typeVersion: 3.4 },
		);

	/** Connects nodes in order. A number after a name is the index of its output. */
	async function storeWorkflow(nodes: INode[], ...lines: string[][]) {
		const connections: IConnections = {};
		for (const line of lines) {
			for (const [index, name] of line.slice(0, -1).entries()) {
				const [, from, output] = /^(.*?)(?: (\d))?$/.exec(name) as RegExpExecArray;
				const [, to] = /^(.*?)(?: \d)?$/.exec(line[index + 1]) as RegExpExecArray;
				const { main } = (connections[from] ??= { main: [[], []] });
				main[Number(output ?? 0)]?.push({ node: to, type: 'main', index: 0 });
			}
		}
		return (await environment.client.createWorkflow({ name: 'Waiting', nodes, connections })).id;
	}

	const buildStartNode = () => buildNode('n8n-nodes-base.manualTrigger', START, {});

	const storeWaitingWorkflow = async (parameters: IDataObject, count = 1) =>
		await storeWorkflow(
			[
				buildStartNode(),
				buildPeopleNode(count),
				buildCreateNode(),
				buildWaitNode(parameters),
				buildAfterNode(),
			],
			[START, 'People', 'Create', WAIT, AFTER],
		);

	async function startWaiting(workflowId: string): Promise<WaitingExecution[]> {
		const { executionId } = await environment.client.runWorkflow(workflowId, START);
		const { status, runs } = await environment.client.waitForExecution(String(executionId));
		expect(status).toBe('waiting');
		return (runs.Create[0].data?.main[0] ?? []).map(({ json }) => ({
			executionId: String(executionId),
			inquiryId: String(json.id),
			link: String(json.oneTimeLink),
		}));
	}

	const fetchStatus = async ({ executionId }: WaitingExecution) =>
		(await environment.client.fetchExecution(executionId)).status;

	/** Waits until the execution has ended, and returns the items after the wait. */
	async function waitForOutcome({ executionId }: Pick<WaitingExecution, 'executionId'>) {
		const { status, runs } = await waitFor(
			`execution ${executionId} has ended`,
			async () => {
				const state = await environment.client.fetchExecution(executionId);
				return !['new', 'running', 'waiting'].includes(state.status) && state;
			},
			90_000,
		);
		expect([status, runs[WAIT].length]).toEqual(['success', 1]);
		expect(runs[WAIT][0].executionStatus).toBe('success');
		return (runs[AFTER][0].data?.main[0] ?? []).map(({ json }) => json);
	}

	const buildFinishedItem = ({ inquiryId }: Pick<WaitingExecution, 'inquiryId'>) => ({
		id: inquiryId,
		status: 'completed',
		finished: true,
	});

	const buildOpenItem = (execution: WaitingExecution) => ({
		...buildFinishedItem(execution),
		status: 'created',
		finished: false,
	});

	/** Returns the address to which Persona redirects a person who leaves the flow at once. */
	async function getReturnUrl({ link }: WaitingExecution): Promise<URL> {
		const code = String(new URL(link).searchParams.get('code'));
		const response = await fetch(`${environment.sandbox.url}/verify`, {
			method: 'POST',
			body: new URLSearchParams({ code, step: 'cancel' }),
			redirect: 'manual',
		});
		return new URL(String(response.headers.get('location')));
	}

	const completeInquiry = async ({ inquiryId }: WaitingExecution) => {
		const actions = ['start_inquiry', 'complete_inquiry'].map((type) => ({ type }));
		const path = `/inquiries/${inquiryId}/perform-simulate-actions`;
		await send(environment.sandbox, 'POST', path, { meta: { 'simulate-actions': actions } });
	};

	it('resumes when the person returns, who sees a page without any data, and again later', async () => {
		const [execution] = await startWaiting(await storeWaitingWorkflow({}));
		const browser = await openBrowser();
		try {
			const phone = { width: 360, height: 640 };
			const context = await browser.newContext({ viewport: phone, colorScheme: 'dark' });
			const page = await context.newPage();
			await page.goto(execution.link);
			for (let screen = 0; screen < 3; screen++) {
				await page.locator('button[type="submit"]').first().click();
			}
			await page.getByRole('heading', { name: 'Thank you' }).waitFor();
			expect(new URL(page.url()).origin).toBe(environment.n8n.url);
			expect(await page.content()).not.toMatch(/<script|completed|inq_|signature/);
			const [width, paper] = await page.evaluate(() => [
				document.documentElement.scrollWidth,
				getComputedStyle(document.body).backgroundColor,
			]);
			expect([width, paper]).toEqual([phone.width, 'rgb(20, 22, 26)']);
			expect(await waitForOutcome(execution)).toEqual([buildFinishedItem(execution)]);
			// By now, n8n would answer with an error.
			const address = page.url();
			await page.goto('about:blank');
			await page.goBack();
			await page.getByRole('heading', { name: 'Thank you' }).waitFor();
			await page.goto('about:blank');
			await page.goto(address);
			await page.getByRole('heading', { name: 'Thank you' }).waitFor();
			expect((await fetch(address)).status).toBe(409);
		} finally {
			await browser.close();
		}
	});

	it('resumes after ten seconds with the current inquiry', async () => {
		const [execution] = await startWaiting(
			await storeWaitingWorkflow({ waitAtMost: 10, waitAtMostUnit: 'seconds' }),
		);
		const address = await getReturnUrl(execution);
		const from = Date.now();
		expect(await waitForOutcome(execution)).toEqual([buildOpenItem(execution)]);
		expect(Date.now() - from).toBeLessThan(40_000);
		// A person who returns later does not reach the execution.
		const path = `/inquiries/${execution.inquiryId}/generate-one-time-link`;
		const { meta } = await send(environment.sandbox, 'POST', path);
		await completeHostedFlow(meta['one-time-link']);
		expect((await fetch(address)).status).toBe(409);
	});

	it('keeps waiting over a restart of n8n, for its time-out and for its person', async () => {
		const [expiring] = await startWaiting(
			await storeWaitingWorkflow({ waitAtMost: 15, waitAtMostUnit: 'seconds' }),
		);
		const [returning] = await startWaiting(await storeWaitingWorkflow({}));
		await environment.n8n.restart();
		expect(await fetchStatus(returning)).toBe('waiting');
		await completeHostedFlow(returning.link);
		expect(await waitForOutcome(returning)).toEqual([buildFinishedItem(returning)]);
		expect(await waitForOutcome(expiring)).toEqual([buildOpenItem(expiring)]);
	});

	it('does not resume for an unsigned, forged or premature return, nor twice', async () => {
		const [execution] = await startWaiting(await storeWaitingWorkflow({}));
		const address = await getReturnUrl(execution);
		expect(address.searchParams.get('inquiry-id')).toBe(execution.inquiryId);
		const call = async (change: (url: URL) => void) => {
			const url = new URL(address);
			change(url);
			const response = await fetch(url);
			return [response.status, await response.text()] as const;
		};
		const [unsigned] = await call(({ searchParams }) => searchParams.delete('signature'));
		const [forged] = await call(({ searchParams }) =>
			searchParams.set('signature', '0'.repeat(64)),
		);
		expect([unsigned, forged]).toEqual([401, 401]);
		const before = environment.sandbox.control.requests.length;
		const [status, stranger] = await call(({ searchParams }) => {
			searchParams.set('person', randomUUID());
			searchParams.set('status', 'completed');
		});
		expect(environment.sandbox.control.requests).toHaveLength(before);
		const [, open] = await call(({ searchParams }) => searchParams.set('status', 'completed'));
		expect([status, stranger]).toEqual([200, open]);
		expect(open).toContain('Not finished yet');
		expect(await fetchStatus(execution)).toBe('waiting');
		await completeInquiry(execution);
		expect(await call(() => undefined)).toEqual([200, expect.stringContaining('Thank you')]);
		expect(await waitForOutcome(execution)).toEqual([buildFinishedItem(execution)]);
		expect((await call(() => undefined))[0]).toBe(409);
	});

	it('redirects the person to the address of the customer', async () => {
		const redirectUrl = 'https://shop.example/done?order=7';
		const [execution] = await startWaiting(
			await storeWaitingWorkflow({ options: { redirectUrl } }),
		);
		const address = await getReturnUrl(execution);
		await completeInquiry(execution);
		const { status, headers } = await fetch(address, { redirect: 'manual' });
		expect([status, headers.get('location')]).toEqual([
			303,
			`${redirectUrl}&inquiry-id=${execution.inquiryId}&status=created`,
		]);
		expect(await waitForOutcome(execution)).toEqual([buildFinishedItem(execution)]);
	});

	it('is one of ten, each of which resumes for its own person', async () => {
		const id = await storeWaitingWorkflow({});
		const executions: WaitingExecution[] = [];
		for (let count = 0; count < 10; count++) executions.push(...(await startWaiting(id)));
		const [even, odd] = [0, 1].map((rest) => executions.filter((_, at) => at % 2 === rest));
		await Promise.all(even.map(async ({ link }) => await completeHostedFlow(link)));
		expect(await Promise.all(even.map(waitForOutcome))).toEqual(
			even.map((one) => [buildFinishedItem(one)]),
		);
		expect(await Promise.all(odd.map(fetchStatus))).toEqual(odd.map(() => 'waiting'));
		await Promise.all(odd.reverse().map(async ({ link }) => await completeHostedFlow(link)));
		expect(await Promise.all(odd.map(waitForOutcome))).toEqual(
			odd.map((one) => [buildFinishedItem(one)]),
		);
	});

	it('waits for the persons of all its items, in any order', async () => {
		const executions = await startWaiting(await storeWaitingWorkflow({}, 3));
		const addresses = await Promise.all(executions.map(getReturnUrl));
		for (const at of [2, 0]) {
			await completeInquiry(executions[at]);
			expect(await (await fetch(addresses[at])).text()).toContain('Thank you');
			expect(await fetchStatus(executions[at])).toBe('waiting');
		}
		await completeInquiry(executions[1]);
		await fetch(addresses[1]);
		expect(await waitForOutcome(executions[0])).toEqual(executions.map(buildFinishedItem));
	});

	it('waits again in each pass of a loop', async () => {
		const each = buildNode('n8n-nodes-base.splitInBatches', 'Each', {}, { typeVersion: 3 });
		const id = await storeWorkflow(
			[
				buildStartNode(),
				buildPeopleNode(2),
				each,
				buildCreateNode(),
				buildWaitNode(),
				buildAfterNode(),
			],
			[START, 'People', 'Each 1', 'Create', WAIT, 'Each 0', AFTER],
		);
		const [{ executionId, link }] = await startWaiting(id);
		await completeHostedFlow(link);
		const second = await waitFor('the second pass', async () => {
			const { status, runs } = await environment.client.fetchExecution(executionId);
			return status === 'waiting' && runs.Create[1]?.data?.main[0]?.[0].json;
		});
		await completeHostedFlow(String(second.oneTimeLink));
		const { runs } = await waitFor('the end of the loop', async () => {
			const state = await environment.client.fetchExecution(executionId);
			return state.status === 'success' && state;
		});
		const created = runs.Create.map(({ data }) => data?.main[0]?.[0].json.id);
		expect(new Set(created).size).toBe(2);
		const waited = runs[WAIT].map(({ data }) => data?.main[0]?.[0].json);
		expect(waited).toMatchObject(created.map((one) => ({ id: one, finished: true })));
	});

	it('takes a visitor of a website through the flow in one execution', async () => {
		const path = randomUUID();
		const visit = buildNode(
			'n8n-nodes-base.webhook',
			'Visit',
			{ path, responseMode: 'responseNode' },
			{ typeVersion: 2, webhookId: path },
		);
		const respond = buildNode(
			'n8n-nodes-base.respondToWebhook',
			'Respond',
			{ respondWith: 'redirect', redirectURL: '={{ $json.oneTimeLink }}' },
			{ typeVersion: 1.1 },
		);
		const inquiryId = buildIdLocator('={{ $("Create").item.json.id }}');
		const id = await storeWorkflow(
			[visit, buildCreateNode(), respond, buildWaitNode({ inquiryId }), buildAfterNode()],
			['Visit', 'Create', 'Respond', WAIT, AFTER],
		);
		expect(await environment.client.publish(id)).toMatchObject({ status: 'published' });
		const { headers } = await fetch(`${environment.n8n.url}/webhook/${path}`, {
			redirect: 'manual',
		});
		const [{ id: executionId }] = await environment.client.fetchExecutions(id);
		// A person is slower than n8n, this test is not.
		await environment.client.waitForExecution(executionId);
		await completeHostedFlow(String(headers.get('location')));
		expect(await waitForOutcome({ executionId })).toMatchObject([
			{ status: 'completed', finished: true },
		]);
	});

	it('creates the inquiry itself when Persona sends the link', async () => {
		const id = await storeWorkflow(
			[
				buildStartNode(),
				buildPersonaNode(WAIT, { ...creation, operation: 'createAndWait' }),
				buildAfterNode(),
			],
			[START, WAIT, AFTER],
		);
		const { executionId = '' } = await environment.client.runWorkflow(id, START);
		expect((await environment.client.waitForExecution(executionId)).status).toBe('waiting');
		const [inquiry] = environment.sandbox.control.store
			.getCollection('inquiry')
			.findAll()
			.slice(-1);
		const path = `/inquiries/${inquiry.id}/generate-one-time-link`;
		const { meta } = await send(environment.sandbox, 'POST', path);
		await completeHostedFlow(meta['one-time-link']);
		expect(await waitForOutcome({ executionId })).toEqual([
			buildFinishedItem({ inquiryId: inquiry.id }),
		]);
	});

	it('checks by itself a minute later, for a person who was back before n8n had stored it', async () => {
		expect(await waitForOutcome(missed)).toEqual([buildFinishedItem(missed)]);
	});

	it('returns the result of a waiting sub-workflow to the calling workflow', async () => {
		const called = buildNode(
			'n8n-nodes-base.executeWorkflowTrigger',
			'Called',
			{ inputSource: 'passthrough' },
			{ typeVersion: 1.1 },
		);
		const child = await storeWorkflow(
			[called, buildCreateNode(), buildWaitNode()],
			['Called', 'Create', WAIT],
		);
		expect(await environment.client.publish(child)).toMatchObject({ status: 'published' });
		const verify = buildNode(
			'n8n-nodes-base.executeWorkflow',
			'Verify',
			{ workflowId: buildIdLocator(child), options: {} },
			{ typeVersion: 1.2 },
		);
		const id = await storeWorkflow(
			[buildStartNode(), verify, buildAfterNode()],
			[START, 'Verify', AFTER],
		);
		const { executionId = '' } = await environment.client.runWorkflow(id, START);
		expect((await environment.client.waitForExecution(executionId)).status).toBe('waiting');
		const [{ id: childId }] = await environment.client.fetchExecutions(child);
		const { runs } = await environment.client.fetchExecution(childId);
		const { id: inquiryId, oneTimeLink } = runs.Create[0].data?.main[0]?.[0].json ?? {};
		await completeHostedFlow(String(oneTimeLink));
		const end = await waitFor('the caller ends', async () => {
			const state = await environment.client.fetchExecution(executionId);
			return !['running', 'waiting'].includes(state.status) && state;
		});
		expect(end.runs[AFTER][0].data?.main[0]).toMatchObject([
			{ json: buildFinishedItem({ inquiryId: String(inquiryId) }) },
		]);
	});
});
