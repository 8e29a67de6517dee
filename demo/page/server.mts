import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EditorAccount } from '../../tools/n8n/n8nClient.mts';
import { otherSlackUser, slackUser } from '../../tools/services/slackButtons.mts';
import {
	callAsPersona,
	createCustomer,
	createReport,
	inquiryActions,
	listWorkflows,
	publish,
	run,
	sendRequest,
	type Stage,
} from './actions.mts';
import { buildFields, renderPage, type PageState } from './page.mts';
import { listArrived } from './sections.mts';
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
	const state: PageState = { arrivals: new WeakMap(), customers: [], outcomes: new Map() };
	const noteArrivals = () => {
		for (const each of listArrived(stage.standIns)) {
			if (!state.arrivals.has(each)) state.arrivals.set(each, new Date());
		}
	};
	const timer = setInterval(noteArrivals, NOTE_MS);

	const answerGet = async (path: string): Promise<Answer> => {
		if (path === '/style.css') return { headers: { 'content-type': 'text/css' }, body: STYLE };
		if (path === '/script.js')
			return { headers: { 'content-type': 'text/javascript' }, body: SCRIPT };
		if (path.startsWith('/files/')) return findFile(stage, decodeURIComponent(path.slice(7)));
		if (path !== '/') return { status: 404, body: 'Not found' };
		noteArrivals();
		const { source } = await renderPage(stage, state, account);
		return { headers: { 'content-type': 'text/html; charset=utf-8' }, body: source };
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
		if (method === 'GET') return await answerGet(pathname);
		if (method !== 'POST' || headers.origin !== `http://${headers.host}`) {
			return { status: 403, body: 'Only from this page' };
		}
		const form = new URLSearchParams(await readForm(request));
		const place = await act(stage, state, pathname, (name) => form.get(name) ?? '');
		return { status: 303, headers: { location: `/#${place}` } };
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

/** Does what a button says, and notes what came of it. Returns the place on the page to go on at. */
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
		return 'slack';
	}
	if (path === '/ticket') {
		const ticket = jira.issues.find(({ key }) => key === get('key'));
		if (!ticket) throw new Error('There is no such ticket');
		if (get('status')) jira.move(ticket, get('status'));
		else jira.comment(ticket, get('comment'));
		return 'jira';
	}
	if (!stage.sandbox) throw new Error('With the real Persona, nothing is started from here');
	if (path === '/customer') {
		const count = customers.length + 1;
		await note('people', async () => {
			const fields = buildFields(get('special'), count);
			customers.push(await createCustomer(stage, fields, `person-${count}`));
			return '';
		});
		return 'people';
	}
	if (path === '/inquiry') {
		const person = customers.find(({ inquiryId }) => inquiryId === get('inquiry'));
		const action = Object.entries(inquiryActions).find(([label]) => label === get('action'))?.[1];
		if (!person || !action) throw new Error('There is no such button');
		await note('people', async () => await action(stage, person.inquiryId));
		return 'people';
	}
	if (path === '/report') {
		await note('people', () => createReport(stage, get('name'), get('type')));
		return 'people';
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
	return `workflow-${workflow.id}`;
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
