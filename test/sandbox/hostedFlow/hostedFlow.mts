import { type JsonObject, type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { listEventNames, buildInquiry, send } from '../../support/apiClient.mts';

describe('hosted flow of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createInquiry = async (fields: JsonObject = {}, more: JsonObject = {}) => {
		const body = buildInquiry(fields, more, { 'auto-create-one-time-link': true });
		const { data, meta } = await send(sandbox, 'POST', '/inquiries', body);
		return { id: data.id, link: meta['one-time-link'], short: meta['one-time-link-short'] };
	};
	const getStatus = (id: string) => sandbox.control.find(id)?.attributes.status;

	/** Submits the form of a page with a button, and follows redirects within the sandbox. */
	async function pressButton(html: string, step: string) {
		const form = new URLSearchParams();
		for (const [, name, value] of html.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
			form.set(name, value);
		}
		expect(html).toContain(`name="step" value="${step}"`);
		form.set('step', step);
		const response = await fetch(`${sandbox.url}/verify`, {
			method: 'POST',
			body: form,
			redirect: 'manual',
		});
		const location = response.headers.get('location');
		if (!location?.startsWith('/')) return { html: await response.text(), location };
		return { html: await fetchPage(`${sandbox.url}${location}`), location };
	}
	const fetchPage = async (url: string) => (await fetch(url)).text();

	it('completes an inquiry with its verifications in three steps', async () => {
		const { id, link } = await createInquiry({ 'name-first': 'Jane', 'name-last': 'Doe' });
		let page = await pressButton(await fetchPage(link), 'start');
		expect(getStatus(id)).toBe('pending');
		page = await pressButton(page.html, 'id');
		page = await pressButton(page.html, 'selfie');
		expect(page.html).toContain('All done');
		expect(getStatus(id)).toBe('completed');
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

	it('redirects the person to the redirect URI with the status', async () => {
		const { id, link } = await createInquiry(
			{},
			{ 'redirect-uri': 'https://shop.example/done?order=7', 'reference-id': 'user-1' },
		);
		let page = await pressButton(await fetchPage(link), 'start');
		page = await pressButton(page.html, 'id');
		page = await pressButton(page.html, 'selfie');
		const { origin, searchParams } = new URL(page.location ?? '');
		expect(origin).toBe('https://shop.example');
		expect(Object.fromEntries(searchParams)).toEqual({
			order: '7',
			'inquiry-id': id,
			status: 'completed',
			'reference-id': 'user-1',
		});
	});

	it('ends with the first verification that fails', async () => {
		const { id, link } = await createInquiry({ 'name-last': 'Fail' });
		const page = await pressButton((await pressButton(await fetchPage(link), 'start')).html, 'id');
		expect(page.html).toContain('could not verify');
		expect(getStatus(id)).toBe('failed');
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

	it.each([
		['fail@example.com', 'failed'],
		['mask@example.com', 'failed'],
		['Review@Example.com', 'needs_review'],
		['reviewer@example.com', 'completed'],
	])('knows a test persona by the address %s alone, and ends as %s', async (email, status) => {
		const { id, link } = await createInquiry({ 'email-address': email });
		await completeHostedFlow(link);
		expect(getStatus(id)).toBe(status);
	});

	it('passes a minor, with the birthdate of the inquiry on the ID', async () => {
		const { id, link } = await createInquiry({ birthdate: '2015-05-05' });
		await pressButton((await pressButton(await fetchPage(link), 'start')).html, 'id');
		const [verification] = (await send(sandbox, 'GET', `/inquiries/${id}?include=verifications`))
			.included;
		expect(verification.attributes).toMatchObject({ status: 'passed', birthdate: '2015-05-05' });
	});

	it('keeps the progress of a person who cancels, and lets them continue', async () => {
		const { id, link } = await createInquiry();
		let page = await pressButton(await fetchPage(link), 'start');
		page = await pressButton(page.html, 'cancel');
		expect(getStatus(id)).toBe('pending');
		const [, href] = /class="button" href="([^"]+)"/.exec(page.html) ?? [];
		const again = await fetchPage(`${sandbox.url}${href.replace(/&#38;/g, '&')}`);
		await pressButton((await pressButton(again, 'id')).html, 'selfie');
		expect(getStatus(id)).toBe('completed');
	});

	it('uses up a one-time link, long or short, with its first button and not by opening it', async () => {
		const { link, short } = await createInquiry();
		await fetchPage(link);
		await pressButton(await fetchPage(short), 'start');
		for (const used of [link, short]) {
			const response = await fetch(used);
			expect(response.status).toBe(410);
			expect(await response.text()).toContain('already used');
		}
	});

	it('goes on with a used one-time link only in the tab that has the token of its session', async () => {
		const { id, link } = await createInquiry();
		const first = await fetchPage(link);
		const { location } = await pressButton(first, 'start');
		const token = String(new URLSearchParams(String(location)).get('session-token'));
		const addToken = (value: string) =>
			first.replace(
				'<button',
				`<input type="hidden" name="session-token" value="${value}"><button`,
			);
		const again = await pressButton(addToken(token), 'start');
		expect(again.html).toContain('Show your ID');
		expect(new URLSearchParams(String(again.location)).get('session-token')).toBe(token);
		const other = await createInquiry();
		const elsewhere = await pressButton(await fetchPage(other.link), 'start');
		const foreign = String(new URLSearchParams(String(elsewhere.location)).get('session-token'));
		for (const value of ['', 'none', foreign]) {
			expect((await pressButton(addToken(value), 'start')).html).toContain('already used');
		}
		const { included } = await send(sandbox, 'GET', `/inquiries/${id}?include=sessions`);
		expect(included).toHaveLength(1);
		await send(sandbox, 'POST', `/inquiries/${id}/expire`);
		expect((await pressButton(addToken(token), 'start')).html).toContain('has expired');
	});

	it('says that a link has expired or is not valid', async () => {
		const { id } = await createInquiry();
		const path = `/inquiries/${id}/generate-one-time-link`;
		const { meta } = await send(sandbox, 'POST', path, { meta: { 'expires-in-seconds': 1 } });
		const expired = await createInquiry();
		await send(sandbox, 'POST', `/inquiries/${expired.id}/expire`);
		expect(await fetchPage(expired.link)).toContain('has expired');
		await new Promise((resolve) => setTimeout(resolve, 1000));
		expect(await fetchPage(meta['one-time-link'])).toContain('has expired');
		const unknown = await fetch(`${sandbox.url}/verify?code=none`);
		expect(unknown.status).toBe(404);
		expect(await unknown.text()).toContain('not valid');
	});

	it('opens a new inquiry by its ID, but a pending one by session token only', async () => {
		const { id } = await createInquiry();
		const plain = `${sandbox.url}/verify?inquiry-id=${id}`;
		await pressButton(await fetchPage(plain), 'start');
		expect(await fetchPage(plain)).toContain('has expired');
		const { meta } = await send(sandbox, 'POST', `/inquiries/${id}/resume`);
		const page = await fetchPage(`${plain}&session-token=${meta['session-token']}`);
		expect(page).toContain('Show your ID');
	});

	it('escapes its parameters', async () => {
		const response = await fetch(
			`${sandbox.url}/verify?code=${encodeURIComponent('"><script>evil()')}`,
		);
		expect(await response.text()).not.toContain('<script>evil');
	});
});
