import { type JsonObject, type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

describe('API keys of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ apiKeys: ['persona_sandbox_demo', 'persona_production_demo'] });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const authorizeWith = (key: unknown) => ({ Authorization: `Bearer ${String(key)}` });
	const sendGet = (path: string, key: unknown) =>
		send(sandbox, 'GET', path, undefined, authorizeWith(key));
	const createKey = async (attributes: JsonObject, by = 'persona_sandbox_demo') => {
		const body = { data: { attributes: { name: 'Shop', ...attributes } } };
		const { data, status } = await send(sandbox, 'POST', '/api-keys', body, authorizeWith(by));
		expect(status).toBe(201);
		return { id: data.id, value: data.attributes.value };
	};

	it('work from the next request on, with their permissions only', async () => {
		const { id, value } = await createKey({ permissions: ['inquiry.read'] });
		expect((await sendGet('/inquiries', value)).status).toBe(200);
		expect((await sendGet('/accounts', value)).status).toBe(403);
		await send(sandbox, 'PATCH', `/api-keys/${id}`, {
			data: { attributes: { permissions: ['account.read'] } },
		});
		expect((await sendGet('/inquiries', value)).status).toBe(403);
		expect((await sendGet('/accounts', value)).status).toBe(200);
	});

	it('cannot create keys unless that permission is requested', async () => {
		const { value } = await createKey({});
		expect((await sendGet('/inquiries', value)).status).toBe(200);
		expect((await sendGet('/api-keys', value)).status).toBe(403);
	});

	it('show their value when created or cloned only', async () => {
		const { id, value } = await createKey({ 'ip-address-allowlist': ['203.0.113.7'] });
		expect(value).toMatch(/^persona_sandbox_/);
		const { data } = await send(sandbox, 'GET', `/api-keys/${id}`);
		expect(data.attributes).toMatchObject({ 'ip-address-allowlist': ['203.0.113.7'] });
		expect(data.attributes).not.toHaveProperty('value');
		const { list } = await send(sandbox, 'GET', '/api-keys?filter[name]=Shop');
		expect(list.map((key) => [key.id, key.attributes.value])).toEqual([[id, undefined]]);
		const clone = await send(sandbox, 'POST', `/api-keys/${id}/clone`);
		expect(clone.data.id).not.toBe(id);
		expect(clone.data.attributes).toMatchObject({
			name: 'Shop',
			'ip-address-allowlist': ['203.0.113.7'],
		});
		const rejected = await sendGet('/inquiries', clone.data.attributes.value);
		expect([rejected.status, rejected.errors[0].details]).toEqual([
			403,
			'IP address is not permitted access to current environment',
		]);
	});

	it('work from the addresses on their allowlist only', async () => {
		const { value } = await createKey({ 'ip-address-allowlist': ['203.0.113.7', '127.0.0.0/8'] });
		expect((await sendGet('/inquiries', value)).status).toBe(200);
		const { value: other } = await createKey({ 'ip-address-allowlist': ['203.0.113.0/24'] });
		expect((await sendGet('/inquiries', other)).status).toBe(403);
	});

	it('belong to the environment of the key that created them', async () => {
		const { value } = await createKey({}, 'persona_production_demo');
		expect(value).toMatch(/^persona_production_/);
		expect((await sendGet('/inquiry-templates', value)).status).toBe(200);
	});

	it('are rejected once they have expired', async () => {
		const { id, value } = await createKey({});
		const expireKey = (seconds: number) =>
			send(sandbox, 'POST', `/api-keys/${id}/expire`, { meta: { 'expires-in-seconds': seconds } });
		expect((await expireKey(31 * 86_400)).status).toBe(422);
		await expireKey(3600);
		expect((await sendGet('/inquiries', value)).status).toBe(200);
		await expireKey(0);
		const rejected = await sendGet('/inquiries', value);
		expect([rejected.status, rejected.errors]).toEqual([401, [{ title: 'Token is invalid' }]]);
	});

	it('determine the casing and the visible attributes of responses', async () => {
		const { value } = await createKey({
			'api-attributes-blocklist': ['name-*', 'note'],
			'api-key-inflection': 'camel',
		});
		const fields = { 'name-first': 'Jane', birthdate: '1994-04-12' };
		const { data } = await send(sandbox, 'POST', '/inquiries', buildInquiry(fields));
		const { attributes } = (await sendGet(`/inquiries/${data.id}`, value)).data;
		expect(attributes).toHaveProperty('createdAt');
		expect(attributes).not.toHaveProperty('note');
		expect(attributes.fields).not.toHaveProperty('name-first');
		expect(attributes.fields).toMatchObject({ birthdate: { value: '1994-04-12' } });
	});

	it('show when they were last used', async () => {
		const { id, value } = await createKey({});
		const fetchLastUse = async () =>
			(await send(sandbox, 'GET', `/api-keys/${id}`)).data.attributes['last-used-at'];
		expect(await fetchLastUse()).toBeNull();
		await sendGet('/inquiries', value);
		expect(Date.now() - Date.parse(String(await fetchLastUse()))).toBeLessThan(5000);
	});
});
