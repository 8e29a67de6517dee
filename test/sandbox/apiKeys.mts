import { type JsonObject, type Sandbox, startSandbox } from '../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../support/apiClient.mts';

describe('API keys of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ apiKeys: ['persona_sandbox_demo', 'persona_production_demo'] });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const as = (key: unknown) => ({ Authorization: `Bearer ${String(key)}` });
	const get = (path: string, key: unknown) => send(sandbox, 'GET', path, undefined, as(key));
	const create = async (attributes: JsonObject, by = 'persona_sandbox_demo') => {
		const body = { data: { attributes: { name: 'Shop', ...attributes } } };
		const { data, status } = await send(sandbox, 'POST', '/api-keys', body, as(by));
		expect(status).toBe(201);
		return { id: data.id, value: data.attributes.value };
	};

	it('work from the next request on, with just their permissions', async () => {
		const { id, value } = await create({ permissions: ['inquiry.read'] });
		expect((await get('/inquiries', value)).status).toBe(200);
		expect((await get('/accounts', value)).status).toBe(403);
		await send(sandbox, 'PATCH', `/api-keys/${id}`, {
			data: { attributes: { permissions: ['account.read'] } },
		});
		expect((await get('/inquiries', value)).status).toBe(403);
		expect((await get('/accounts', value)).status).toBe(200);
	});

	it('may not make keys unless that is asked for', async () => {
		const { value } = await create({});
		expect((await get('/inquiries', value)).status).toBe(200);
		expect((await get('/api-keys', value)).status).toBe(403);
	});

	it('show their value when created or cloned, and nowhere else', async () => {
		const { id, value } = await create({ 'ip-address-allowlist': ['203.0.113.7'] });
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
		expect((await get('/inquiries', clone.data.attributes.value)).status).toBe(200);
	});

	it('belong to the environment of the key that made them', async () => {
		const { value } = await create({}, 'persona_production_demo');
		expect(value).toMatch(/^persona_production_/);
		expect((await get('/inquiry-templates', value)).status).toBe(200);
	});

	it('are refused once they have expired', async () => {
		const { id, value } = await create({});
		const expire = (seconds: number) =>
			send(sandbox, 'POST', `/api-keys/${id}/expire`, { meta: { 'expires-in-seconds': seconds } });
		expect((await expire(31 * 86_400)).status).toBe(422);
		await expire(3600);
		expect((await get('/inquiries', value)).status).toBe(200);
		await expire(0);
		const refused = await get('/inquiries', value);
		expect([refused.status, refused.errors]).toEqual([401, [{ title: 'Token is invalid' }]]);
	});

	it('get answers as their settings say', async () => {
		const { value } = await create({
			'api-attributes-blocklist': ['name-*', 'note'],
			'api-key-inflection': 'camel',
		});
		const fields = { 'name-first': 'Jane', birthdate: '1994-04-12' };
		const { data } = await send(sandbox, 'POST', '/inquiries', buildInquiry(fields));
		const { attributes } = (await get(`/inquiries/${data.id}`, value)).data;
		expect(attributes).toHaveProperty('createdAt');
		expect(attributes).not.toHaveProperty('note');
		expect(attributes.fields).not.toHaveProperty('name-first');
		expect(attributes.fields).toMatchObject({ birthdate: { value: '1994-04-12' } });
	});

	it('remember when they were used last', async () => {
		const { id, value } = await create({});
		const lastUse = async () =>
			(await send(sandbox, 'GET', `/api-keys/${id}`)).data.attributes['last-used-at'];
		expect(await lastUse()).toBeNull();
		await get('/inquiries', value);
		expect(Date.now() - Date.parse(String(await lastUse()))).toBeLessThan(5000);
	});
});
