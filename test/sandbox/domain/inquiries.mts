import {
	fixtures,
	type JsonObject,
	type Sandbox,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import { listEventNames, buildInquiry, send, waitUntil } from '../../support/apiClient.mts';

describe('inquiries of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			apiKeys: ['persona_sandbox_demo', 'persona_production_demo'],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createInquiry = async (
		fields: JsonObject = {},
		more: JsonObject = {},
		meta: JsonObject = {},
	) => (await send(sandbox, 'POST', '/inquiries', buildInquiry(fields, more, meta))).data;
	const postAction = (id: string, verb: string, body?: unknown) =>
		send(sandbox, 'POST', `/inquiries/${id}/${verb}`, body);
	const simulateActions = (id: string, ...types: string[]) =>
		postAction(id, 'perform-simulate-actions', {
			meta: { 'simulate-actions': types.map((type) => ({ type })) },
		});

	it('require exactly one existing template', async () => {
		const postInquiry = (attributes: JsonObject) =>
			send(sandbox, 'POST', '/inquiries', { data: { attributes } });
		expect((await postInquiry({})).status).toBe(400);
		const both = {
			'inquiry-template-id': 'itmpl_SandboxIdAndSelfie',
			'template-id': 'tmpl_SandboxLegacy',
		};
		expect((await postInquiry(both)).status).toBe(400);
		const unknown = await postInquiry({ 'inquiry-template-id': 'itmpl_unknown' });
		expect(unknown.status).toBe(404);
		expect(unknown.errors[0].details).toBe('data.attributes.inquiry_template_id is not found');
		expect((await postInquiry({ 'template-id': 'tmpl_SandboxLegacy' })).status).toBe(201);
	});

	it('share the account of a reference ID, or create one unless that is turned off', async () => {
		const createAndGetAccount = async (meta: JsonObject) =>
			(await createInquiry({}, {}, meta)).relationships?.account.data as { id: string } | null;
		const reference = { 'auto-create-account-reference-id': 'user-1' };
		const first = await createAndGetAccount(reference);
		expect((await createAndGetAccount(reference))?.id).toBe(first?.id);
		expect((await createAndGetAccount({}))?.id).not.toBe(first?.id);
		expect(await createAndGetAccount({ 'auto-create-account': false })).toBeNull();
		const torn = { 'auto-create-account': false, ...reference };
		expect((await send(sandbox, 'POST', '/inquiries', buildInquiry({}, {}, torn))).status).toBe(
			400,
		);
	});

	it('emit an event for every change of status', async () => {
		const { id } = await createInquiry({}, {}, { 'auto-create-account': false });
		await simulateActions(id, 'start_inquiry', 'complete_inquiry', 'mark_for_review_inquiry');
		await postAction(id, 'approve', { meta: { comment: 'fine' } });
		expect(listEventNames(sandbox).filter((name) => name.startsWith('inquiry.'))).toEqual([
			'inquiry.created',
			'inquiry.started',
			'inquiry.completed',
			'inquiry.marked-for-review',
			'inquiry.approved',
		]);
		const { data } = await send(sandbox, 'GET', `/inquiries/${id}`);
		expect(data.attributes).toMatchObject({ status: 'approved', 'reviewer-comment': 'fine' });
		// The API key has decided.
		expect(data.relationships?.reviewer.data).toEqual({});
		for (const name of ['started-at', 'completed-at', 'marked-for-review-at', 'decisioned-at']) {
			expect(data.attributes[name]).toEqual(expect.any(String));
		}
	});

	it('keep their attributes in an event as they were at its time', async () => {
		const { id } = await createInquiry();
		await postAction(id, 'decline');
		const { list } = await send(
			sandbox,
			'GET',
			`/events?filter[name]=inquiry.created&filter[object-id]=${id}`,
		);
		const { data } = list[0].attributes.payload as { data: { attributes: JsonObject } };
		expect(data.attributes.status).toBe('created');
	});

	it('are marked for review for the test persona Review', async () => {
		const { id } = await createInquiry({ 'name-last': 'Review' });
		const { data } = await simulateActions(id, 'complete_inquiry');
		expect(data.attributes.status).toBe('needs_review');
	});

	it('reject actions that their status does not allow', async () => {
		const { id } = await createInquiry();
		expect((await postAction(id, 'resume')).status).toBe(409);
		await postAction(id, 'approve');
		expect((await postAction(id, 'mark-for-review')).status).toBe(409);
		expect((await postAction(id, 'expire')).status).toBe(409);
		expect((await postAction('inq_unknown', 'approve')).status).toBe(404);
	});

	it('expire with their sessions and are pending again when resumed', async () => {
		const { id } = await createInquiry({}, {}, { 'auto-create-inquiry-session': true });
		expect((await postAction(id, 'expire')).data.attributes.status).toBe('expired');
		const { list } = await send(sandbox, 'GET', `/inquiry-sessions?filter[inquiry-id]=${id}`);
		expect(list.map(({ attributes }) => attributes.status)).toEqual(['expired']);
		const resumed = await postAction(id, 'resume');
		expect(resumed.data.attributes.status).toBe('pending');
		expect(resumed.meta['session-token'].split('.')).toHaveLength(3);
	});

	it('expire when their time is over', async () => {
		const meta = { 'expiration-after-create-interval-seconds': 1 };
		const { id } = await createInquiry({}, {}, meta);
		await waitUntil(() => sandbox.control.find(id)?.attributes.status === 'expired');
		expect(listEventNames(sandbox)).toContain('inquiry.expired');
	});

	it('lose the personal data for good when they are redacted', async () => {
		const { id } = await createInquiry({ 'name-first': 'Jane' }, { note: 'secret' });
		await simulateActions(id, 'complete_inquiry');
		const redacted = await send(sandbox, 'DELETE', `/inquiries/${id}`);
		expect(redacted.text).not.toMatch(/Jane|secret/);
		expect(redacted.data.attributes['redacted-at']).toEqual(expect.any(String));
		await waitUntil(() => listEventNames(sandbox).includes('inquiry.redacted'));
		const { included } = await send(sandbox, 'GET', `/inquiries/${id}?include=verifications`);
		expect(JSON.stringify(included)).not.toContain('Jane');
		expect((await send(sandbox, 'DELETE', `/inquiries/${id}`)).status).toBe(409);
		expect((await postAction(id, 'approve')).status).toBe(409);
	});

	it('cannot be redacted while a verification is under investigation', async () => {
		const { id } = await createInquiry();
		const { data } = await simulateActions(id, 'complete_inquiry');
		const [{ id: verification }] = data.relationships?.verifications.data as { id: string }[];
		await send(sandbox, 'POST', `/verifications/${verification}/investigation-lock`);
		expect((await send(sandbox, 'DELETE', `/inquiries/${id}`)).status).toBe(409);
		await send(sandbox, 'POST', `/verifications/${verification}/investigation-unlock`);
		expect((await send(sandbox, 'DELETE', `/inquiries/${id}`)).status).toBe(200);
	});

	it('emit which tags were added and removed', async () => {
		const { id } = await createInquiry({}, { tags: ['old'] });
		await postAction(id, 'set-tags', { meta: { 'tag-name': ['new'] } });
		const { list } = await send(sandbox, 'GET', '/events?filter[name]=inquiry.updated-tags');
		expect(list[0].attributes.context).toEqual({ 'added-tags': ['new'], 'removed-tags': ['old'] });
		expect((await postAction(id, 'add-tag', { meta: {} })).status).toBe(400);
	});

	it('have twenty-five sessions at most', async () => {
		const { id } = await createInquiry();
		const body = { data: { attributes: { 'inquiry-id': id } } };
		for (let count = 0; count < 25; count += 1) {
			expect((await send(sandbox, 'POST', '/inquiry-sessions', body)).status).toBe(201);
		}
		expect((await postAction(id, 'generate-one-time-link')).status).toBe(409);
	});

	it.each(['expired', 'completed', 'failed', 'approved', 'declined', 'needs_review'])(
		'open by no link and no session while %s',
		async (status) => {
			const { id } = await createInquiry();
			const body = { data: { attributes: { 'inquiry-id': id } } };
			const session = (await send(sandbox, 'POST', '/inquiry-sessions', body)).data.id;
			const [inquiry] = sandbox.control.store.getCollection('inquiry').findAll();
			inquiry.attributes.status = status;
			const refusals = [
				await postAction(id, 'generate-one-time-link'),
				await send(sandbox, 'POST', '/inquiry-sessions', body),
				await send(sandbox, 'POST', `/inquiry-sessions/${session}/generate-one-time-link`),
			];
			expect(refusals.map((refusal) => refusal.status)).toEqual([409, 409, 409]);
		},
	);

	it('open by a link again once an expired one is resumed', async () => {
		const { id } = await createInquiry();
		await postAction(id, 'expire');
		expect((await postAction(id, 'generate-one-time-link')).status).toBe(409);
		await postAction(id, 'resume');
		const { status, meta } = await postAction(id, 'generate-one-time-link');
		expect([status, meta['one-time-link']]).toEqual([200, expect.stringContaining('code=')]);
	});

	it('have an empty reviewer and legacy template in responses, and null in events', async () => {
		const { id } = await createInquiry();
		const fetchRelationships = async () =>
			(await send(sandbox, 'GET', `/inquiries/${id}`)).data.relationships;
		const empty = { reviewer: { data: {} }, template: { data: {} }, transaction: { data: null } };
		// A partial match would take null for an empty object.
		const pickShown = (all: Record<string, unknown> = {}) =>
			Object.fromEntries(Object.keys(empty).map((name) => [name, all[name]]));
		expect(pickShown(await fetchRelationships())).toEqual(empty);
		const [listed] = (await send(sandbox, 'GET', '/inquiries')).list;
		expect(pickShown(listed.relationships)).toEqual(empty);
		const [event] = (await send(sandbox, 'GET', '/events?filter[name]=inquiry.created')).list;
		const { data } = event.attributes.payload as { data: JsonObject };
		expect(data.relationships).toMatchObject({
			reviewer: { data: null },
			template: { data: null },
		});
		await simulateActions(id, 'start_inquiry', 'complete_inquiry', 'approve_inquiry');
		expect(await fetchRelationships()).toMatchObject({
			reviewer: { data: { type: 'user', id: fixtures.user } },
		});
	});

	it('cannot have a thousand and first tag of the organization', async () => {
		const names = Array.from({ length: 1000 }, (_, index) => `tag-${index}`);
		const { id } = await createInquiry({}, { tags: names });
		const { status } = await postAction(id, 'add-tag', { meta: { 'tag-name': 'one-more' } });
		expect(status).toBe(422);
		const count = sandbox.control.store.getCollection('inquiry').size;
		const tagged = buildInquiry({}, { tags: ['one-more'] });
		expect((await send(sandbox, 'POST', '/inquiries', tagged)).status).toBe(422);
		expect(sandbox.control.store.getCollection('inquiry').size).toBe(count);
		expect((await postAction(id, 'set-tags', { meta: { 'tag-name': ['tag-7'] } })).status).toBe(
			200,
		);
	});

	it('can be simulated in the sandbox environment only', async () => {
		const { id } = await createInquiry();
		const meta = { 'simulate-actions': [{ type: 'start_inquiry' }] };
		const path = `/inquiries/${id}/perform-simulate-actions`;
		const production = { Authorization: 'Bearer persona_production_demo' };
		expect((await send(sandbox, 'POST', path, { meta }, production)).status).toBe(403);
		expect((await simulateActions(id, 'fly_to_the_moon')).status).toBe(422);
	});

	it('are printed as PDF', async () => {
		const { id } = await createInquiry();
		const { text, headers } = await send(sandbox, 'GET', `/inquiries/${id}/print`);
		expect(headers.get('content-type')).toBe('application/pdf');
		expect(text.startsWith('%PDF-')).toBe(true);
	});
});
