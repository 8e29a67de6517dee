import { type JsonObject, type Sandbox, fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { send } from '../support/apiClient.mts';

const color = (value: string): JsonObject => ({
	light: { inquiry: { 'primary-color': { unit: 'hex', value } } },
});

describe('theme sets of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const create = (attributes: JsonObject) =>
		send(sandbox, 'POST', '/theme-sets', { data: { attributes } });
	const update = (id: string, attributes: JsonObject) =>
		send(sandbox, 'PATCH', `/theme-sets/${id}`, { data: { attributes } });

	it('keep what they were made with until styles replace all styles', async () => {
		const { id } = (await create({ name: 'Acme', styles: color('#111111') })).data;
		await update(id, { name: 'Acme Inc' });
		const styles = { dark: {} };
		expect((await send(sandbox, 'GET', `/theme-sets/${id}`)).data.attributes).toMatchObject({
			name: 'Acme Inc',
			styles: color('#111111'),
		});
		expect((await update(id, { styles })).data.attributes.styles).toEqual(styles);
	});

	it('are read but not changed once they are archived', async () => {
		const { id } = (await create({ name: 'Acme' })).data;
		await send(sandbox, 'DELETE', `/theme-sets/${id}`);
		expect((await update(id, { name: 'Acme Inc' })).status).toBe(409);
		const { list } = await send(sandbox, 'GET', '/theme-sets?filter[status]=archived');
		expect(list.map((each) => each.id)).toEqual([id]);
	});

	it('refuse styles that there are not, and keep the default theme set', async () => {
		expect((await create({ name: 'Acme', styles: { bright: {} } })).status).toBe(400);
		expect((await create({ styles: {} })).status).toBe(400);
		expect((await send(sandbox, 'DELETE', `/theme-sets/${fixtures.themeSet}`)).status).toBe(409);
	});
});
