import { runStatement, type Server } from '../../tools/servers.mts';
import type { ChatMessage, ChatRequest } from '../../tools/services/chatModel.mts';
import type { FakeService } from '../../tools/services/fakeService.mts';
import { jiraStatuses, type JiraIssue } from '../../tools/services/jira.mts';
import type { StoredFile } from '../../tools/services/s3.mts';
import {
	otherSlackUser,
	slackUser,
	type SlackBlock,
	type SlackMessage,
} from '../../tools/services/slackButtons.mts';
import type { Mail } from '../../tools/services/smtp.mts';
import type { StandIns } from '../standIns.mts';
import type { Stage } from './actions.mts';
import { html, renderLink, renderText, type Html } from './html.mts';
import type { SentEntry } from './senders.mts';
import { renderSlackText } from './slackText.mts';

/** How many entries of a section are shown. */
const MAX_ENTRIES = 50;

const MAX_ROWS = 20;

const MAX_TEXT_LENGTH = 2_000;

/** What has arrived at one service. */
export interface Section {
	id: string;
	title: string;
	/** The number of its entries, for the list at the top. */
	count: number;
	content: Html;
}

/** When objects were first seen. A stand-in does not note it. */
export type Arrivals = WeakMap<object, Date>;

/** Everything that a stand-in has received, to note when it arrived. */
export const listArrived = ({ slack, smtp, hubspot, jira, s3, model }: StandIns): object[] => [
	...slack.messages,
	...smtp.mails,
	...hubspot.contacts,
	...jira.issues,
	...s3.files.values(),
	...model.requests,
];

/** Builds the sections, newest entries first. */
export async function buildSections(
	standIns: StandIns,
	arrivals: Arrivals,
	renderSender: (entry: SentEntry) => Html | undefined = () => undefined,
): Promise<Section[]> {
	const { slack, smtp, hubspot, jira, okta, s3, model, unexpectedRequests } = standIns;
	const list = <Entry,>(
		id: string,
		title: string,
		entries: Entry[],
		renderEntry: (entry: Entry, index: number) => Html,
		getObject: (entry: Entry) => unknown = (entry) => entry,
	) =>
		buildSection(id, title, entries, renderEntry, (entry) =>
			arrivals.get(Object(getObject(entry)) as object),
		);
	return [
		list(
			'slack',
			'Slack',
			slack.messages,
			(message, index) => html`${renderSlackMessage(message, index)}${renderSender(message)}`,
		),
		list('mail', 'Email', smtp.mails, (mail) => html`${renderMail(mail)}${renderSender(mail)}`),
		list('hubspot', 'HubSpot: contacts', hubspot.contacts, ({ properties }) =>
			renderValues(properties),
		),
		list('jira', 'Jira: tickets', jira.issues, renderTicket),
		list(
			'okta',
			'Okta: users (the ID in the sandbox is that of Jane Doe)',
			okta.users,
			({ status, profile }) => renderValues({ ...profile, status }),
		),
		list('files', 'S3: files', [...s3.files], renderFile, ([, file]) => file),
		...listOtherServices(standIns).map(({ host, requests }) =>
			list(host, host, requests, (request) => html`<code>${request}</code>`),
		),
		await buildDatabaseSection(standIns),
		list('model', 'Chat model: requests', model.requests, renderChatRequest),
		list(
			'unexpected',
			'Not understood: requests that no stand-in can answer',
			unexpectedRequests,
			(request) => renderText(request),
		),
	];
}

/** Builds the section with the executions that have failed: what should have arrived did not. */
export async function buildFailures({ client, n8nUrl }: Stage): Promise<Section> {
	const failed = (await client.fetchFailedExecutions()).reverse();
	return buildSection(
		'failed',
		'Failed: executions in n8n',
		failed,
		({ id, workflowId, workflowName }) =>
			renderLink(`${n8nUrl}/workflow/${workflowId}/executions/${id}`, workflowName),
		({ startedAt }) => new Date(startedAt),
	);
}

/** Builds a section of entries, which are given oldest first. */
export function buildSection<Entry>(
	id: string,
	title: string,
	entries: Entry[],
	renderEntry: (entry: Entry, index: number) => Html,
	getTime: (entry: Entry) => Date | undefined = () => undefined,
): Section {
	const newest = entries.map((entry, index) => ({ entry, index })).slice(-MAX_ENTRIES);
	const items = newest
		.reverse()
		.map(
			({ entry, index }) =>
				html`<li>${renderTime(getTime(entry))}${renderEntry(entry, index)}</li>`,
		);
	const content =
		entries.length > 0
			? html`<ol>
					${items}
				</ol>`
			: html`<p class="quiet">Nothing yet.</p>`;
	return { id, title, count: entries.length, content };
}

/** The services without a section of their own, of which only the requests are shown. */
function listOtherServices({ slack, hubspot, jira, okta, ...others }: StandIns): FakeService[] {
	return Object.values<unknown>({ ...others }).filter(
		(each): each is FakeService =>
			typeof each === 'object' && each !== null && 'host' in each && 'requests' in each,
	);
}

function renderTicket({ key, summary, description, status, comments }: JiraIssue): Html {
	const others = jiraStatuses.filter((name) => name !== status);
	return html`<b>${key}</b> ${summary} <small>${status}</small>
		<div class="text">${renderText(description)}</div>
		${comments.map(
			({ author, body }) =>
				html`<div><small>${author.displayName}:</small> ${renderText(body)}</div>`,
		)}
		<form method="post" action="/ticket">
			<input type="hidden" name="key" value="${key}" />
			<input name="comment" aria-label="Comment" placeholder="Comment" />
			<div class="buttons">
				<button>Comment</button>
				${others.map((name) => html`<button name="status" value="${name}">${name}</button>`)}
			</div>
		</form>`;
}

function renderFile([key, { contentType, bytes }]: [string, StoredFile]): Html {
	const path = key.split('/').map(encodeURIComponent).join('/');
	const size = `${contentType}, ${bytes.length.toLocaleString('en')} bytes`;
	return html`<a href="/files/${path}" target="_blank">${key}</a> <small>${size}</small>`;
}

function renderChatRequest({ messages, tools = [] }: ChatRequest): Html {
	const names = tools.map((tool) => tool.function.name).join(', ');
	const last = messages.slice(-1).map(renderChatMessage);
	return html`${last}<small>Tools: ${names || 'none'}</small>`;
}

const renderTime = (date?: Date) =>
	date && html`<time datetime="${date.toISOString()}">${date.toTimeString().slice(0, 8)}</time> `;

/** Shows values with their names. */
export const renderValues = (values: Record<string, unknown>) =>
	html`<dl>
		${Object.entries(values).map(
			([name, value]) =>
				html`<div>
					<dt>${name}</dt>
					<dd>${renderText(String(value ?? ''))}</dd>
				</div>`,
		)}
	</dl>`;

function renderSlackMessage(message: SlackMessage, index: number): Html {
	const { channel, text, blocks = [] } = message;
	const content = blocks.length > 0 ? blocks.map((block) => renderBlock(block, index)) : '';
	const shown = content || html`<div class="text">${renderSlackText(text)}</div>`;
	return html`<b>#${channel}</b>${shown}`;
}

function renderBlock({ text, elements = [] }: SlackBlock, index: number): Html {
	const isPressed = elements.some(({ url, action_id }) => !url && action_id !== undefined);
	const buttons = elements.map(({ text: label, url, action_id, style }) => {
		const name = label?.text ?? '';
		if (url) return html`<span class="button">${renderLink(url, name)}</span>`;
		const kind = style === 'primary' ? 'primary' : '';
		return (
			action_id !== undefined &&
			html`<button class="${kind}" name="button" value="${name}">${name}</button>`
		);
	});
	const users = [slackUser, otherSlackUser].map(({ name }) => html`<option>${name}</option>`);
	return html`${text && html`<div class="text">${renderSlackText(text.text)}</div>`}
	${
		buttons.length > 0 &&
		html`<form class="buttons" method="post" action="/press">
			<input type="hidden" name="message" value="${index}" />
			${
				isPressed &&
				html`<label
					>As
					<select name="user">
						${users}
					</select></label
				>`
			}
			${buttons}
		</form>`
	}`;
}

function renderMail({ from, to, subject, text, html: page, attachments }: Mail): Html {
	const names = attachments.map(({ name, bytes }) => `${name} (${bytes.length} bytes)`);
	// Nothing in it runs, and nothing is loaded. Links open beside the page.
	const shown = page
		? html`<iframe
				sandbox="allow-popups allow-popups-to-escape-sandbox"
				title="Email"
				srcdoc="${`<base target="_blank">${page}`}"
			></iframe>`
		: html`<div class="text">${renderText(text)}</div>`;
	return html`<b>${subject}</b> <small>from ${from} to ${to.join(', ')}</small>${shown}
		${names.length > 0 && html`<small>With ${names.join(', ')}</small>`}`;
}

function renderChatMessage({ role, content }: ChatMessage): Html {
	const text = renderText(toText(content).slice(0, MAX_TEXT_LENGTH));
	return html`<b>${role}</b>
		<div class="text">${text}</div>`;
}

const toText = (content: unknown) =>
	typeof content === 'string' ? content : JSON.stringify(content ?? '');

/** The rows of all tables, as long as they are shown. */
async function buildDatabaseSection({ postgres, missing }: StandIns): Promise<Section> {
	const section = { id: 'postgres', title: 'PostgreSQL: tables' };
	if (!postgres) {
		const content = html`<p class="quiet">
			Not on this machine: ${missing.postgres}. Install PostgreSQL and start again. Workflows that
			need it are not published.
		</p>`;
		return { ...section, count: 0, content };
	}
	const tables = await readTables(postgres).catch(() => []);
	const content = tables.map(
		({ table, count, rows }) =>
			html`<h3>${table} <small>${count === 1 ? '1 row' : `${count} rows`}</small></h3>
				<ol>
					${(rows ?? []).map((row) => html`<li>${renderValues(row)}</li>`)}
				</ol>`,
	);
	return {
		...section,
		count: tables.reduce((sum, { count }) => sum + count, 0),
		content: tables.length > 0 ? html`${content}` : html`<p class="quiet">No tables yet.</p>`,
	};
}

interface Table {
	table: string;
	count: number;
	rows: Record<string, unknown>[] | null;
}

async function readTables(server: Server): Promise<Table[]> {
	const where = "schemaname NOT IN ('pg_catalog', 'information_schema')";
	const names = await runStatement(
		server,
		`SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE ${where} ORDER BY 1`,
	);
	const statements = names
		.split('\n')
		.filter(Boolean)
		.map((name) => {
			const rows = `(SELECT json_agg(t) FROM (SELECT * FROM ${name} LIMIT ${MAX_ROWS}) t)`;
			const literal = `'${name.replace(/'/g, "''")}'`;
			return `SELECT jsonb_build_object('table', ${literal}, 'count', (SELECT count(*) FROM ${name}), 'rows', ${rows})`;
		});
	if (statements.length === 0) return [];
	const printed = await runStatement(server, statements.join(' UNION ALL '));
	return printed.split('\n').map((line) => JSON.parse(line) as Table);
}
