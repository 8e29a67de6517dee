import { type JsonObject, type Sandbox, fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { listEventNames, buildInquiry, send, waitUntil } from '../support/apiClient.mts';

describe('cases of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const create = (attributes: JsonObject = {}, meta: JsonObject = {}) =>
		send(sandbox, 'POST', '/cases', {
			data: { attributes: { 'case-template-id': fixtures.caseTemplate, ...attributes } },
			meta,
		});
	const post = (path: string, meta: JsonObject) =>
		send(sandbox, 'POST', `/cases/${path}`, { meta });
	const patch = (id: string, attributes: JsonObject, meta: JsonObject = {}) =>
		send(sandbox, 'PATCH', `/cases/${id}`, { data: { attributes }, meta });
	const get = async (id: string) => (await send(sandbox, 'GET', `/cases/${id}`)).data;
	const found = async (path: string) =>
		(await send(sandbox, 'GET', `/cases${path}`)).list.map(({ id }) => id);
	const account = async (reference: string) => {
		const body = { data: { attributes: { 'reference-id': reference } } };
		return (await send(sandbox, 'POST', '/accounts', body)).data.id;
	};
	const picture = { data: Buffer.from('a picture').toString('base64'), filename: 'my id.png' };

	it('begin in the first status of their template, with what they are about', async () => {
		const inquiry = (await send(sandbox, 'POST', '/inquiries', buildInquiry())).data.id;
		const { status, data } = await create(
			{ 'case-queue-id': fixtures.caseQueue, fields: { risk_score: 7, own: 'x' } },
			{ 'object-ids': [inquiry, inquiry] },
		);
		expect(status).toBe(201);
		expect(await get(data.id)).toEqual(data);
		expect(data.attributes).toMatchObject({
			status: 'Open',
			name: 'SR-1',
			fields: {
				risk_score: { type: 'integer', value: 7 },
				own: { type: 'string', value: 'x' },
			},
		});
		expect(data.relationships).toMatchObject({
			'case-queue': { data: { id: fixtures.caseQueue } },
			inquiries: { data: [{ type: 'inquiry', id: inquiry }] },
		});
	});

	it('are not made at all when something about them is wrong', async () => {
		expect((await create({ 'case-template-id': 'ctmpl_none' })).status).toBe(404);
		expect((await create({ fields: { risk_score: 'much' } })).status).toBe(422);
		expect((await create({}, { 'object-ids': ['inq_none'] })).status).toBe(404);
		expect((await create({}, { 'object-ids': [fixtures.caseTemplate] })).status).toBe(422);
		expect((await create({}, { 'sla-expires-in-seconds': 7_776_001 })).status).toBe(422);
		expect(await found('')).toEqual([]);
	});

	it('are listed by status, by template and by what they are about', async () => {
		const [a, b] = [await account('user-1'), await account('user-2')];
		const first = (await create({}, { 'object-ids': [a] })).data.id;
		const second = (await create({}, { 'object-ids': [b] })).data.id;
		await post(`${second}/set-status`, { status: 'Declined' });
		expect(await found(`?filter[account-id]=${a}`)).toEqual([first]);
		expect(await found('?filter[reference-id]=user-2')).toEqual([second]);
		expect(await found('?filter[status]=Declined')).toEqual([second]);
		expect(await found(`?filter[case-template-id]=${fixtures.caseTemplate}`)).toEqual([
			second,
			first,
		]);
		expect(await found('?filter[inquiry-id]=inq_none')).toEqual([]);
	});

	it('are found by state, assignee, queue and their own fields', async () => {
		const { id } = (await create({ fields: { risk_score: 80 } })).data;
		await create({ 'case-queue-id': fixtures.caseQueue, fields: { risk_score: 10 } });
		await post(`${id}/assign`, { 'user-email-address': fixtures.userEmail });
		await post(`${id}/set-status`, { status: 'Approved' });
		const query = async (attribute: string, operator: string, value: string | number) => {
			const body = { query: { attribute, operator, value } };
			return (await send(sandbox, 'POST', '/cases/search', body)).list?.map((each) => each.id);
		};
		expect(await query('state', 'eq', 'resolved')).toEqual([id]);
		expect(await query('assignee', 'eq', fixtures.user)).toEqual([id]);
		expect(await query('fields.risk_score', 'gt', 50)).toEqual([id]);
		expect(await query('case_queue', 'eq', fixtures.caseQueue)).not.toContain(id);
		expect(await query('colour', 'eq', 'red')).toBeUndefined();
	});

	it('move between the statuses of their template, and say when they end', async () => {
		const { id } = (await create()).data;
		await post(`${id}/set-status`, { status: 'Approved' });
		expect((await get(id)).attributes['resolved-at']).toEqual(expect.any(String));
		await post(`${id}/set-status`, { status: 'Pending' });
		expect((await get(id)).attributes['resolved-at']).toBeNull();
		const { status, errors } = await post(`${id}/set-status`, { status: 'approved' });
		expect([status, errors[0].source?.pointer]).toEqual([422, '/meta/status']);
		expect(listEventNames(sandbox)).toEqual([
			'case.created',
			'case.status-updated',
			'case.resolved',
			'case.status-updated',
			'case.reopened',
		]);
	});

	it('are assigned to members only', async () => {
		const { id } = (await create()).data;
		const stranger = { 'user-email-address': 'stranger@example.com' };
		expect((await post(`${id}/assign`, stranger)).status).toBe(404);
		await post(`${id}/assign`, { 'user-email-address': fixtures.userEmail });
		expect((await get(id)).attributes['assignee-id']).toBe(fixtures.user);
		expect(listEventNames(sandbox)).toContain('case.assigned');
	});

	it('take objects and give them back, whether they have them or not', async () => {
		const { id } = (await create()).data;
		const object = await account('user-1');
		const ids = { 'object-ids': [object] };
		const accounts = async () => (await get(id)).relationships?.accounts.data;
		await post(`${id}/add-objects`, ids);
		await post(`${id}/add-objects`, ids);
		expect(await accounts()).toEqual([{ type: 'account', id: object }]);
		await post(`${id}/remove-objects`, ids);
		expect((await post(`${id}/remove-objects`, ids)).status).toBe(200);
		expect(await accounts()).toEqual([]);
	});

	it('leave their queue and lose their SLA when they are told null', async () => {
		const { id } = (
			await create({ 'case-queue-id': fixtures.caseQueue }, { 'sla-expires-in-seconds': 60 })
		).data;
		expect((await get(id)).attributes['sla-expires-at']).toEqual(expect.any(String));
		await patch(id, { 'case-queue-id': null }, { 'sla-expires-in-seconds': null });
		const { attributes, relationships } = await get(id);
		expect(attributes['sla-expires-at']).toBeNull();
		expect(relationships?.['case-queue'].data).toBeNull();
		expect(listEventNames(sandbox)).toContain('case.queue-updated');
	});

	it('say when their SLA is over, unless they are done by then', async () => {
		const late = (await create({}, { 'sla-expires-in-seconds': 0.05 })).data.id;
		const done = (await create({}, { 'sla-expires-in-seconds': 1 })).data.id;
		await post(`${done}/set-status`, { status: 'Approved' });
		await waitUntil(() => listEventNames(sandbox).includes('case.sla-expired'));
		await new Promise((resolve) => setTimeout(resolve, 1000));
		const { list } = await send(sandbox, 'GET', '/events?filter[name]=case.sla-expired');
		const ids = list.map(({ attributes }) => (attributes.payload as { data: JsonObject }).data.id);
		expect(ids).toEqual([late]);
	});

	it('keep attachments as files, beside those there are', async () => {
		const { id } = (await create()).data;
		await patch(id, { attachments: [picture] });
		const { data } = await patch(id, { attachments: [{ ...picture, filename: 'b.pdf' }] });
		const files = data.attributes.attachments as { url: string }[];
		expect(files).toEqual([
			{ filename: 'my id.png', url: expect.any(String), 'byte-size': 9 },
			{ filename: 'b.pdf', url: expect.any(String), 'byte-size': 9 },
		]);
		const answer = await fetch(files[0].url);
		expect(answer.headers.get('content-type')).toBe('image/png');
		expect(await answer.text()).toBe('a picture');
	});

	it('lose fields, attachments and their files when they are redacted, and stay so', async () => {
		const { id } = (await create({ fields: { notes: 'Jane', evidence: picture } })).data;
		const before = (await patch(id, { attachments: [picture] })).data.attributes;
		const [{ url }] = before.attachments as { url: string }[];
		const evidence = (before.fields as { evidence: { value: { url: string } } }).evidence.value;
		const { data } = await send(sandbox, 'DELETE', `/cases/${id}`);
		expect(data.attributes).toMatchObject({ fields: {}, attachments: [] });
		expect(data.attributes['redacted-at']).toEqual(expect.any(String));
		for (const link of [url, evidence.url]) expect((await fetch(link)).status).toBe(404);
		expect((await patch(id, { fields: { notes: 'x' } })).status).toBe(409);
		expect((await send(sandbox, 'DELETE', `/cases/${id}`)).status).toBe(409);
	});
});
