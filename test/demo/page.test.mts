import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLibrary } from '../../demo/library.mts';
import { inquiryActions } from '../../demo/page/actions.mts';
import { causes } from '../../demo/page/causes.mts';
import { html, renderLink, renderText } from '../../demo/page/html.mts';
import { buildSections } from '../../demo/page/sections.mts';
import { renderSlackText } from '../../demo/page/slackText.mts';
import { startStandIns, type StandIns } from '../../demo/standIns.mts';
import { eventOptions } from '../../nodes/Persona/events/eventTypes.ts';
import { testPersonas } from '../../sandbox/sandbox.mts';
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

describe('what to press for an event', () => {
	it('is said for events that Persona has, with the names of buttons and test people', () => {
		const labels = ['Watchlist report', 'Screening', ...Object.keys(inquiryActions)];
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
