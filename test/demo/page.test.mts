import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLibrary } from '../../demo/library.mts';
import { caseActions, inquiryActions } from '../../demo/page/actions.mts';
import { causes } from '../../demo/page/causes.mts';
import { html, renderLink, renderText } from '../../demo/page/html.mts';
import { buildPersonaSections, renderObject } from '../../demo/page/personaSections.mts';
import { linkToObjects } from '../../demo/page/server.mts';
import { buildSections } from '../../demo/page/sections.mts';
import { renderSlackText } from '../../demo/page/slackText.mts';
import { startStandIns, type StandIns } from '../../demo/standIns.mts';
import { eventOptions } from '../../nodes/Persona/events/eventTypes.ts';
import { fixtures, startSandbox, testPersonas, type Sandbox } from '../../sandbox/sandbox.mts';
import { findFreePort } from '../../tools/n8n/findFreePort.mts';
import { createCertificate } from '../../tools/services/certificate.mts';
import { FAKE_HOSTS } from '../../tools/services/proxyEnvironment.mts';

/** Would run if it were not escaped, in text and in attributes. */
const HOSTILE = `<img src=x onerror=alert(1)>"'&`;
const ESCAPED = '&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;';

const LINK =
	'<a href="https://n8n.example/a?b=1&#38;c=2" target="_blank" rel="noopener noreferrer">';

describe('the HTML of the page', () => {
	it('has every value escaped, and leaves out what is missing', () => {
		const inner = [html`<b>${HOSTILE}</b>`, HOSTILE];
		const { source } = html`<i title="${HOSTILE}">${inner}${undefined}${false}${0}</i>`;
		expect(source).toBe(`<i title="${ESCAPED}"><b>${ESCAPED}</b>${ESCAPED}0</i>`);
	});

	it('has links to the web only', () => {
		for (const url of ['javascript:alert(1)', ' https://x', 'data:text/html,x', 'file:///etc']) {
			expect(renderLink(url, 'x').source).toBe('x');
		}
		expect(renderText('See https://n8n.example/a?b=1&c=2. Now').source).toBe(
			`See ${LINK}https://n8n.example/a?b=1&#38;c=2</a>. Now`,
		);
	});

	it('shows links, bold text and code of Slack', () => {
		const text = 'A &lt;b&gt; *bold* `a` <https://n8n.example/a?b=1&amp;c=2|Open &amp; read>';
		expect(renderSlackText(text).source).toBe(
			`A &#60;b&#62; <b>bold</b> <code>a</code> ${LINK}Open &#38; read</a>`,
		);
		expect(renderSlackText('<@U0DANA>, <@U1>').source).toBe('<b>@dana</b>, <b>@U1</b>');
		expect(renderSlackText(HOSTILE).source).toBe(ESCAPED);
	});
});

describe('what is in the sandbox', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox?.close());

	const getStage = () => ({ sandbox: { api: sandbox, apiKey: '', webhookSecret: '' } });

	it('is never HTML of its own, in a list or on the page of one object', () => {
		const { store } = sandbox.control;
		const attributes = {
			...{ name: HOSTILE, status: HOSTILE, tags: [HOSTILE], message: HOSTILE },
			fields: { 'name-first': { type: 'string', value: HOSTILE } },
		};
		const comment = store.add({ type: 'case-comment', id: 'cscm_1', attributes });
		const inquiry = store.add({ type: 'inquiry', id: 'inq_1', attributes });
		const item = store.add({
			type: 'list-item/string',
			id: 'lin_1',
			attributes: { value: HOSTILE },
		});
		const relate = (...data: { type: string; id: string }[]) => ({ data });
		const record = store.add({
			...{ type: 'case', id: 'case_1', attributes },
			relationships: { inquiries: relate(inquiry), 'case-comments': relate(comment) },
		});
		const list = store.add({
			...{ type: 'list/string', id: 'lst_1', attributes },
			relationships: { 'list-items': relate(item) },
		});
		const customer = { name: HOSTILE, inquiryId: 'inq_1', link: '' };
		const sections = buildPersonaSections(getStage(), [customer]);
		const counts = sections.map(({ id, count }) => [id, count]);
		expect(Object.fromEntries(counts)).toMatchObject({ inquiries: 1, cases: 1, lists: 3 });
		const pages = [record, inquiry, list, comment].map((each) =>
			renderObject(getStage(), each, HOSTILE),
		);
		for (const { source } of [...sections.map(({ content }) => content), ...pages]) {
			expect(source).not.toContain('<img');
			expect(source).toContain(ESCAPED);
		}
	});

	it('is what links to the dashboard of Persona lead to, in mails too', () => {
		const url = 'https://app.withpersona.com/dashboard/cases/case_1';
		const page = html`${renderLink(url)}<iframe srcdoc="${`<a href="${url}">Case</a>`}"></iframe>`;
		const linked = linkToObjects(page.source, 'http://127.0.0.1:8766');
		expect(linked.split('http://127.0.0.1:8766/persona/case_1').length).toBe(3);
		expect(linked).toContain(`>${url}</a>`);
		const others = html`${renderLink(`${url}/x`)}${renderLink('https://withpersona.com/dashboard')}`;
		expect(linkToObjects(others.source, 'http://127.0.0.1:8766')).toBe(others.source);
	});

	it('shows the statuses and assignees of cases, and what is on lists', async () => {
		sandbox.control.reset();
		const { store } = sandbox.control;
		const list = store.getCollection('list').get(fixtures.getDashboardList('field'));
		const item = store.add({
			...{ type: 'list-item/field', id: 'liif_1' },
			attributes: { 'field-value': 'blocked value', status: 'active', 'created-at': null },
		});
		Object.assign(list ?? {}, { relationships: { 'list-items': { data: [item] } } });
		store.add({
			...{ type: 'case', id: 'case_2' },
			attributes: { name: 'SR-1', status: 'Open', 'assignee-id': fixtures.user },
		});
		const sections = buildPersonaSections(getStage(), []);
		const texts = Object.fromEntries(
			sections.map(({ id, content }) => [id, content.source.replace(/<[^>]+>|\s+/g, ' ')]),
		);
		expect(texts.cases).toMatch(new RegExp(`SR-1 .*Open .*${fixtures.userEmail}`));
		expect(texts.lists).toContain('blocked value');
	});
});

describe('what to press for an event', () => {
	it('is said for events that Persona has, with the names of buttons and test people', () => {
		const labels = [
			...['Watchlist report', 'Screening', 'Create a case'],
			...[...Object.keys(inquiryActions), ...Object.keys(caseActions)],
		];
		const examples = testPersonas.map(({ example }) => example);
		for (const [event, text] of Object.entries(causes)) {
			expect(eventOptions.map(({ value }) => value)).toContain(event);
			const [, button] = /^press (.+?)(?: at | while |$)/.exec(text) ?? [];
			if (button) expect(labels).toContain(button);
			const [, people] = /^choose (.+?),/.exec(text) ?? [];
			for (const person of people?.split(' or ') ?? []) expect(examples).toContain(person);
		}
	});
});

describe('what has arrived', () => {
	let folder: string;
	let standIns: StandIns;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'persona-page-'));
		const certificate = await createCertificate(folder, [...FAKE_HOSTS]);
		const access = { proxyPort: await findFreePort(), certificate };
		standIns = await startStandIns(access, await readLibrary());
	});
	afterAll(async () => {
		await standIns?.close();
		await rm(folder, { recursive: true });
	});

	it('is never HTML of its own, wherever it arrives', async () => {
		const button = { text: { text: HOSTILE }, url: 'javascript:alert(1)' };
		const press = { text: { text: HOSTILE }, action_id: 'x', value: HOSTILE };
		const blocks = [{ type: 'actions', text: { text: HOSTILE }, elements: [button, press] }];
		standIns.slack.messages.push({ channel: HOSTILE, text: HOSTILE });
		standIns.slack.messages.push({ channel: 'compliance', text: '', blocks });
		const mail = { from: HOSTILE, to: [HOSTILE], subject: HOSTILE, text: HOSTILE, html: '' };
		const attachments = [{ name: HOSTILE, bytes: Buffer.from('') }];
		standIns.smtp.mails.push({ ...mail, attachments });
		standIns.smtp.mails.push({ ...mail, html: HOSTILE, attachments });
		standIns.hubspot.contacts.push({ vid: 1, properties: { [HOSTILE]: HOSTILE } });
		standIns.jira.issues.push({
			...{ id: '1', key: HOSTILE, summary: HOSTILE, description: HOSTILE, status: HOSTILE },
			comments: [
				{
					...{ id: '1', body: HOSTILE, created: '', updated: '' },
					author: { accountId: '1', displayName: HOSTILE },
				},
			],
		});
		standIns.s3.files.set(HOSTILE, { contentType: HOSTILE, bytes: Buffer.from('') });
		const tool = { function: { name: HOSTILE, description: '', parameters: {} } };
		standIns.model.requests.push({
			messages: [{ role: HOSTILE, content: HOSTILE }],
			tools: [tool],
		});
		standIns.unexpectedRequests.push(HOSTILE);
		const sections = await buildSections(standIns, new WeakMap());
		const all = sections.map(({ content }) => content.source).join('');
		expect(all).not.toContain('<img');
		expect(all).not.toContain('href="javascript');
		expect(all.split(ESCAPED).length).toBeGreaterThan(15);
		expect(all).toMatch(/<iframe\s+sandbox="allow-popups allow-popups-to-escape-sandbox"/);
		const counts = sections.map(({ id, count }) => [id, count]);
		expect(Object.fromEntries(counts)).toMatchObject({ slack: 2, mail: 2, hubspot: 1, files: 1 });
	});

	it('is accepted in the channels and properties that the library uses', () => {
		expect(standIns.slack.channels).toContain('compliance');
		expect(standIns.hubspot.properties).toContain('persona_status');
	});
});
