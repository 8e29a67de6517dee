import {
	type JsonObject,
	type Sandbox,
	fixtures,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import { listEventNames, buildInquiry, send, waitUntil } from '../../support/apiClient.mts';

describe('cases of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ searchLagSeconds: 0 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createCase = (attributes: JsonObject = {}, meta: JsonObject = {}) =>
		send(sandbox, 'POST', '/cases', {
			data: { attributes: { 'case-template-id': fixtures.caseTemplate, ...attributes } },
			meta,
		});
	const postMeta = (path: string, meta: JsonObject) =>
		send(sandbox, 'POST', `/cases/${path}`, { meta });
	const patchCase = (id: string, attributes: JsonObject, meta: JsonObject = {}) =>
		send(sandbox, 'PATCH', `/cases/${id}`, { data: { attributes }, meta });
	const fetchCase = async (id: string) => (await send(sandbox, 'GET', `/cases/${id}`)).data;
	const fetchIds = async (path: string) =>
		(await send(sandbox, 'GET', `/cases${path}`)).list.map(({ id }) => id);
	const createAccount = async (reference: string) => {
		const body = { data: { attributes: { 'reference-id': reference } } };
		return (await send(sandbox, 'POST', '/accounts', body)).data.id;
	};
	const picture = { data: Buffer.from('a picture').toString('base64'), filename: 'my id.png' };

	it('start in the first status of their template, with their objects', async () => {
		const inquiry = (await send(sandbox, 'POST', '/inquiries', buildInquiry())).data.id;
		const { status, data } = await createCase(
			{ 'case-queue-id': fixtures.caseQueue, fields: { risk_score: 7, own: 'x' } },
			{ 'object-ids': [inquiry, inquiry] },
		);
		expect(status).toBe(201);
		expect(await fetchCase(data.id)).toEqual(data);
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

	it('are not created when any part of the request is invalid', async () => {
		expect((await createCase({ 'case-template-id': 'ctmpl_none' })).status).toBe(404);
		expect((await createCase({ fields: { risk_score: 'much' } })).status).toBe(422);
		expect((await createCase({}, { 'object-ids': ['inq_none'] })).status).toBe(404);
		expect((await createCase({}, { 'object-ids': [fixtures.caseTemplate] })).status).toBe(422);
		expect((await createCase({}, { 'sla-expires-in-seconds': 7_776_001 })).status).toBe(422);
		expect(await fetchIds('')).toEqual([]);
	});

	it('are listed by status, template and object', async () => {
		const [a, b] = [await createAccount('user-1'), await createAccount('user-2')];
		const first = (await createCase({}, { 'object-ids': [a] })).data.id;
		const second = (await createCase({}, { 'object-ids': [b] })).data.id;
		await postMeta(`${second}/set-status`, { status: 'Declined' });
		expect(await fetchIds(`?filter[account-id]=${a}`)).toEqual([first]);
		expect(await fetchIds('?filter[reference-id]=user-2')).toEqual([second]);
		expect(await fetchIds('?filter[status]=Declined')).toEqual([second]);
		expect(await fetchIds(`?filter[case-template-id]=${fixtures.caseTemplate}`)).toEqual([
			second,
			first,
		]);
		expect(await fetchIds('?filter[inquiry-id]=inq_none')).toEqual([]);
	});

	it('can be searched by state, assignee, queue and custom field', async () => {
		const { id } = (await createCase({ fields: { risk_score: 80 } })).data;
		await createCase({ 'case-queue-id': fixtures.caseQueue, fields: { risk_score: 10 } });
		await postMeta(`${id}/assign`, { 'user-email-address': fixtures.userEmail });
		await postMeta(`${id}/set-status`, { status: 'Approved' });
		const searchIds = async (attribute: string, operator: string, value: string | number) => {
			const body = { query: { attribute, operator, value } };
			return (await send(sandbox, 'POST', '/cases/search', body)).list?.map((each) => each.id);
		};
		expect(await searchIds('state', 'eq', 'resolved')).toEqual([id]);
		expect(await searchIds('assignee', 'eq', fixtures.user)).toEqual([id]);
		expect(await searchIds('fields.risk_score', 'gt', 50)).toEqual([id]);
		expect(await searchIds('case_queue', 'eq', fixtures.caseQueue)).not.toContain(id);
		expect(await searchIds('colour', 'eq', 'red')).toBeUndefined();
	});

	it('change between the statuses of their template, and emit events when they are resolved or reopened', async () => {
		const { id } = (await createCase()).data;
		await postMeta(`${id}/set-status`, { status: 'Approved' });
		expect((await fetchCase(id)).attributes['resolved-at']).toEqual(expect.any(String));
		await postMeta(`${id}/set-status`, { status: 'Pending' });
		expect((await fetchCase(id)).attributes['resolved-at']).toBeNull();
		const { status, errors } = await postMeta(`${id}/set-status`, { status: 'approved' });
		expect([status, errors[0].source?.pointer]).toEqual([422, '/meta/status']);
		expect(listEventNames(sandbox)).toEqual([
			'case.created',
			'case.status-updated',
			'case.resolved',
			'case.status-updated',
			'case.reopened',
		]);
	});

	it('can be assigned to users of the organization only', async () => {
		const { id } = (await createCase()).data;
		const unknownUser = { 'user-email-address': 'stranger@example.com' };
		expect((await postMeta(`${id}/assign`, unknownUser)).status).toBe(404);
		await postMeta(`${id}/assign`, { 'user-email-address': fixtures.userEmail });
		expect((await fetchCase(id)).attributes['assignee-id']).toBe(fixtures.user);
		expect(listEventNames(sandbox)).toContain('case.assigned');
	});

	it('accept adding and removing an object repeatedly', async () => {
		const { id } = (await createCase()).data;
		const object = await createAccount('user-1');
		const ids = { 'object-ids': [object] };
		const fetchAccounts = async () => (await fetchCase(id)).relationships?.accounts.data;
		await postMeta(`${id}/add-objects`, ids);
		await postMeta(`${id}/add-objects`, ids);
		expect(await fetchAccounts()).toEqual([{ type: 'account', id: object }]);
		await postMeta(`${id}/remove-objects`, ids);
		expect((await postMeta(`${id}/remove-objects`, ids)).status).toBe(200);
		expect(await fetchAccounts()).toEqual([]);
	});

	it('lose their queue and SLA when these are set to null', async () => {
		const { id } = (
			await createCase({ 'case-queue-id': fixtures.caseQueue }, { 'sla-expires-in-seconds': 60 })
		).data;
		expect((await fetchCase(id)).attributes['sla-expires-at']).toEqual(expect.any(String));
		await patchCase(id, { 'case-queue-id': null }, { 'sla-expires-in-seconds': null });
		const { attributes, relationships } = await fetchCase(id);
		expect(attributes['sla-expires-at']).toBeNull();
		expect(relationships?.['case-queue'].data).toBeNull();
		expect(listEventNames(sandbox)).toContain('case.queue-updated');
	});

	it('emit an event when their SLA expires, unless they are resolved', async () => {
		const overdue = (await createCase({}, { 'sla-expires-in-seconds': 0.05 })).data.id;
		const resolved = (await createCase({}, { 'sla-expires-in-seconds': 1 })).data.id;
		await postMeta(`${resolved}/set-status`, { status: 'Approved' });
		await waitUntil(() => listEventNames(sandbox).includes('case.sla-expired'));
		await new Promise((resolve) => setTimeout(resolve, 1000));
		const { list } = await send(sandbox, 'GET', '/events?filter[name]=case.sla-expired');
		const ids = list.map(({ attributes }) => (attributes.payload as { data: JsonObject }).data.id);
		expect(ids).toEqual([overdue]);
	});

	it('store attachments as files and keep earlier ones', async () => {
		const { id } = (await createCase()).data;
		await patchCase(id, { attachments: [picture] });
		const { data } = await patchCase(id, { attachments: [{ ...picture, filename: 'b.pdf' }] });
		const files = data.attributes.attachments as { url: string }[];
		expect(files).toEqual([
			{ filename: 'my id.png', url: expect.any(String), 'byte-size': 9 },
			{ filename: 'b.pdf', url: expect.any(String), 'byte-size': 9 },
		]);
		const response = await fetch(files[0].url);
		expect(response.headers.get('content-type')).toBe('image/png');
		expect(await response.text()).toBe('a picture');
	});

	it('lose fields, attachments and files for good when they are redacted', async () => {
		const { id } = (await createCase({ fields: { notes: 'Jane', evidence: picture } })).data;
		const before = (await patchCase(id, { attachments: [picture] })).data.attributes;
		const [{ url }] = before.attachments as { url: string }[];
		const evidence = (before.fields as { evidence: { value: { url: string } } }).evidence.value;
		const { data } = await send(sandbox, 'DELETE', `/cases/${id}`);
		expect(data.attributes).toMatchObject({ fields: {}, attachments: [] });
		expect(data.attributes['redacted-at']).toEqual(expect.any(String));
		for (const link of [url, evidence.url]) expect((await fetch(link)).status).toBe(404);
		expect((await patchCase(id, { fields: { notes: 'x' } })).status).toBe(409);
		expect((await send(sandbox, 'DELETE', `/cases/${id}`)).status).toBe(409);
	});
});
