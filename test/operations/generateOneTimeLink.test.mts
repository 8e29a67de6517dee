import type { INodeParameters } from 'n8n-workflow';
import { startSandbox, fixtures, type Sandbox } from '../../sandbox/sandbox.mts';
import { send } from '../support/apiClient.mts';
import { runNode } from '../support/runNode.mts';

describe('a one-time link with Resume First', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(async () => await sandbox.close());
	beforeEach(() => sandbox.control.reset());

	/** Creates an inquiry and takes it through these steps of the sandbox. */
	async function createInquiry(...steps: string[]): Promise<string> {
		const attributes = { 'inquiry-template-id': fixtures.inquiryTemplate };
		const { data } = await send(sandbox, 'POST', '/inquiries', { data: { attributes } });
		if (steps.length === 0) return data.id;
		const actions = steps.map((type) => ({ type: `${type}_inquiry` }));
		await send(sandbox, 'POST', `/inquiries/${data.id}/perform-simulate-actions`, {
			meta: { 'simulate-actions': actions },
		});
		return data.id;
	}

	async function run(inquiryId: string, options: INodeParameters) {
		const before = sandbox.control.requests.length;
		const { items, error } = await runNode({
			parameters: {
				...{ resource: 'inquiry', operation: 'generateOneTimeLink', options },
				inquiryId: { __rl: true, mode: 'id', value: inquiryId },
			},
			credentials: { apiKey: 'persona_sandbox_demo', baseUrl: sandbox.apiUrl },
		});
		const requests = sandbox.control.requests.slice(before);
		return {
			items,
			error,
			sent: requests.map(({ method, path }) => `${method} ${path.split(inquiryId)[1]}`),
			keys: requests.map(({ idempotencyKey }) => idempotencyKey),
		};
	}

	it.each([
		['pending', ['start']],
		['expired', ['start', 'expire']],
	])('resumes an inquiry that is %s', async (_, steps) => {
		const id = await createInquiry(...steps);
		const { items, error, sent } = await run(id, { resumeFirst: true });
		expect(error).toBeUndefined();
		expect(sent).toEqual(['GET ', 'POST /resume', 'POST /generate-one-time-link']);
		expect(items[0].json).toMatchObject({ status: 'pending', oneTimeLink: expect.any(String) });
	});

	it('leaves an inquiry as it is that nobody has opened', async () => {
		const id = await createInquiry();
		const { items, sent } = await run(id, { resumeFirst: true });
		expect(sent).toEqual(['GET ', 'POST /generate-one-time-link']);
		expect(items[0].json).toMatchObject({ status: 'created', oneTimeLink: expect.any(String) });
	});

	it.each([
		['completed', ['start', 'complete']],
		['approved', ['start', 'complete', 'approve']],
		['declined', ['start', 'complete', 'decline']],
		['failed', ['start', 'fail']],
	])(
		'says that the person is done where the inquiry is %s, and does nothing',
		async (status, steps) => {
			const id = await createInquiry(...steps);
			const { error, sent } = await run(id, { resumeFirst: true });
			expect(error?.message).toBe(`The inquiry ${id} is '${status}' and cannot be resumed`);
			expect(error?.description).toContain('Create a new inquiry');
			expect(sent).toEqual(['GET ']);
		},
	);

	it.each(['redacted', 'marked_for_review', null])(
		'makes no link where the status is not known to be resumable: %s',
		async (status) => {
			const id = await createInquiry('start');
			Object.assign(sandbox.control.find(id)?.attributes ?? {}, { status });
			const { error, sent } = await run(id, { resumeFirst: true });
			expect(error?.message).toBe(`The inquiry ${id} is '${status}' and cannot be resumed`);
			expect(sent).toEqual(['GET ']);
		},
	);

	it('sends the one request of the link where it is off', async () => {
		const id = await createInquiry('start');
		const { sent } = await run(id, { resumeFirst: false });
		expect(sent).toEqual(['POST /generate-one-time-link']);
	});

	it('does not resume with the key that the user has given for the link', async () => {
		const id = await createInquiry('start', 'expire');
		const { error, keys } = await run(id, { resumeFirst: true, idempotencyKey: 'link-1' });
		expect(error).toBeUndefined();
		expect(keys[2]).toBe('link-1');
		expect(keys[1]).toMatch(/^[0-9a-f]{40}$/);
	});
});
