import { randomUUID } from 'node:crypto';
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import { openBrowser } from '../../../tools/n8n/browser.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { buildIdLocator, selectCredential, buildNode, START } from '../buildNode.mts';
import { account } from '../account.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

/** A name at which an expression could stumble. */
const WAIT = 'Wait for "the" {{ person }}';

const AFTER = 'Afterwards';

/** An execution that has gone to sleep for one person. */
interface Sleeper {
	executionId: string;
	inquiryId: string;
	link: string;
}

describe('an execution of n8n that waits for a person', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
	});
	afterAll(async () => await environment?.close());

	const creation = {
		resource: 'inquiry',
		inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
	};

	const persona = (name: string, parameters: IDataObject) =>
		buildNode('n8n-nodes-persona.persona', name, parameters, {
			...selectCredential(environment),
			id: randomUUID(),
		});

	const people = (count: number) =>
		buildNode(
			'n8n-nodes-base.code',
			'People',
			{ jsCode: `return Array.from({ length: ${count} }, () => ({ json: {} }));` },
			{ typeVersion: 2 },
		);

	const create = () =>
		persona('Create', { ...creation, operation: 'create', autoCreateOneTimeLink: true });

	const wait = (parameters: IDataObject = {}) =>
		persona(WAIT, {
			resource: 'inquiry',
			operation: 'waitForPerson',
			inquiryId: buildIdLocator('={{ $json.id }}'),
			...parameters,
		});

	const after = () =>
		buildNode(
			'n8n-nodes-base.set',
			AFTER,
			{
				mode: 'raw',
				jsonOutput: '={{ ({ id: $json.id, status: $json.status, finished: $json.finished }) }}',
			},
			{ typeVersion: 3.4 },
		);

	/** Connects nodes one after another; a number behind the name of one is its output. */
	async function stored(nodes: INode[], ...lines: string[][]) {
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

	const start = () => buildNode('n8n-nodes-base.manualTrigger', START, {});

	const workflow = async (parameters: IDataObject, count = 1) =>
		await stored(
			[start(), people(count), create(), wait(parameters), after()],
			[START, 'People', 'Create', WAIT, AFTER],
		);

	async function asleep(workflowId: string): Promise<Sleeper[]> {
		const { executionId } = await environment.client.runWorkflow(workflowId, START);
		const { status, runs } = await environment.client.waitForExecution(String(executionId));
		expect(status).toBe('waiting');
		return (runs.Create[0].data?.main[0] ?? []).map(({ json }) => ({
			executionId: String(executionId),
			inquiryId: String(json.id),
			link: String(json.oneTimeLink),
		}));
	}

	const statusOf = async ({ executionId }: Sleeper) =>
		(await environment.client.fetchExecution(executionId)).status;

	/** What came after the sleep, once the execution has ended. */
	async function outcome({ executionId }: Pick<Sleeper, 'executionId'>) {
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

	const finished = ({ inquiryId }: Pick<Sleeper, 'inquiryId'>) => ({
		id: inquiryId,
		status: 'completed',
		finished: true,
	});

	const stillOpen = (sleeper: Sleeper) => ({
		...finished(sleeper),
		status: 'created',
		finished: false,
	});

	/** Where Persona sends somebody who leaves the flow at once. */
	async function addressOf({ link }: Sleeper): Promise<URL> {
		const code = String(new URL(link).searchParams.get('code'));
		const answer = await fetch(`${environment.sandbox.url}/verify`, {
			method: 'POST',
			body: new URLSearchParams({ code, step: 'cancel' }),
			redirect: 'manual',
		});
		return new URL(String(answer.headers.get('location')));
	}

	const complete = async ({ inquiryId }: Sleeper) => {
		const actions = ['start_inquiry', 'complete_inquiry'].map((type) => ({ type }));
		const path = `/inquiries/${inquiryId}/perform-simulate-actions`;
		await send(environment.sandbox, 'POST', path, { meta: { 'simulate-actions': actions } });
	};

	it('wakes when the person is back, who sees a page that tells nothing', async () => {
		const [sleeper] = await asleep(await workflow({}));
		const browser = await openBrowser();
		try {
			const phone = { width: 360, height: 640 };
			const context = await browser.newContext({ viewport: phone, colorScheme: 'dark' });
			const page = await context.newPage();
			await page.goto(sleeper.link);
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
		} finally {
			await browser.close();
		}
		expect(await outcome(sleeper)).toEqual([finished(sleeper)]);
	});

	it('wakes at a deadline of ten seconds with the inquiry as it is then', async () => {
		const [sleeper] = await asleep(await workflow({ waitAtMost: 10, waitUnit: 'seconds' }));
		const address = await addressOf(sleeper);
		const from = Date.now();
		expect(await outcome(sleeper)).toEqual([stillOpen(sleeper)]);
		expect(Date.now() - from).toBeLessThan(40_000);
		// Who comes later is not sent to an execution that is over.
		const path = `/inquiries/${sleeper.inquiryId}/generate-one-time-link`;
		const { meta } = await send(environment.sandbox, 'POST', path);
		await completeHostedFlow(meta['one-time-link']);
		expect((await fetch(address)).status).toBe(409);
	});

	it('sleeps through a restart, and then wakes at its deadline and for its person', async () => {
		const [late] = await asleep(await workflow({ waitAtMost: 30, waitUnit: 'seconds' }));
		const [back] = await asleep(await workflow({}));
		await environment.n8n.restart();
		await environment.client.signIn(account);
		expect(await statusOf(back)).toBe('waiting');
		await completeHostedFlow(back.link);
		expect(await outcome(back)).toEqual([finished(back)]);
		expect(await outcome(late)).toEqual([stillOpen(late)]);
	});

	it('is woken by nobody who only says that it is done, nor twice', async () => {
		const [sleeper] = await asleep(await workflow({}));
		const address = await addressOf(sleeper);
		expect(address.searchParams.get('inquiry-id')).toBe(sleeper.inquiryId);
		const call = async (change: (url: URL) => void) => {
			const url = new URL(address);
			change(url);
			const answer = await fetch(url);
			return [answer.status, await answer.text()] as const;
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
		expect(await statusOf(sleeper)).toBe('waiting');
		await complete(sleeper);
		expect(await call(() => undefined)).toEqual([200, expect.stringContaining('Thank you')]);
		expect(await outcome(sleeper)).toEqual([finished(sleeper)]);
		expect((await call(() => undefined))[0]).toBe(409);
	});

	it('sends the person on to the address of the customer', async () => {
		const redirectUrl = 'https://shop.example/done?order=7';
		const [sleeper] = await asleep(await workflow({ options: { redirectUrl } }));
		const address = await addressOf(sleeper);
		await complete(sleeper);
		const { status, headers } = await fetch(address, { redirect: 'manual' });
		expect([status, headers.get('location')]).toEqual([
			303,
			`${redirectUrl}&inquiry-id=${sleeper.inquiryId}&status=created`,
		]);
		expect(await outcome(sleeper)).toEqual([finished(sleeper)]);
	});

	it('is one of ten, each of which wakes for its own person', async () => {
		const id = await workflow({});
		const sleepers: Sleeper[] = [];
		for (let count = 0; count < 10; count++) sleepers.push(...(await asleep(id)));
		const [even, odd] = [0, 1].map((rest) => sleepers.filter((_, at) => at % 2 === rest));
		await Promise.all(even.map(async ({ link }) => await completeHostedFlow(link)));
		expect(await Promise.all(even.map(outcome))).toEqual(even.map((one) => [finished(one)]));
		expect(await Promise.all(odd.map(statusOf))).toEqual(odd.map(() => 'waiting'));
		await Promise.all(odd.reverse().map(async ({ link }) => await completeHostedFlow(link)));
		expect(await Promise.all(odd.map(outcome))).toEqual(odd.map((one) => [finished(one)]));
	});

	it('waits for all persons of its items, whoever is back first', async () => {
		const sleepers = await asleep(await workflow({}, 3));
		const addresses = await Promise.all(sleepers.map(addressOf));
		for (const at of [2, 0]) {
			await complete(sleepers[at]);
			expect(await (await fetch(addresses[at])).text()).toContain('Thank you');
			expect(await statusOf(sleepers[at])).toBe('waiting');
		}
		await complete(sleepers[1]);
		await fetch(addresses[1]);
		expect(await outcome(sleepers[0])).toEqual(sleepers.map(finished));
	});

	it('sleeps once more in each pass of a loop', async () => {
		const each = buildNode('n8n-nodes-base.splitInBatches', 'Each', {}, { typeVersion: 3 });
		const id = await stored(
			[start(), people(2), each, create(), wait(), after()],
			[START, 'People', 'Each 1', 'Create', WAIT, 'Each 0', AFTER],
		);
		const [{ executionId, link }] = await asleep(id);
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
		const id = await stored(
			[visit, create(), respond, wait({ inquiryId }), after()],
			['Visit', 'Create', 'Respond', WAIT, AFTER],
		);
		expect(await environment.client.publish(id)).toMatchObject({ status: 'published' });
		await completeHostedFlow(`${environment.n8n.url}/webhook/${path}`);
		const [{ id: executionId }] = await environment.client.fetchExecutions(id);
		expect(await outcome({ executionId })).toMatchObject([{ status: 'completed', finished: true }]);
	});

	it('creates the inquiry itself where Persona sends the link', async () => {
		const id = await stored(
			[start(), persona(WAIT, { ...creation, operation: 'createAndWait' }), after()],
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
		expect(await outcome({ executionId })).toEqual([finished({ inquiryId: inquiry.id })]);
	});

	it('gives what a sub-workflow has waited for to the workflow that called it', async () => {
		const called = buildNode(
			'n8n-nodes-base.executeWorkflowTrigger',
			'Called',
			{ inputSource: 'passthrough' },
			{ typeVersion: 1.1 },
		);
		const child = await stored([called, create(), wait()], ['Called', 'Create', WAIT]);
		expect(await environment.client.publish(child)).toMatchObject({ status: 'published' });
		const verify = buildNode(
			'n8n-nodes-base.executeWorkflow',
			'Verify',
			{ workflowId: buildIdLocator(child), options: {} },
			{ typeVersion: 1.2 },
		);
		const id = await stored([start(), verify, after()], [START, 'Verify', AFTER]);
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
			{ json: finished({ inquiryId: String(inquiryId) }) },
		]);
	});
});
