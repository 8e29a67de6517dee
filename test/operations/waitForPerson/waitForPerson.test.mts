import '../../support/n8nFolder.mts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type { IDataObject, INodeExecutionData, IRun, IRunExecutionData } from 'n8n-workflow';
import { Persona } from '../../../nodes/Persona/Persona.node.ts';
import type { WaitState } from '../../../nodes/Persona/operations/waitForPerson/waitState.ts';
import { delay } from '../../../nodes/Persona/utils/delay.ts';
import { fixtures, startSandbox, type Sandbox } from '../../../sandbox/sandbox.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { runNode, type NodeRunOptions } from '../../support/runNode.mts';
import { useVirtualClock } from '../../support/virtualClock.mts';
import { buildAdditionalData, NODE_NAME, buildWorkflow } from '../../support/workflow.mts';

jest.mock('../../../nodes/Persona/utils/delay.ts');

/** The value of an ID parameter, as a workflow stores it. */
const toLocator = (value: unknown) => ({ __rl: true, mode: 'id', value }) as IDataObject;

const MINUTE_MS = 60_000;

const HOUR_MS = 60 * MINUTE_MS;

const DAY_MS = 24 * HOUR_MS;

describe('waiting for a person', () => {
	const clock = useVirtualClock();
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ rateLimit: { maxRequests: 100_000, windowSeconds: 60 } });
	});
	beforeEach(() => sandbox.control.reset());
	afterAll(async () => await sandbox.close());

	const createInquiry = async () =>
		(await send(sandbox, 'POST', '/inquiries', buildInquiry())).data.id;

	const simulate = async (id: string, ...types: string[]) => {
		const actions = types.map((type) => ({ type }));
		const path = `/inquiries/${id}/perform-simulate-actions`;
		await send(sandbox, 'POST', path, { meta: { 'simulate-actions': actions } });
	};
	const complete = async (id: string) => await simulate(id, 'start_inquiry', 'complete_inquiry');

	const buildParameters = (parameters: IDataObject) =>
		({
			resource: 'inquiry',
			operation: 'waitForPerson',
			inquiryId: toLocator('={{ $json.id }}'),
			...parameters,
		}) as NodeRunOptions['parameters'];

	const getCredentials = () => ({ baseUrl: sandbox.apiUrl, apiKey: 'persona_sandbox_demo' });

	const run = async (
		ids: string[],
		parameters: IDataObject = {},
		options: Partial<NodeRunOptions> = {},
	) =>
		await runNode({
			items: ids.map((id) => ({ id })),
			credentials: getCredentials(),
			...options,
			parameters: buildParameters(parameters),
		});

	/** All requests to Persona from an index on, e.g. `GET /inquiries/inq_1`. */
	function getRequests(from = 0) {
		const requests = sandbox.control.requests.slice(from);
		return requests.map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`);
	}
	const countRequests = () => sandbox.control.requests.length;

	/** The URLs to which Persona was asked to send people after the flow. */
	const getRedirects = () =>
		sandbox.control.requests
			.filter(({ method }) => method === 'PATCH')
			.map(({ body }) => (body as { data: { attributes: IDataObject } }).data.attributes)
			.map((attributes) => attributes['redirect-uri']);

	/** An execution as n8n loads it from its database. */
	const storeExecution = ({ data }: IRun) => JSON.parse(JSON.stringify(data)) as IRunExecutionData;

	const getStoredState = ({ executionData }: IRunExecutionData) =>
		(executionData?.contextData[`node:${NODE_NAME}`] as unknown as { waiting: WaitState }).waiting;

	/** Resumes a stored execution as n8n does when its timer ends; the node is the stored one. */
	async function resume(data: IRunExecutionData) {
		const workflow = buildWorkflow(data.executionData?.nodeExecutionStack[0].node ?? {});
		const resumed = await new WorkflowExecute(
			buildAdditionalData(workflow, getCredentials()),
			'manual',
			data,
		).processRunExecutionData(workflow);
		const runs = resumed.data.resultData.runData[NODE_NAME];
		expect(runs).toHaveLength(1);
		return { run: resumed, status: resumed.status, items: runs[0].data?.main[0] ?? [] };
	}

	/** Calls the resume URL as a browser does, and returns the output with which n8n would continue. */
	async function callResumeUrl(
		data: IRunExecutionData,
		resumeUrl: unknown,
		baseUrl = sandbox.apiUrl,
	) {
		const workflow = buildWorkflow(data.executionData?.nodeExecutionStack[0].node ?? {});
		let output: INodeExecutionData[][] | null | undefined;
		const server = createServer((request, response) => {
			const { searchParams } = new URL(String(request.url), 'http://127.0.0.1');
			const express = { query: Object.fromEntries(searchParams) };
			const context = new WebhookContext(
				workflow,
				workflow.nodes[NODE_NAME],
				{
					...buildAdditionalData(workflow, { ...getCredentials(), baseUrl }),
					httpRequest: Object.assign(request, express) as never,
					httpResponse: response as never,
				},
				'manual',
				{} as never,
				[],
				data,
			);
			void new Persona().webhook
				.call(context)
				.then(({ workflowData }) => (output = workflowData))
				.catch(() => response.destroy());
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		const response = await fetch(`http://127.0.0.1:${port}${new URL(String(resumeUrl)).search}`, {
			redirect: 'manual',
		});
		const text = await response.text();
		await new Promise((resolve) => server.close(resolve));
		return { response, text, output: output?.[0] };
	}

	it('ends at once where the person has already finished', async () => {
		const id = await createInquiry();
		await complete(id);
		const from = countRequests();
		const { items, run: execution } = await run([id]);
		expect(items[0].json).toMatchObject({ id, status: 'completed', finished: true });
		expect([execution.status, getRequests(from)]).toEqual(['success', [`GET /inquiries/${id}`]]);
	});

	it.each([
		['fail_inquiry', 'failed', true],
		['mark_for_review_inquiry', 'needs_review', true],
		['decline_inquiry', 'declined', true],
		['expire_inquiry', 'expired', false],
	])('says after %s whether the person has finished', async (step, status, finished) => {
		const id = await createInquiry();
		await simulate(id, 'start_inquiry', step);
		const { items, run: execution } = await run([id]);
		expect(items[0].json).toMatchObject({ status, finished });
		expect(execution.status).toBe('success');
	});

	it.each([
		['is set', { kind: 'stall' } as const],
		['is refused', { kind: 'status', status: 422 } as const],
	])('ends at once where the person finishes just before the redirect %s', async (_, fault) => {
		const id = await createInquiry();
		const request = { method: 'PATCH', path: `/inquiries/${id}` };
		sandbox.control.addFault({ ...request, ...fault, stallMs: 1_000 });
		const running = run([id]);
		await waitFor('the redirect was sent', async () =>
			getRequests().includes(`${request.method} ${request.path}`),
		);
		await complete(id);
		const { items, run: execution } = await running;
		expect(items[0].json).toMatchObject({ id, status: 'completed', finished: true });
		expect(execution.status).toBe('success');
	});

	it('makes Persona send the person to the resume URL, and suspends the execution', async () => {
		const id = await createInquiry();
		const from = countRequests();
		const startedAt = Date.now();
		const { run: execution } = await run([id]);
		expect(getRequests(from)).toEqual([`GET /inquiries/${id}`, `PATCH /inquiries/${id}`]);
		const address = new URL(String(getRedirects()[0]));
		expect(address.pathname).toBe(`/webhook-waiting/1/${NODE_NAME}`);
		expect(address.searchParams.get('person')).toMatch(/^[0-9a-f-]{36}$/);
		expect(execution.status).toBe('waiting');
		const { until } = getStoredState(storeExecution(execution));
		expect(until - startedAt).toBeGreaterThanOrEqual(DAY_MS);
		expect(until - startedAt).toBeLessThan(DAY_MS + MINUTE_MS);
		// Before the deadline, it checks for people who finish without returning.
		expect(Number(execution.waitTill) - startedAt).toBeGreaterThanOrEqual(70_000);
		expect(Number(execution.waitTill) - startedAt).toBeLessThan(16 * MINUTE_MS);
	});

	it('ends at the deadline with the current state of the inquiry', async () => {
		const [openId, finishedId] = [await createInquiry(), await createInquiry()];
		const data = storeExecution((await run([openId, finishedId])).run);
		getStoredState(data).until = Date.now();
		await complete(finishedId);
		const from = countRequests();
		const { status, items } = await resume(data);
		expect(status).toBe('success');
		expect(items.map(({ json, pairedItem }) => [json.id, json.finished, pairedItem])).toEqual([
			[openId, false, { item: 0 }],
			[finishedId, true, { item: 1 }],
		]);
		// A person who finishes later must not be sent to an execution that has execution.
		expect(getRequests(from).filter((request) => request.startsWith('POST'))).toEqual([]);
		expect(getRedirects().slice(2)).toEqual([null]);
	});

	it('is suspended again where it resumes early, longer each time', async () => {
		const id = await createInquiry();
		const data = storeExecution((await run([id])).run);
		getStoredState(data).since -= 6 * HOUR_MS;
		const early = await resume(data);
		expect(early.status).toBe('waiting');
		const waitMs = Number(early.run.waitTill) - Date.now();
		expect(Math.abs(waitMs - 3 * HOUR_MS)).toBeLessThan(MINUTE_MS);
		await complete(id);
		const from = countRequests();
		const final = await resume(storeExecution(early.run));
		expect([final.status, final.items[0].json.finished]).toEqual(['success', true]);
		expect(getRequests(from)).toEqual([`GET /inquiries/${id}`]);
	});

	it('keeps the output of failed items, and does not try them again when it resumes', async () => {
		const id = await createInquiry();
		const { run: execution } = await run(
			[id, 'inq_unknown'],
			{},
			{ onError: 'continueRegularOutput' },
		);
		expect(execution.status).toBe('waiting');
		const data = storeExecution(execution);
		const [address] = getRedirects();
		await complete(id);
		const from = countRequests();
		const failure = { error: 'Persona has no object with this ID' };
		const { output } = await callResumeUrl(data, address);
		expect(output).toMatchObject([{ json: { id, finished: true } }, { json: failure }]);
		const { items } = await resume(data);
		expect(items).toMatchObject([{ json: { id, finished: true } }, { json: failure }]);
		expect(new Set(getRequests(from))).toEqual(new Set([`GET /inquiries/${id}`]));
	});

	it('returns the selected output, however it resumes', async () => {
		const id = await createInquiry();
		const { run: execution } = await run([id], {
			output: 'raw',
			options: { include: ['account'], fieldsToReturn: 'note' },
		});
		await complete(id);
		const expected = {
			id,
			finished: true,
			attributes: { note: null, status: 'completed' },
			included: [{ type: 'account' }],
		};
		const { output } = await callResumeUrl(storeExecution(execution), getRedirects()[0]);
		expect(output).toMatchObject([{ json: expected, pairedItem: { item: 0 } }]);
		expect((await resume(storeExecution(execution))).items).toMatchObject([{ json: expected }]);
	});

	it('shows a person who has finished a page that the browser keeps, since n8n has it only once', async () => {
		const id = await createInquiry();
		const data = storeExecution((await run([id])).run);
		await complete(id);
		const { response, text, output } = await callResumeUrl(data, getRedirects()[0]);
		expect(text).toContain('Thank you');
		expect(text).not.toMatch(/<script|inq_|completed/);
		expect(Object.fromEntries(response.headers)).toMatchObject({
			'content-type': 'text/html; charset=utf-8',
			'content-security-policy': expect.stringContaining("default-src 'none'") as string,
			'cache-control': 'private, max-age=31536000, immutable',
			'referrer-policy': 'no-referrer',
		});
		expect(output).toHaveLength(1);
	});

	it('recognizes a returning person however Persona adds its parameters', async () => {
		const id = await createInquiry();
		const data = storeExecution((await run([id])).run);
		await complete(id);
		for (const parameters of ['&inquiry-id=1', '?inquiry-id=1']) {
			const { output } = await callResumeUrl(data, `${String(getRedirects()[0])}${parameters}`);
			expect(output).toHaveLength(1);
		}
	});

	it('checks again where Persona completes the inquiry a moment after the person returns', async () => {
		const id = await createInquiry();
		const data = storeExecution((await run([id])).run);
		jest.mocked(delay).mockImplementation(async (milliseconds) => {
			if (milliseconds === 1_000) await complete(id);
		});
		const { text, output } = await callResumeUrl(data, getRedirects()[0]);
		expect(text).toContain('Thank you');
		expect(output).toHaveLength(1);
	});

	it('checks an inquiry that stays open for six seconds, and stays suspended', async () => {
		const id = await createInquiry();
		const data = storeExecution((await run([id])).run);
		const from = countRequests();
		const { response, text, output } = await callResumeUrl(data, getRedirects()[0]);
		expect(text).toContain('Not finished yet');
		// Once the inquiry is found closed without the person, n8n answers a reload with 409.
		expect(text).toContain('you can close this page');
		expect(text).not.toMatch(/reload|refresh|again/i);
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect([output, clock.waitsMs]).toEqual([undefined, [1_000, 2_000, 3_000]]);
		expect(getRequests(from)).toEqual(Array.from({ length: 4 }, () => `GET /inquiries/${id}`));
	});

	it('sends no request for an unknown caller, whatever the call says', async () => {
		const data = storeExecution((await run([await createInquiry()])).run);
		const from = countRequests();
		const { text, output } = await callResumeUrl(
			data,
			'http://n8n.example/?status=completed&person=1',
		);
		expect([output, getRequests(from)]).toEqual([undefined, []]);
		expect(text).toContain('Not finished yet');
	});

	it('stays suspended where Persona cannot be read, without an error for the returning person', async () => {
		const id = await createInquiry();
		const data = storeExecution((await run([id])).run);
		await complete(id);
		sandbox.control.addFault({ path: '/inquiries/.+', kind: 'status', status: 403, times: 1 });
		const unread = await callResumeUrl(data, getRedirects()[0]);
		expect([unread.response.status, unread.output]).toEqual([200, undefined]);
		expect(unread.text).toContain('Not finished yet');
		expect((await callResumeUrl(data, getRedirects()[0])).output).toHaveLength(1);
	});

	it('takes any call after the deadline as its timer', async () => {
		const id = await createInquiry();
		const data = storeExecution((await run([id])).run);
		getStoredState(data).until = Date.now();
		const { output } = await callResumeUrl(data, 'http://n8n.example/');
		expect(output).toMatchObject([{ json: { id, finished: false } }]);
		expect(getRedirects()[1]).toBeNull();
	});

	it('resets the redirect to the customer at the deadline', async () => {
		const redirectUrl = 'https://shop.example/done';
		const data = storeExecution(
			(await run([await createInquiry()], { options: { redirectUrl } })).run,
		);
		getStoredState(data).until = Date.now();
		await resume(data);
		expect(getRedirects()[1]).toBe(redirectUrl);
	});

	it.each([
		['a time of zero', { waitAtMost: 0 }, "'Wait at Most' is out of range"],
		['a negative time', { waitAtMost: -1 }, "'Wait at Most' is out of range"],
		[
			'more than a year',
			{ waitAtMost: 400, waitAtMostUnit: 'days' },
			"'Wait at Most' is out of range",
		],
		[
			'a URL that is a program',
			{ options: { redirectUrl: 'javascript:alert(1)' } },
			"'Redirect URL' is not a web address",
		],
		[
			'a URL without a host',
			{ options: { redirectUrl: 'https://' } },
			"'Redirect URL' is not a web address",
		],
		[
			'fields that are not a list of names',
			{ options: { fieldsToReturn: 'a::b' } },
			"'Fields to Return' is not a list of names",
		],
		['an ID that is a path', { inquiryId: toLocator('inq_1/approve') }, "'Inquiry' is not an ID"],
		['an ID that is an object', { inquiryId: toLocator({ a: 1 }) }, "'Inquiry' must be text"],
	])('rejects %s before the first request', async (_, parameters, message) => {
		const { error } = await run(['inq_1'], parameters);
		expect([error?.message, getRequests()]).toEqual([message, []]);
	});

	it.each(['waitForPerson', 'createAndWait'])(
		'sends nothing for %s where Persona cannot reach n8n',
		async (operation) => {
			const { error } = await run(
				['inq_1', 'inq_2'],
				{ operation, createFrom: 'template', inquiryTemplateId: toLocator('itmpl_1') },
				// The address of n8n is on this machine, but the API is not.
				{ credentials: { baseUrl: 'https://persona.invalid/api/v1' } },
			);
			expect([error?.message, error?.description]).toEqual([
				'Nothing was sent to Persona: 2 of 2 items have errors. Item 0 (counted from 0): Persona cannot reach this n8n at 127.0.0.1',
				expect.stringContaining('N8N_WEBHOOK_URL'),
			]);
		},
	);

	it('names the inquiry where Persona does not accept the redirect', async () => {
		const id = await createInquiry();
		const details = [{ title: 'Bad request', details: 'redirect_uri is not allowed' }];
		sandbox.control.addFault({
			...{ method: 'PATCH', path: '/inquiries/.+', kind: 'status', status: 422 },
			body: { errors: details },
		});
		const { error } = await run([id]);
		expect(error).toMatchObject({
			message: `Inquiry ${id} exists, but the person cannot be sent back to n8n: Persona rejected a value`,
			description: expect.stringContaining('redirect_uri is not allowed') as string,
		});
	});

	describe('for a new inquiry', () => {
		const creation = {
			operation: 'createAndWait',
			inquiryTemplateId: toLocator(fixtures.inquiryTemplate),
		};

		it('creates it once, also where the node is retried or resumes', async () => {
			const first = await run([''], creation);
			const retried = await run([''], creation);
			const { id } = first.items[0].json;
			expect([
				retried.items[0].json.id,
				sandbox.control.store.getCollection('inquiry').findAll(),
			]).toEqual([id, [expect.objectContaining({ id })]]);
			await complete(String(id));
			const from = countRequests();
			const { items } = await resume(storeExecution(retried.run));
			expect(items[0].json).toMatchObject({ id, finished: true });
			expect(getRequests(from)).toEqual([`GET /inquiries/${String(id)}`]);
		});

		it('does not wait for a person who has finished the inquiry that Persona returns again', async () => {
			const options = { makeIdempotencyKey: 'fromContent' };
			const first = await run([''], { ...creation, options });
			const { id } = first.items[0].json;
			expect(first.run.status).toBe('waiting');
			await complete(String(id));
			const second = await run([''], { ...creation, options }, { executionId: '2' });
			expect(second.items[0].json).toMatchObject({ id, status: 'completed', finished: true });
			expect(second.run.status).toBe('success');
		});

		it('is suspended also where the status is not selected', async () => {
			const { run: execution, items } = await run([''], {
				...creation,
				options: { fieldsToReturn: 'note' },
			});
			expect([execution.status, items[0].json]).toMatchObject(['waiting', { finished: false }]);
			expect(items[0].json).not.toHaveProperty('status');
		});

		it('creates none as the tool of an AI agent, which cannot wait', async () => {
			const { error } = await run([''], creation, { settings: { type: 'testedTool' } });
			expect([error?.message, getRequests()]).toEqual([
				expect.stringContaining('The tool of an AI agent cannot wait for a person'),
				[],
			]);
		});
	});
});
