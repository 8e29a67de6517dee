import {
	type JsonObject,
	type Sandbox,
	fixtures,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';

const buildStyles = (value: string): JsonObject => ({
	light: { inquiry: { 'primary-color': { unit: 'hex', value } } },
});

describe('theme sets of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createThemeSet = (attributes: JsonObject) =>
		send(sandbox, 'POST', '/theme-sets', { data: { attributes } });
	const updateThemeSet = (id: string, attributes: JsonObject) =>
		send(sandbox, 'PATCH', `/theme-sets/${id}`, { data: { attributes } });

	it('keep their styles until an update replaces all of them', async () => {
		const { id } = (await createThemeSet({ name: 'Acme', styles: buildStyles('#111111') })).data;
		await updateThemeSet(id, { name: 'Acme Inc' });
		const styles = { dark: {} };
		expect((await send(sandbox, 'GET', `/theme-sets/${id}`)).data.attributes).toMatchObject({
			name: 'Acme Inc',
			styles: buildStyles('#111111'),
		});
		expect((await updateThemeSet(id, { styles })).data.attributes.styles).toEqual(styles);
	});

	it('can be read but not changed once they are archived', async () => {
		const { id } = (await createThemeSet({ name: 'Acme' })).data;
		await send(sandbox, 'DELETE', `/theme-sets/${id}`);
		expect((await updateThemeSet(id, { name: 'Acme Inc' })).status).toBe(409);
		const { list } = await send(sandbox, 'GET', '/theme-sets?filter[status]=archived');
		expect(list.map((each) => each.id)).toEqual([id]);
	});

	it('reject unknown styles, and archiving the default theme set', async () => {
		expect((await createThemeSet({ name: 'Acme', styles: { bright: {} } })).status).toBe(400);
		expect((await createThemeSet({ styles: {} })).status).toBe(400);
		expect((await send(sandbox, 'DELETE', `/theme-sets/${fixtures.themeSet}`)).status).toBe(409);
	});
});
