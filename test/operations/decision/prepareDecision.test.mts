import type { INodeParameters } from 'n8n-workflow';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { runNode } from '../../support/runNode.mts';

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({ rateLimit: { maxRequests: 10_000, windowSeconds: 60 } });
});

afterAll(async () => await sandbox.close());

async function createInquiry(actions: string[] = []) {
	const { data } = await send(sandbox, 'POST', '/inquiries', buildInquiry());
	const meta = { 'simulate-actions': actions.map((type) => ({ type })) };
	const path = `/inquiries/${data.id}/perform-simulate-actions`;
	if (actions.length > 0) await send(sandbox, 'POST', path, { meta });
	sandbox.control.requests.length = 0;
	return data.id;
}

async function decide(
	operation: string,
	id: string,
	parameters: INodeParameters = {},
	items = [{}],
) {
	const inquiryId = { __rl: true, mode: 'id', value: id };
	const result = await runNode({
		parameters: { resource: 'inquiry', operation, inquiryId, ...parameters },
		items,
		credentials: { baseUrl: sandbox.apiUrl, apiKey: 'persona_sandbox_demo' },
	});
	return { ...result, outputs: result.items.map(({ json }) => json) };
}

const getPosts = () => sandbox.control.requests.filter(({ method }) => method === 'POST');

const DECISIONS = [
	['approve', 'approved', 'approve_inquiry'],
	['decline', 'declined', 'decline_inquiry'],
	['markForReview', 'needs_review', 'mark_for_review_inquiry'],
];

const COMPLETE = ['start_inquiry', 'complete_inquiry'];

describe.each(DECISIONS)('%s', (operation, decision, action) => {
	it('says that nothing had been decided before', async () => {
		const id = await createInquiry(COMPLETE);
		const { outputs } = await decide(operation, id);
		expect(outputs).toMatchObject([
			{ id, status: decision, alreadyDecided: false, previousDecision: 'none' },
		]);
		expect(getPosts()).toHaveLength(1);
	});

	it('does nothing, and says so, if that is decided already', async () => {
		const id = await createInquiry([...COMPLETE, action]);
		const before = sandbox.control.find(id)?.attributes['updated-at'];
		const { outputs } = await decide(
			operation,
			id,
			operation === 'approve' ? { comment: 'Again' } : {},
		);
		expect(outputs).toMatchObject([
			{ id, status: decision, alreadyDecided: true, previousDecision: decision },
		]);
		expect(getPosts()).toEqual([]);
		expect(sandbox.control.find(id)?.attributes['updated-at']).toBe(before);
	});

	it('decides once if several items are about the same inquiry', async () => {
		const id = await createInquiry(COMPLETE);
		const { outputs } = await decide(operation, id, {}, [{}, {}, {}]);
		expect(outputs.map(({ alreadyDecided }) => alreadyDecided)).toEqual([false, true, true]);
		expect(getPosts()).toHaveLength(1);
	});

	it('decides nothing if the inquiry cannot be read', async () => {
		const id = await createInquiry(COMPLETE);
		sandbox.control.addFault({ path: `/inquiries/${id}`, kind: 'status', status: 403, times: 1 });
		const { error } = await decide(operation, id);
		expect(error?.description).toContain('inquiry.read');
		expect(getPosts()).toEqual([]);
	});
});

it('a decision against an earlier one is made, and names it', async () => {
	const id = await createInquiry([...COMPLETE, 'decline_inquiry']);
	const { outputs } = await decide('approve', id, { comment: 'Appeal', output: 'allFields' });
	expect(outputs).toMatchObject([{ id, status: 'approved', reviewerComment: 'Appeal' }]);
	expect(outputs).toMatchObject([{ alreadyDecided: false, previousDecision: 'declined' }]);
});

it('reads the status even if other fields are to be returned, and returns only those', async () => {
	const id = await createInquiry([...COMPLETE, 'approve_inquiry']);
	const { outputs } = await decide('approve', id, { options: { fieldsToReturn: 'created-at' } });
	expect(outputs).toEqual([
		{
			...{ id, type: 'inquiry', createdAt: expect.any(String) as string },
			...{ alreadyDecided: true, previousDecision: 'approved' },
		},
	]);
});

it('an inquiry whose status Persona does not document is decided, and what applied is unknown', async () => {
	const id = await createInquiry(COMPLETE);
	Object.assign(sandbox.control.find(id)?.attributes ?? {}, { status: 'on_hold' });
	const { outputs } = await decide('approve', id);
	expect(outputs).toMatchObject([{ alreadyDecided: false, previousDecision: 'unknown' }]);
});
