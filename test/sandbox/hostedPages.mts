import { type JsonObject, type Sandbox, startSandbox } from '../../sandbox/sandbox.mts';
import { listEventNames, buildInquiry, send } from '../support/apiClient.mts';

describe('hosted pages of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const create = async (fields: JsonObject = {}, more: JsonObject = {}) => {
		const body = buildInquiry(fields, more, { 'auto-create-one-time-link': true });
		const { data, meta } = await send(sandbox, 'POST', '/inquiries', body);
		return { id: data.id, link: meta['one-time-link'], short: meta['one-time-link-short'] };
	};
	const status = (id: string) => sandbox.control.find(id)?.attributes.status;

	/** Presses the button of a page as a browser without scripts does; follows links of the sandbox. */
	async function press(html: string, step: string) {
		const form = new URLSearchParams();
		for (const [, name, value] of html.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
			form.set(name, value);
		}
		expect(html).toContain(`name="step" value="${step}"`);
		form.set('step', step);
		const answer = await fetch(`${sandbox.url}/verify`, {
			method: 'POST',
			body: form,
			redirect: 'manual',
		});
		const location = answer.headers.get('location');
		if (!location?.startsWith('/')) return { html: await answer.text(), location };
		return { html: await open(`${sandbox.url}${location}`), location };
	}
	const open = async (url: string) => (await fetch(url)).text();

	it('lead a person in three steps to a completed inquiry with its findings', async () => {
		const { id, link } = await create({ 'name-first': 'Jane', 'name-last': 'Doe' });
		let page = await press(await open(link), 'start');
		expect(status(id)).toBe('pending');
		page = await press(page.html, 'id');
		page = await press(page.html, 'selfie');
		expect(page.html).toContain('All done');
		expect(status(id)).toBe('completed');
		const path = `/inquiries/${id}?include=verifications,sessions,documents`;
		const { included } = await send(sandbox, 'GET', path);
		expect(included.map(({ type }) => type).sort()).toEqual([
			'document/government-id',
			'inquiry-session',
			'verification/government-id',
			'verification/selfie',
		]);
		expect(included.find(({ type }) => type === 'inquiry-session')?.attributes).toMatchObject({
			status: 'active',
			'country-code': 'US',
			'is-vpn': false,
		});
		expect(listEventNames(sandbox).filter((name) => name.startsWith('inquiry.'))).toEqual([
			'inquiry.created',
			'inquiry.started',
			'inquiry.transitioned',
			'inquiry.completed',
		]);
	});

	it('send the person back to where they came from with the outcome', async () => {
		const { id, link } = await create(
			{},
			{ 'redirect-uri': 'https://shop.example/done?order=7', 'reference-id': 'user-1' },
		);
		let page = await press(await open(link), 'start');
		page = await press(page.html, 'id');
		page = await press(page.html, 'selfie');
		const { origin, searchParams } = new URL(page.location ?? '');
		expect(origin).toBe('https://shop.example');
		expect(Object.fromEntries(searchParams)).toEqual({
			order: '7',
			'inquiry-id': id,
			status: 'completed',
			'reference-id': 'user-1',
		});
	});

	it('end with the first check that fails', async () => {
		const { id, link } = await create({ 'name-last': 'Fail' });
		const page = await press((await press(await open(link), 'start')).html, 'id');
		expect(page.html).toContain('could not verify');
		expect(status(id)).toBe('failed');
		const [verification] = (await send(sandbox, 'GET', `/inquiries/${id}?include=verifications`))
			.included;
		expect(verification.attributes.status).toBe('failed');
		expect(verification.attributes.checks).toContainEqual(
			expect.objectContaining({
				status: 'failed',
				reasons: expect.arrayContaining([expect.any(String)]),
			}),
		);
	});

	it('show the birthdate of the inquiry on the ID, also of somebody young', async () => {
		const { id, link } = await create({ birthdate: '2015-05-05' });
		await press((await press(await open(link), 'start')).html, 'id');
		const [verification] = (await send(sandbox, 'GET', `/inquiries/${id}?include=verifications`))
			.included;
		expect(verification.attributes).toMatchObject({ status: 'passed', birthdate: '2015-05-05' });
	});

	it('keep what was done when the person cancels, and let them go on', async () => {
		const { id, link } = await create();
		let page = await press(await open(link), 'start');
		page = await press(page.html, 'cancel');
		expect(status(id)).toBe('pending');
		const [, href] = /class="button" href="([^"]+)"/.exec(page.html) ?? [];
		const again = await open(`${sandbox.url}${href.replace(/&#38;/g, '&')}`);
		await press((await press(again, 'id')).html, 'selfie');
		expect(status(id)).toBe('completed');
	});

	it('open a one-time link once, however it is spelt; only looking does not count', async () => {
		const { link, short } = await create();
		await open(link);
		await press(await open(short), 'start');
		for (const used of [link, short]) {
			const answer = await fetch(used);
			expect(answer.status).toBe(410);
			expect(await answer.text()).toContain('already used');
		}
	});

	it('say clearly that a link has expired or never was', async () => {
		const { id } = await create();
		const path = `/inquiries/${id}/generate-one-time-link`;
		const { meta } = await send(sandbox, 'POST', path, { meta: { 'expires-in-seconds': 1 } });
		const late = await create();
		await send(sandbox, 'POST', `/inquiries/${late.id}/expire`);
		expect(await open(late.link)).toContain('has expired');
		await new Promise((resolve) => setTimeout(resolve, 1000));
		expect(await open(meta['one-time-link'])).toContain('has expired');
		const unknown = await fetch(`${sandbox.url}/verify?code=none`);
		expect(unknown.status).toBe(404);
		expect(await unknown.text()).toContain('not valid');
	});

	it('let an untouched inquiry be entered by its ID, one under way by a session token only', async () => {
		const { id } = await create();
		const plain = `${sandbox.url}/verify?inquiry-id=${id}`;
		await press(await open(plain), 'start');
		expect(await open(plain)).toContain('has expired');
		const { meta } = await send(sandbox, 'POST', `/inquiries/${id}/resume`);
		const page = await open(`${plain}&session-token=${meta['session-token']}`);
		expect(page).toContain('Show your ID');
	});

	it('escape what they are given', async () => {
		const answer = await fetch(`${sandbox.url}/verify?code=${encodeURIComponent('"><script>')}`);
		expect(await answer.text()).not.toContain('<script>');
	});
});
