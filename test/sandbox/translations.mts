import { type Sandbox, fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { send } from '../support/apiClient.mts';

const path = `/inquiry-templates/${fixtures.inquiryTemplate}/translations`;

const title = (locale: string, value: string | null) => ({
	step: 'start',
	component: 'title',
	'attribute-name': 'text',
	'locale-values': [{ locale, value }],
});

describe('translations of the sandbox', () => {
	let sandbox: Sandbox;
	let key = 'persona_production_a';

	beforeAll(async () => {
		sandbox = await startSandbox({ apiKeys: ['persona_production_a', 'persona_sandbox_a'] });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => {
		key = 'persona_production_a';
		sandbox.control.reset();
	});

	const ask = (method: string, where: string, body?: object) =>
		send(sandbox, method, where, body, { Authorization: `Bearer ${key}` });
	const translate = (...translations: object[]) =>
		ask('POST', path, { data: { attributes: { translations } } });

	it('are those of the published version until a draft is made of it', async () => {
		expect((await ask('GET', path)).data.id).toBe(fixtures.inquiryTemplateVersion);
		const draft = (await translate(title('fr', 'Commencer'))).data;
		expect(draft.attributes).toMatchObject({ status: 'draft', live: false, 'published-at': null });
		expect((await ask('GET', path)).data.id).toBe(draft.id);
		expect((await translate(title('fr', 'Allez'))).data.id).toBe(draft.id);
		const versions = `/inquiry-template-versions?filter[inquiry-template-id]=${fixtures.inquiryTemplate}`;
		expect((await ask('GET', versions)).list).toHaveLength(2);
	});

	it('change by language and leave all others as they are', async () => {
		const before = (await ask('GET', path)).data.attributes.translations as object[];
		await translate(title('fr', 'Commencer'));
		await translate(title('en', 'Start'), title('fr', 'Allez'));
		const after = (await ask('GET', path)).data.attributes.translations as object[];
		expect(after[0]).toMatchObject({
			'locale-values': [
				{ locale: 'en', value: 'Start' },
				{ locale: 'fr', value: 'Allez' },
			],
		});
		expect(after.slice(1)).toEqual(before.slice(1));
	});

	it('refuse texts that the flow does not have, and keys of the sandbox', async () => {
		expect((await translate({ ...title('fr', 'x'), step: 'nowhere' })).status).toBe(422);
		expect((await translate({ step: 'start' })).status).toBe(400);
		key = 'persona_sandbox_a';
		expect((await ask('GET', path)).status).toBe(403);
	});
});
