import { randomUUID } from 'crypto';
import type { IDataObject, IWebhookDescription, NodeApiError } from 'n8n-workflow';
import type { ItemContext, Operation } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import { isTool } from '../../transport/errors';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import { isOpen, toWaitItem, readQuery, buildGetRequest, buildRedirectRequest } from './inquiry';
import {
	wasSuspended,
	getWaitState,
	buildResetRedirectRequest,
	type PendingInquiry,
} from './waitState';
import { getResumeUrl, suspendExecution, isTimeUp } from './suspendExecution';
import { readTimeoutMs, readRedirectUrl, waitParameters } from './waitParameters';

/** Where n8n takes the person who comes back from Persona. */
export const returnWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'GET',
		responseMode: 'onReceived',
		responseData: '',
		path: '={{ $nodeId }}',
		isFullPath: true,
		restartWebhook: true,
		ndvHideUrl: true,
	},
];

/** The request that gives the inquiry to wait for, with this query. */
type BuildRequest = (session: ItemContext, query: IDataObject) => ApiRequest | Promise<ApiRequest>;

/** What an item waits for, all of it checked before anything is asked of Persona. */
async function startWaiting(session: ItemContext, begin: BuildRequest) {
	const { node } = session.run;
	if (isTool(node.getNode())) {
		session.fail(
			'The tool of an AI agent cannot wait for a person',
			'Put this operation into the workflow itself, outside the agent.',
		);
	}
	const length = readTimeoutMs(session);
	const redirectUrl = readRedirectUrl(session);
	const query = readQuery(session);
	const document = await session.requestDocument(await begin(session, query));
	const { id } = document.data as PersonaObject;
	const simplify = session.readSetting<boolean>('simplify');
	const mark = randomUUID();
	const wait: PendingInquiry = { id, query, simplify, mark, redirectUrl, open: true };
	if (isOpen(document)) await redirectToExecution(session, wait);
	return { document, wait, until: isOpen(document) ? Date.now() + length : 0 };
}

/**
 * Has Persona send the person to this execution. Not with the creation, which Persona answers from
 * its memory where a key comes again: the person would be sent to the execution before.
 */
async function redirectToExecution(session: ItemContext, { id, mark }: PendingInquiry) {
	try {
		await session.requestDocument(buildRedirectRequest(id, getResumeUrl(session.run.node, mark)));
	} catch (error) {
		const { message, description } = error as NodeApiError;
		session.fail(
			`Inquiry ${id} exists, but the person cannot be sent back to n8n: ${message}`,
			description ?? '',
		);
	}
}

/**
 * Makes an operation wait for the persons of the inquiries that `begin` gives. One sleep is for all
 * items: it ends when nobody is waited for any more, at the latest with the longest of their times.
 */
const waitForReturn = (
	begin: BuildRequest,
): Pick<Operation, 'nodeFields' | 'execute' | 'afterAll'> => ({
	nodeFields: waitParameters,

	async execute(session) {
		const { run, itemIndex } = session;
		const memory = getWaitState(run);
		if (wasSuspended(run) && memory.failed[itemIndex]) return memory.failed[itemIndex];
		let wait = memory.waits[itemIndex];
		let document: JsonApiDocument;
		if (wait) {
			document = await session.requestDocument(buildGetRequest(wait));
			if (isOpen(document) && isTimeUp(memory))
				await run.client.request(buildResetRedirectRequest(wait));
		} else {
			const beginning = await startWaiting(session, begin);
			({ document, wait } = beginning);
			memory.waits[itemIndex] = wait;
			memory.until = Math.max(memory.until, beginning.until);
		}
		wait.open = isOpen(document);
		return [toWaitItem(document, wait.simplify)];
	},

	async afterAll({ run, itemIndex }, sent) {
		const memory = getWaitState(run);
		const wait = memory.waits[itemIndex];
		if (!wait) memory.failed[itemIndex] = sent;
		else if (wait.open && !isTimeUp(memory)) await suspendExecution(run, memory);
		return sent;
	},
});

/** Lets an execution sleep until the person of an inquiry that exists comes back. */
export const waitForPerson: Operation = {
	name: 'Wait for Person',
	action: 'Wait for the person of an inquiry',
	description:
		'Suspend the execution until the person returns from the flow whose link you sent, or until a deadline. If you use Allowed Domains in Persona, add the domain of n8n.',
	route: 'GET /inquiries/{inquiry-id}',
	...waitForReturn((session, query) =>
		buildGetRequest({ id: session.readId('inquiry-id'), query }),
	),
	returns: 'item',
};

/** The same for new inquiries, with the fields of the operation that creates them. */
export const createAndWait = (creation: Partial<Operation>): Operation => ({
	name: 'Create and Wait',
	action: 'Create an inquiry and wait for the person',
	description:
		'Start a verification whose link Persona sends, and suspend the execution until the person has finished. To send the link from n8n, use Create, then a node that sends it, then Wait for Person. If you use Allowed Domains in Persona, add the domain of n8n.',
	route: 'POST /inquiries',
	...creation,
	...waitForReturn(async (session, query) => ({ ...(await session.buildRequest()), query })),
	returns: 'item',
});
