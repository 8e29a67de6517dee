import axios from 'axios';
import type { FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Certificate } from './certificate.mts';
import { startFakeService, type FakeService } from './fakeService.mts';

/** A comment, as Jira's webhooks show it: with its text in wiki markup. */
export interface JiraComment {
	id: string;
	body: string;
	author: JiraUser;
	created: string;
	updated: string;
	/** The only role that can see it. */
	visibility?: { type: string; value: string };
}

/** A ticket. */
export interface JiraIssue {
	id: string;
	key: string;
	summary: string;
	description: string;
	/** The name of its status. */
	status: string;
	comments: JiraComment[];
}

/** A user of the site. */
export interface JiraUser {
	accountId: string;
	displayName: string;
}

/** A webhook that was sent. */
export interface JiraDelivery {
	event: string;
	/** The same for each attempt to deliver it. */
	identifier: string;
	url: string;
	body: Record<string, unknown>;
	/** The status of each response, oldest first; 0 without one. */
	statuses: number[];
}

/** Jira Cloud with one project, and what people do in it. */
export interface FakeJira extends FakeService {
	/** Oldest first. */
	issues: JiraIssue[];
	/** Every webhook that was sent, oldest first. */
	deliveries: JiraDelivery[];
	/** Somebody comments on a ticket. */
	comment(issue: JiraIssue, body: string, visibility?: JiraComment['visibility']): JiraComment;
	/** Somebody edits a comment. */
	editComment(issue: JiraIssue, comment: JiraComment, body: string): void;
	/** Somebody moves a ticket to another status. */
	move(issue: JiraIssue, status: string): void;
	/** Sends a webhook again, as Jira does without a response in the range of 200. */
	redeliver(delivery: JiraDelivery): Promise<void>;
	/** Resolves when every webhook that was sent has a response. */
	settle(): Promise<void>;
}

/** The host of the site. */
export const jiraHost = 'example.atlassian.net';

/** The login of n8n's user. */
export const jiraLogin = { email: 'n8n@example.com', apiToken: 'fake-jira-token' };

const AUTHORIZATION = `Basic ${Buffer.from(`${jiraLogin.email}:${jiraLogin.apiToken}`).toString('base64')}`;

const PROJECT = { id: '10000', key: 'KYC' };
const ISSUE_TYPE = { id: '10001', name: 'Task', subtask: false };

/** The statuses of the project, the first of them for new tickets; from each, any other can be reached. */
const STATUSES = [
	{ transition: '11', name: 'To Do', category: 'new' },
	{ transition: '21', name: 'In Progress', category: 'indeterminate' },
	{ transition: '31', name: 'Approved', category: 'done' },
	{ transition: '41', name: 'Declined', category: 'done' },
];

/** The names of the statuses that a ticket can have. */
export const jiraStatuses = STATUSES.map(({ name }) => name);

const MAX_SUMMARY_LENGTH = 255;
const MAX_COMMENT_LENGTH = 32_767;

const n8nUser: JiraUser = { accountId: '557058:n8n', displayName: 'n8n' };
const dana: JiraUser = { accountId: '557058:dana', displayName: 'Dana Doe' };

/** A node of the Atlassian Document Format, as far as plain comments use it. */
interface DocumentNode {
	type?: string;
	version?: number;
	text?: string;
	content?: DocumentNode[];
}

/** Converts a comment to text; undefined for what is no valid document. */
function readDocument(document: unknown): string | undefined {
	const { type, version, content } = Object(document) as DocumentNode;
	if (type !== 'doc' || version !== 1 || !Array.isArray(content) || content.length === 0) {
		return undefined;
	}
	const paragraphs = content.map((paragraph) => {
		const texts = paragraph.content ?? [];
		const isValid =
			paragraph.type === 'paragraph' &&
			texts.every(
				(each) => each.type === 'text' && typeof each.text === 'string' && each.text !== '',
			);
		return isValid ? texts.map(({ text }) => text).join('') : undefined;
	});
	return paragraphs.includes(undefined) ? undefined : paragraphs.join('\n');
}

const sendProblem = async (reply: FastifyReply, status: number, errors: Record<string, string>) =>
	await reply.code(status).send({ errorMessages: [], errors });

/** Fakes the part of Jira's REST API that creates, moves and comments on tickets, and its webhooks. */
export async function startFakeJira(
	certificate: Certificate,
	unexpectedRequests: string[],
): Promise<FakeJira> {
	const issues: JiraIssue[] = [];
	const deliveries: JiraDelivery[] = [];
	const webhooks: { id: number; name: string; url: string; events: string[] }[] = [];
	let lastId = 10_000;
	let sending: Promise<unknown> = Promise.resolve();

	const createId = () => String((lastId += 1));
	const getTime = () => new Date().toISOString().replace('Z', '+0000');

	const toFields = ({ summary, description, status }: JiraIssue) => {
		const { name, category } = STATUSES.find((each) => each.name === status) ?? STATUSES[0];
		return {
			...{ summary, description, project: PROJECT, issuetype: ISSUE_TYPE },
			status: { name, statusCategory: { key: category } },
		};
	};

	const toIssue = (issue: JiraIssue) => ({
		id: issue.id,
		key: issue.key,
		self: `https://${jiraHost}/rest/api/2/issue/${issue.id}`,
		fields: toFields(issue),
	});

	const deliver = async (delivery: JiraDelivery) => {
		const headers = { 'x-atlassian-webhook-identifier': delivery.identifier };
		const options = { headers, proxy: false as const, validateStatus: () => true };
		const status = await axios.post(delivery.url, delivery.body, options).then(
			(response) => response.status,
			() => 0,
		);
		delivery.statuses.push(status);
	};

	/** Jira sends its webhooks after it has answered. */
	const emit = (event: string, body: Record<string, unknown>) => {
		for (const { url, events } of webhooks) {
			if (!events.includes(event)) continue;
			const full = { timestamp: Date.now(), webhookEvent: event, ...body };
			const delivery = { event, identifier: randomUUID(), url, body: full, statuses: [] };
			deliveries.push(delivery);
			const sent = new Promise((resolve) => setImmediate(resolve)).then(() => deliver(delivery));
			sending = Promise.all([sending, sent]);
		}
	};

	const addComment = (
		issue: JiraIssue,
		author: JiraUser,
		body: string,
		visibility?: JiraComment['visibility'],
	): JiraComment => {
		const times = { created: getTime(), updated: getTime() };
		const comment = { id: createId(), author, body, ...times, ...(visibility && { visibility }) };
		issue.comments.push(comment);
		emit('comment_created', { comment: { ...comment }, issue: toIssue(issue) });
		return comment;
	};

	const setStatus = (issue: JiraIssue, user: JiraUser, status: string) => {
		const item = { field: 'status', fieldtype: 'jira', fromString: issue.status, toString: status };
		issue.status = status;
		const changelog = { id: createId(), items: [item] };
		emit('jira:issue_updated', { user, issue: toIssue(issue), changelog });
	};

	const service = await startFakeService(jiraHost, certificate, unexpectedRequests, (app) => {
		// Jira takes a body without content for none.
		app.addHook('preHandler', async ({ headers, params }, reply) => {
			if (headers.authorization !== AUTHORIZATION) {
				return await reply.code(401).send('Client must be authenticated to access this resource.');
			}
			const { key } = Object(params) as { key?: string };
			if (key === undefined || issues.some((issue) => issue.key === key)) return undefined;
			const errorMessages = ['Issue does not exist or you do not have permission to see it.'];
			return await reply.code(404).send({ errorMessages, errors: {} });
		});

		const findIssue = ({ key }: { key: string }) =>
			issues.find((issue) => issue.key === key) as JiraIssue;

		app.get('/rest/api/2/serverInfo', async () => ({
			baseUrl: `https://${jiraHost}`,
			deploymentType: 'Cloud',
			versionNumbers: [1001, 0, 0],
		}));
		app.get('/rest/api/2/issuetype', async () => [ISSUE_TYPE]);

		const toWebhook = ({ id, ...rest }: (typeof webhooks)[number]) => ({
			...rest,
			self: `https://${jiraHost}/rest/webhooks/1.0/webhook/${id}`,
		});
		app.get('/rest/webhooks/1.0/webhook', async () => webhooks.map(toWebhook));
		app.post<{ Body: { name: string; url: string; events: string[] } }>(
			'/rest/webhooks/1.0/webhook',
			async ({ body: { name, url, events } }, reply) => {
				const webhook = { id: Number(createId()), name, url, events };
				webhooks.push(webhook);
				return await reply.code(201).send(toWebhook(webhook));
			},
		);
		app.delete<{ Params: { id: string } }>(
			'/rest/webhooks/1.0/webhook/:id',
			async ({ params: { id } }, reply) => {
				const index = webhooks.findIndex((webhook) => webhook.id === Number(id));
				if (index < 0) return await reply.code(404).send();
				webhooks.splice(index, 1);
				return await reply.code(204).send();
			},
		);

		app.post<{ Body: { fields?: Record<string, unknown> } }>(
			'/rest/api/2/issue',
			async ({ body: { fields = {} } }, reply) => {
				const { summary, description = '', project, issuetype } = fields;
				if (Object(project).id !== PROJECT.id) {
					return await sendProblem(reply, 400, { project: 'Specify a valid project ID or key' });
				}
				if (Object(issuetype).id !== ISSUE_TYPE.id) {
					return await sendProblem(reply, 400, { issuetype: 'Specify a valid issue type' });
				}
				if (typeof summary !== 'string' || summary.trim() === '') {
					return await sendProblem(reply, 400, {
						summary: 'You must specify a summary of the issue.',
					});
				}
				if (summary.length > MAX_SUMMARY_LENGTH || /[\r\n]/.test(summary)) {
					return await sendProblem(reply, 400, { summary: 'The summary is invalid' });
				}
				const id = createId();
				const key = `${PROJECT.key}-${issues.length + 1}`;
				const [{ name }] = STATUSES;
				const issue = {
					id,
					key,
					summary,
					description: String(description),
					status: name,
					comments: [],
				};
				issues.push(issue);
				const { self } = toIssue(issue);
				return await reply.code(201).send({ id, key, self });
			},
		);
		app.get<{ Params: { key: string } }>('/rest/api/2/issue/:key', async ({ params }) =>
			toIssue(findIssue(params)),
		);
		app.put<{ Params: { key: string }; Body: { fields?: Record<string, unknown> } }>(
			'/rest/api/2/issue/:key',
			async ({ params, body: { fields = {} } }, reply) => {
				Object.assign(findIssue(params), fields);
				return await reply.code(204).send();
			},
		);
		app.post<{ Params: { key: string }; Body: { transition?: { id: string } } }>(
			'/rest/api/2/issue/:key/transitions',
			async ({ params, body }, reply) => {
				const status = STATUSES.find(({ transition }) => transition === body.transition?.id);
				const errorMessages = [
					'It seems that you have tried to perform an illegal workflow operation.',
				];
				if (!status) return await reply.code(400).send({ errorMessages, errors: {} });
				setStatus(findIssue(params), n8nUser, status.name);
				return await reply.code(204).send();
			},
		);
		app.post<{ Params: { key: string }; Body: { body?: unknown } }>(
			'/rest/api/3/issue/:key/comment',
			async ({ params, body }, reply) => {
				const text = readDocument(body.body);
				if (text === undefined) return await sendProblem(reply, 400, { comment: 'INVALID_INPUT' });
				if (text.length > MAX_COMMENT_LENGTH) {
					return await sendProblem(reply, 400, { comment: 'CONTENT_LIMIT_EXCEEDED' });
				}
				const { id, author, created, updated } = addComment(findIssue(params), n8nUser, text);
				return await reply.code(201).send({ id, author, body: body.body, created, updated });
			},
		);
	});

	return Object.assign(service, {
		issues,
		deliveries,
		comment: (issue: JiraIssue, body: string, visibility?: JiraComment['visibility']) =>
			addComment(issue, dana, body, visibility),
		editComment(issue: JiraIssue, comment: JiraComment, body: string) {
			Object.assign(comment, { body, updated: getTime() });
			emit('comment_updated', { comment: { ...comment }, issue: toIssue(issue) });
		},
		move: (issue: JiraIssue, status: string) => setStatus(issue, dana, status),
		redeliver: deliver,
		settle: async () => {
			await sending;
		},
	});
}
