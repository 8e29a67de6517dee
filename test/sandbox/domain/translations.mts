import { type Sandbox, fixtures, startSandbox } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';

const path = `/inquiry-templates/${fixtures.inquiryTemplate}/translations`;

const buildTitle = (locale: string, value: string | null) => ({
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

	const sendWithKey = (method: string, where: string, body?: object) =>
		send(sandbox, method, where, body, { Authorization: `Bearer ${key}` });
	const postTranslations = (...translations: object[]) =>
		sendWithKey('POST', path, { data: { attributes: { translations } } });

	it('are those of the published version until there is a draft', async () => {
		expect((await sendWithKey('GET', path)).data.id).toBe(fixtures.inquiryTemplateVersion);
		const draft = (await postTranslations(buildTitle('fr', 'Commencer'))).data;
		expect(draft.attributes).toMatchObject({ status: 'draft', live: false, 'published-at': null });
		expect((await sendWithKey('GET', path)).data.id).toBe(draft.id);
		expect((await postTranslations(buildTitle('fr', 'Allez'))).data.id).toBe(draft.id);
		const versions = `/inquiry-template-versions?filter[inquiry-template-id]=${fixtures.inquiryTemplate}`;
		expect((await sendWithKey('GET', versions)).list).toHaveLength(2);
	});

	it('change by language and leave all others unchanged', async () => {
		const before = (await sendWithKey('GET', path)).data.attributes.translations as object[];
		await postTranslations(buildTitle('fr', 'Commencer'));
		await postTranslations(buildTitle('en', 'Start'), buildTitle('fr', 'Allez'));
		const after = (await sendWithKey('GET', path)).data.attributes.translations as object[];
		expect(after[0]).toMatchObject({
			'locale-values': [
				{ locale: 'en', value: 'Start' },
				{ locale: 'fr', value: 'Allez' },
			],
		});
		expect(after.slice(1)).toEqual(before.slice(1));
	});

	it('reject unknown texts, and sandbox keys', async () => {
		expect((await postTranslations({ ...buildTitle('fr', 'x'), step: 'nowhere' })).status).toBe(
			422,
		);
		expect((await postTranslations({ step: 'start' })).status).toBe(400);
		key = 'persona_sandbox_a';
		expect((await sendWithKey('GET', path)).status).toBe(401);
	});
});
