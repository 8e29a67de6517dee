import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EditorAccount } from '../../tools/n8n/n8nClient.mts';
import { otherSlackUser, slackUser } from '../../tools/services/slackButtons.mts';
import {
	callAsPersona,
	changeCase,
	createCase,
	createCustomer,
	createReport,
	findObject,
	inquiryActions,
	listWorkflows,
	publish,
	run,
	sendRequest,
	type Stage,
} from './actions.mts';
import type { Html } from './html.mts';
import { buildFields, renderObjectPage, renderPage, type PageState } from './page.mts';
import { getObjectPath } from './personaSections.mts';
import { sampleFiles } from './sampleFiles.mts';
import { listArrived } from './sections.mts';
import { createSenders } from './senders.mts';
import { SCRIPT, STYLE } from './style.mts';

/** How often it is noted what has arrived. */
const NOTE_MS = 500;

const MAX_FORM_BYTES = 100_000;

/** Nothing is loaded but from the page itself, and nobody shows it in a frame. */
const SECURITY_HEADERS = {
	'content-security-policy':
		"default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'same-origin',
	'cache-control': 'no-store',
};

/** The page of the demo. */
export interface DemoPage {
	url: string;
	close(): Promise<void>;
}

/** An answer to a request. */
interface Answer {
	status?: number;
	headers?: Record<string, string>;
	body?: string | Buffer;
}

/** Starts the page that shows what has arrived at the stand-ins, for this machine alone. */
export async function startPage(
	port: number,
	stage: Stage,
	account: EditorAccount,
): Promise<DemoPage> {
	const state: PageState = {
		...{ arrivals: new WeakMap(), customers: [], outcomes: new Map() },
		senders: createSenders(stage),
	};
	const noteArrivals = () => {
		state.senders.noteButtons();
		for (const each of listArrived(stage.standIns)) {
			if (!state.arrivals.has(each)) state.arrivals.set(each, new Date());
		}
	};
	const timer = setInterval(noteArrivals, NOTE_MS);

	const answerGet = async (path: string, origin: string): Promise<Answer> => {
		const showPage = ({ source }: Html): Answer => ({
			headers: { 'content-type': 'text/html; charset=utf-8' },
			body: stage.sandbox ? linkToObjects(source, origin) : source,
		});
		if (path === '/style.css') return { headers: { 'content-type': 'text/css' }, body: STYLE };
		if (path === '/script.js')
			return { headers: { 'content-type': 'text/javascript' }, body: SCRIPT };
		if (path.startsWith('/files/')) return findFile(stage, decodeURIComponent(path.slice(7)));
		if (path.startsWith('/samples/')) return findSampleFile(path.slice(9));
		if (path.startsWith('/persona/')) {
			const page = renderObjectPage(stage, state, decodeURIComponent(path.slice(9)));
			return page ? showPage(page) : { status: 404, body: 'The sandbox has no such object' };
		}
		if (path !== '/') return { status: 404, body: 'Not found' };
		noteArrivals();
		return showPage(await renderPage(stage, state, account));
	};

	const server = createServer((request, response) => {
		void answer(request)
			.catch((error: Error): Answer => ({ status: 500, body: error.message }))
			.then((sent) => send(response, sent));
	});
	const answer = async (request: IncomingMessage): Promise<Answer> => {
		const { method, url = '/', headers } = request;
		const { port: ownPort } = server.address() as AddressInfo;
		const hosts = [`127.0.0.1:${ownPort}`, `localhost:${ownPort}`];
		// Pages of other sites may neither read this one nor press its buttons.
		if (!hosts.includes(headers.host ?? '')) return { status: 403, body: 'Wrong host' };
		const { pathname } = new URL(url, `http://${headers.host}`);
		if (method === 'GET') return await answerGet(pathname, `http://${headers.host}`);
		if (method !== 'POST' || headers.origin !== `http://${headers.host}`) {
			return { status: 403, body: 'Only from this page' };
		}
		const form = new URLSearchParams(await readForm(request));
		const place = await act(stage, state, pathname, (name) => form.get(name) ?? '');
		return { status: 303, headers: { location: place } };
	};
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async close() {
			clearInterval(timer);
			server.close();
			server.closeAllConnections();
		},
	};
}

function send(response: ServerResponse, { status = 200, headers, body = '' }: Answer) {
	const type = { 'content-type': 'text/plain; charset=utf-8' };
	response.writeHead(status, { ...SECURITY_HEADERS, ...type, ...headers }).end(body);
}

async function readForm(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of request) {
		size += (part as Buffer).length;
		if (size > MAX_FORM_BYTES) throw new Error('The form is too long');
		parts.push(part as Buffer);
	}
	return Buffer.concat(parts).toString();
}

/** Does what a button says, and notes what came of it. Returns the path of the page to show next. */
async function act(
	stage: Stage,
	{ customers, outcomes }: PageState,
	path: string,
	get: (name: string) => string,
): Promise<string> {
	const { slack, jira } = stage.standIns;
	const note = async (place: string, work: () => Promise<string>) => {
		outcomes.set(place, await work().catch((error: Error) => `Failed: ${error.message}`));
	};
	if (path === '/press') {
		const message = slack.messages[Number(get('message'))];
		if (!message) throw new Error('There is no such message');
		await note('slack', async () => {
			const user = [slackUser, otherSlackUser].find(({ name }) => name === get('user'));
			const { n8nUrl } = stage;
			const status = await slack.pressButton(n8nUrl, message, get('button'), undefined, user);
			return status < 400 ? '' : `n8n refused the button press (${status}).`;
		});
		return '/#slack';
	}
	if (path === '/ticket') {
		const ticket = jira.issues.find(({ key }) => key === get('key'));
		if (!ticket) throw new Error('There is no such ticket');
		if (get('status')) jira.move(ticket, get('status'));
		else jira.comment(ticket, get('comment'));
		return '/#jira';
	}
	if (!stage.sandbox) throw new Error('With the real Persona, nothing is started from here');
	if (path === '/customer') {
		const count = customers.length + 1;
		await note('people', async () => {
			const fields = buildFields(get('special'), count);
			customers.push(await createCustomer(stage, fields, `person-${count}`));
			return '';
		});
		return '/#people';
	}
	if (path === '/inquiry') {
		const id = get('inquiry');
		const action = Object.entries(inquiryActions).find(([label]) => label === get('action'))?.[1];
		if (findObject(stage, id)?.type !== 'inquiry' || !action) {
			throw new Error('There is no such button');
		}
		const isOnOwnPage = get('from') === getObjectPath(id);
		await note(isOnOwnPage ? id : 'people', async () => {
			const { text, link } = await action(stage, id);
			const person = customers.find(({ inquiryId }) => inquiryId === id);
			if (person && link) person.link = link;
			return text;
		});
		return isOnOwnPage ? getObjectPath(id) : '/#people';
	}
	if (path === '/case') {
		await note('cases', () => createCase(stage, get('about')));
		return '/#cases';
	}
	if (path === '/case-action') {
		const id = get('case');
		const isOnOwnPage = get('from') === getObjectPath(id);
		await note(isOnOwnPage ? id : 'cases', () =>
			changeCase(stage, id, get('action'), get('comment')),
		);
		return isOnOwnPage ? getObjectPath(id) : '/#cases';
	}
	if (path === '/report') {
		await note('people', () => createReport(stage, get('name'), get('type')));
		return '/#people';
	}
	const workflow = listWorkflows(stage.environment).find(({ id }) => id === get('workflow'));
	if (!workflow) throw new Error('There is no such workflow');
	const actions: Record<string, () => Promise<string>> = {
		'/publish': () => publish(stage, workflow),
		'/unpublish': () => stage.client.unpublish(workflow.id).then(() => 'Unpublished.'),
		'/request': () => sendRequest(stage, workflow, get('node'), get('body')),
		'/call': () => callAsPersona(stage, workflow, get('node'), get('body')),
		'/run': () => run(stage, workflow, get('node')),
	};
	const action = actions[path];
	if (!action) throw new Error('There is no such button');
	await note(workflow.id, action);
	return `/#workflow-${workflow.id}`;
}

/** Makes links to objects in Persona's dashboard lead to what the sandbox knows of them. */
export const linkToObjects = (source: string, origin: string): string =>
	source.replace(
		/(href=(?:"|&#34;))https:\/\/(?:app\.)?withpersona\.com\/dashboard\/[\w-]+\/(\w+)(?="|&#34;)/g,
		(_, start: string, id: string) => `${start}${origin}${getObjectPath(id)}`,
	);

function findSampleFile(name: string): Answer {
	const file = Object.entries(sampleFiles).find(([known]) => known === name)?.[1];
	if (!file) return { status: 404, body: 'Not found' };
	const headers = { 'content-disposition': `attachment; filename="${name}"` };
	return { headers: { ...headers, 'content-type': 'application/octet-stream' }, body: file };
}

/** A file of S3. Only pictures and plain text are shown; the browser stores everything else. */
function findFile({ standIns }: Stage, key: string): Answer {
	const file = standIns.s3.files.get(key);
	if (!file) return { status: 404, body: 'Not found' };
	const { contentType, bytes } = file;
	const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(contentType);
	const isText = /^(text\/plain|application\/json)\b/.test(contentType);
	const headers = {
		'content-type': isPicture ? contentType : 'text/plain; charset=utf-8',
		...(!isPicture && !isText && { 'content-disposition': 'attachment' }),
	};
	return { headers: { ...headers, 'content-security-policy': 'sandbox' }, body: bytes };
}
