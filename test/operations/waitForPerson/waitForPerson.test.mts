import '../../support/n8nFolder.mts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type { IDataObject, INodeExecutionData, IRun, IRunExecutionData } from 'n8n-workflow';
import { Persona } from '../../../nodes/Persona/Persona.node.ts';
import type { WaitState } from '../../../nodes/Persona/operations/waitForPerson/waitState.ts';
import { fixtures, startSandbox, type Sandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { runNode, type NodeRunOptions } from '../../support/runNode.mts';
import { buildAdditionalData, NODE_NAME, buildWorkflow } from '../../support/workflow.mts';

const NO_LIST = "'Fields to Return' is not a list of names";

/** An inquiry as n8n stores it when it was given by its ID. */
const id = (value: unknown) => ({ __rl: true, mode: 'id', value }) as IDataObject;

const DAY = 24 * 60 * 60_000;

describe('waiting for a person', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ rateLimit: { maxRequests: 100_000, windowSeconds: 60 } });
	});
	beforeEach(() => sandbox.control.reset());
	afterAll(async () => await sandbox.close());

	const newId = async () => (await send(sandbox, 'POST', '/inquiries', buildInquiry())).data.id;

	const simulate = async (id: string, ...types: string[]) => {
		const actions = types.map((type) => ({ type }));
		const path = `/inquiries/${id}/perform-simulate-actions`;
		await send(sandbox, 'POST', path, { meta: { 'simulate-actions': actions } });
	};
	const complete = async (id: string) => await simulate(id, 'start_inquiry', 'complete_inquiry');

	const parametersOf = (parameters: IDataObject) =>
		({
			resource: 'inquiry',
			operation: 'waitForPerson',
			inquiryId: id('={{ $json.id }}'),
			...parameters,
		}) as NodeRunOptions['parameters'];

	const credentials = () => ({ baseUrl: sandbox.apiUrl, apiKey: 'persona_sandbox_demo' });

	const run = async (
		ids: string[],
		parameters: IDataObject = {},
		more: Partial<NodeRunOptions> = {},
	) =>
		await runNode({
			items: ids.map((id) => ({ id })),
			credentials: credentials(),
			...more,
			parameters: parametersOf(parameters),
		});

	/** What was asked of Persona since, and what was sent. */
	function asked(from = 0) {
		const requests = sandbox.control.requests.slice(from);
		return requests.map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`);
	}
	const soFar = () => sandbox.control.requests.length;

	/** Where Persona sends the person of an inquiry, in the order in which it was told. */
	const addresses = () =>
		sandbox.control.requests
			.filter(({ method }) => method === 'PATCH')
			.map(({ body }) => (body as { data: { attributes: IDataObject } }).data.attributes)
			.map((attributes) => attributes['redirect-uri']);

	/** An execution as n8n reads it back from its database, in which a node can look it up. */
	const stored = ({ data }: IRun) => JSON.parse(JSON.stringify(data)) as IRunExecutionData;

	const memoryIn = ({ executionData }: IRunExecutionData) =>
		(executionData?.contextData[`node:${NODE_NAME}`] as unknown as { waiting: WaitState }).waiting;

	/** What n8n does when its timer is up; the node comes out of the stored execution. */
	async function woken(data: IRunExecutionData) {
		const workflow = buildWorkflow(data.executionData?.nodeExecutionStack[0].node ?? {});
		const execute = new WorkflowExecute(
			buildAdditionalData(workflow, credentials()),
			'manual',
			data,
		).processRunExecutionData(workflow);
		const ended = await execute;
		const runs = ended.data.resultData.runData[NODE_NAME];
		expect(runs).toHaveLength(1);
		return { run: ended, status: ended.status, items: runs[0].data?.main[0] ?? [] };
	}

	/** Calls the address of a sleeping execution as a browser does, and gives what n8n would go on with. */
	async function called(data: IRunExecutionData, address: unknown, baseUrl = sandbox.apiUrl) {
		const workflow = buildWorkflow(data.executionData?.nodeExecutionStack[0].node ?? {});
		let output: INodeExecutionData[][] | null | undefined;
		const server = createServer((request, response) => {
			const { searchParams } = new URL(String(request.url), 'http://127.0.0.1');
			const express = { query: Object.fromEntries(searchParams) };
			const context = new WebhookContext(
				workflow,
				workflow.nodes[NODE_NAME],
				{
					...buildAdditionalData(workflow, { ...credentials(), baseUrl }),
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
		const answer = await fetch(`http://127.0.0.1:${port}${new URL(String(address)).search}`, {
			redirect: 'manual',
		});
		const text = await answer.text();
		await new Promise((resolve) => server.close(resolve));
		return { answer, text, output: output?.[0] };
	}

	it('is over at once where the person is done already', async () => {
		const id = await newId();
		await complete(id);
		const from = soFar();
		const { items, run: ended } = await run([id]);
		expect(items[0].json).toMatchObject({ id, status: 'completed', finished: true });
		expect([ended.status, asked(from)]).toEqual(['success', [`GET /inquiries/${id}`]]);
	});

	it.each([
		['fail_inquiry', 'failed', true],
		['mark_for_review_inquiry', 'needs_review', true],
		['decline_inquiry', 'declined', true],
		['expire_inquiry', 'expired', false],
	])('tells whether there is something to decide on after %s', async (step, status, finished) => {
		const id = await newId();
		await simulate(id, 'start_inquiry', step);
		const { items, run: ended } = await run([id]);
		expect(items[0].json).toMatchObject({ status, finished });
		expect(ended.status).toBe('success');
	});

	it('has Persona send the person to the address of the execution, and sleeps', async () => {
		const id = await newId();
		const from = soFar();
		const startedAt = Date.now();
		const { run: ended } = await run([id]);
		expect(asked(from)).toEqual([`GET /inquiries/${id}`, `PATCH /inquiries/${id}`]);
		const address = new URL(String(addresses()[0]));
		expect(address.pathname).toBe(`/webhook-waiting/1/${NODE_NAME}`);
		expect(address.searchParams.get('person')).toMatch(/^[0-9a-f-]{36}$/);
		expect(ended.status).toBe('waiting');
		const { until } = memoryIn(stored(ended));
		expect(until - startedAt).toBeGreaterThanOrEqual(DAY);
		expect(until - startedAt).toBeLessThan(DAY + 60_000);
		// Until then it looks whether somebody is done who has not come back.
		expect(Number(ended.waitTill) - startedAt).toBeGreaterThanOrEqual(15 * 60_000);
		expect(Number(ended.waitTill) - startedAt).toBeLessThan(16 * 60_000);
	});

	it('ends at the deadline with the inquiry as it is then', async () => {
		const [open, done] = [await newId(), await newId()];
		const data = stored((await run([open, done])).run);
		memoryIn(data).until = Date.now();
		await complete(done);
		const from = soFar();
		const { status, items } = await woken(data);
		expect(status).toBe('success');
		expect(items.map(({ json, pairedItem }) => [json.id, json.finished, pairedItem])).toEqual([
			[open, false, { item: 0 }],
			[done, true, { item: 1 }],
		]);
		// The one who has not finished is not sent any more to where nobody waits.
		expect(asked(from).filter((request) => request.startsWith('POST'))).toEqual([]);
		expect(addresses().slice(2)).toEqual([null]);
	});

	it('sleeps on when it is woken early, the longer the later it is', async () => {
		const id = await newId();
		const data = stored((await run([id])).run);
		memoryIn(data).since -= 6 * 60 * 60_000;
		const look = await woken(data);
		expect(look.status).toBe('waiting');
		const sleep = Number(look.run.waitTill) - Date.now();
		expect(Math.abs(sleep - 3 * 60 * 60_000)).toBeLessThan(60_000);
		await complete(id);
		const from = soFar();
		const end = await woken(stored(look.run));
		expect([end.status, end.items[0].json.finished]).toEqual(['success', true]);
		expect(asked(from)).toEqual([`GET /inquiries/${id}`]);
	});

	it('keeps what has failed, and does not try it again after the sleep', async () => {
		const id = await newId();
		const { run: ended } = await run([id, 'inq_unknown'], {}, { onError: 'continueRegularOutput' });
		expect(ended.status).toBe('waiting');
		const data = stored(ended);
		const [address] = addresses();
		await complete(id);
		const from = soFar();
		const failed = { error: 'Persona has no object with this ID' };
		const { output } = await called(data, address);
		expect(output).toMatchObject([{ json: { id, finished: true } }, { json: failed }]);
		const { items } = await woken(data);
		expect(items).toMatchObject([{ json: { id, finished: true } }, { json: failed }]);
		expect(new Set(asked(from))).toEqual(new Set([`GET /inquiries/${id}`]));
	});

	it('puts out what is asked for, however it wakes', async () => {
		const id = await newId();
		const { run: ended } = await run([id], {
			simplify: false,
			options: { include: ['account'], fieldsToReturn: 'note' },
		});
		await complete(id);
		const wanted = {
			id,
			finished: true,
			attributes: { note: null, status: 'completed' },
			included: [{ type: 'account' }],
		};
		const { output } = await called(stored(ended), addresses()[0]);
		expect(output).toMatchObject([{ json: wanted, pairedItem: { item: 0 } }]);
		expect((await woken(stored(ended))).items).toMatchObject([{ json: wanted }]);
	});

	it('shows the one who is back a page, and tells browsers to keep nothing of it', async () => {
		const id = await newId();
		const data = stored((await run([id])).run);
		await complete(id);
		const { answer, text, output } = await called(data, addresses()[0]);
		expect(text).toContain('Thank you');
		expect(text).not.toMatch(/<script|inq_|completed/);
		expect(Object.fromEntries(answer.headers)).toMatchObject({
			'content-type': 'text/html; charset=utf-8',
			'content-security-policy': expect.stringContaining("default-src 'none'") as string,
			'cache-control': 'no-store',
			'referrer-policy': 'no-referrer',
		});
		expect(output).toHaveLength(1);
	});

	it('knows the one who is back however Persona adds its parameters', async () => {
		const one = await newId();
		const data = stored((await run([one])).run);
		await complete(one);
		for (const added of ['&inquiry-id=1', '?inquiry-id=1']) {
			const { output } = await called(data, `${String(addresses()[0])}${added}`);
			expect(output).toHaveLength(1);
		}
	});

	it('asks again when Persona completes the inquiry a moment after the person is back', async () => {
		const id = await newId();
		const data = stored((await run([id])).run);
		const answer = called(data, addresses()[0]);
		await new Promise((resolve) => setTimeout(resolve, 300));
		await complete(id);
		expect((await answer).text).toContain('Thank you');
		expect((await answer).output).toHaveLength(1);
	});

	it('does not ask Persona for a stranger, whatever he says', async () => {
		const data = stored((await run([await newId()])).run);
		const from = soFar();
		const { text, output } = await called(data, 'http://n8n.example/?status=completed&person=1');
		expect([output, asked(from)]).toEqual([undefined, []]);
		expect(text).toContain('Not finished yet');
	});

	it('sleeps on when Persona cannot be asked, without an error for the one who is back', async () => {
		const id = await newId();
		const data = stored((await run([id])).run);
		await complete(id);
		sandbox.control.addFault({ path: '/inquiries/.+', kind: 'status', status: 403, times: 1 });
		const failed = await called(data, addresses()[0]);
		expect([failed.answer.status, failed.output]).toEqual([200, undefined]);
		expect(failed.text).toContain('Not finished yet');
		expect((await called(data, addresses()[0])).output).toHaveLength(1);
	});

	it('takes whoever calls after the deadline for its timer', async () => {
		const id = await newId();
		const data = stored((await run([id])).run);
		memoryIn(data).until = Date.now();
		const { output } = await called(data, 'http://n8n.example/');
		expect(output).toMatchObject([{ json: { id, finished: false } }]);
		expect(addresses()[1]).toBeNull();
	});

	it('leaves the person with the customer when the time is over', async () => {
		const redirectUrl = 'https://shop.example/done';
		const data = stored((await run([await newId()], { options: { redirectUrl } })).run);
		memoryIn(data).until = Date.now();
		await woken(data);
		expect(addresses()[1]).toBe(redirectUrl);
	});

	it.each([
		['no time', { waitAtMost: 0 }, "'Wait at Most' is not a valid time"],
		['a negative time', { waitAtMost: -1 }, "'Wait at Most' is out of range"],
		[
			'more than a year',
			{ waitAtMost: 400, waitUnit: 'days' },
			"'Wait at Most' is not a valid time",
		],
		[
			'an address that is a program',
			{ options: { redirectUrl: 'javascript:alert(1)' } },
			"'Redirect URL' is not a web address",
		],
		[
			'an address without a host',
			{ options: { redirectUrl: 'https://' } },
			"'Redirect URL' is not a web address",
		],
		['a list of fields that is none', { options: { fieldsToReturn: 'a::b' } }, NO_LIST],
		['an ID that is a path', { inquiryId: id('inq_1/approve') }, "'Inquiry' is not an ID"],
		['an ID that is an object', { inquiryId: id({ a: 1 }) }, "'Inquiry' must be text"],
	])('refuses %s before it asks Persona', async (_, parameters, message) => {
		const { error } = await run(['inq_1'], parameters);
		expect([error?.message, asked()]).toEqual([message, []]);
	});

	it('names the inquiry of a person whom Persona does not send back', async () => {
		const open = await newId();
		const details = [{ title: 'Bad request', details: 'redirect_uri is not allowed' }];
		sandbox.control.addFault({
			...{ method: 'PATCH', path: '/inquiries/.+', kind: 'status', status: 422 },
			body: { errors: details },
		});
		const { error } = await run([open]);
		expect(error).toMatchObject({
			message: `Inquiry ${open} exists, but the person cannot be sent back to n8n: Persona rejected a value`,
			description: expect.stringContaining('redirect_uri is not allowed') as string,
		});
	});

	describe('of a new inquiry', () => {
		const creation = {
			operation: 'createAndWait',
			inquiryTemplateId: id(fixtures.inquiryTemplate),
		};

		it('creates it once, also when the node is tried again or has slept', async () => {
			const first = await run([''], creation);
			const again = await run([''], creation);
			const { id: made } = first.items[0].json;
			expect([
				again.items[0].json.id,
				sandbox.control.store.getCollection('inquiry').findAll(),
			]).toEqual([made, [expect.objectContaining({ id: made })]]);
			await complete(String(made));
			const from = soFar();
			const { items } = await woken(stored(again.run));
			expect(items[0].json).toMatchObject({ id: made, finished: true });
			expect(asked(from)).toEqual([`GET /inquiries/${String(made)}`]);
		});

		it('sleeps also where its status is not asked for', async () => {
			const { run: ended, items } = await run([''], {
				...creation,
				options: { fieldsToReturn: 'note' },
			});
			expect([ended.status, items[0].json.status]).toEqual(['waiting', 'created']);
		});

		it('creates none where it is a tool of an AI agent, which cannot sleep', async () => {
			const { error } = await run([''], creation, { settings: { type: 'testedTool' } });
			expect([error?.message, asked()]).toEqual([
				expect.stringContaining('The tool of an AI agent cannot wait for a person'),
				[],
			]);
		});
	});
});
