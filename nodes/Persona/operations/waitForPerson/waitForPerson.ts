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
	type WaitState,
} from './waitState';
import { getResumeUrl, suspendExecution, isTimeUp } from './suspendExecution';
import { readTimeoutMs, readRedirectUrl, waitParameters } from './waitParameters';

/** The webhook at which n8n receives a person who returns from Persona. */
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

/** Builds the request that creates or reads the inquiry to wait for, with this query. */
type BuildRequest = (context: ItemContext, query: IDataObject) => ApiRequest | Promise<ApiRequest>;

/** Creates or reads the inquiry, and has Persona send the person back. Parameters are checked first. */
async function startWaiting(context: ItemContext, buildRequest: BuildRequest) {
	const { node } = context.run;
	if (isTool(node.getNode())) {
		context.fail(
			'The tool of an AI agent cannot wait for a person',
			'Put this operation into the workflow itself, outside the agent.',
		);
	}
	const timeoutMs = readTimeoutMs(context);
	const redirectUrl = readRedirectUrl(context);
	const query = readQuery(context);
	const document = await context.requestDocument(await buildRequest(context, query));
	const { id } = document.data as PersonaObject;
	const simplify = context.readSetting<boolean>('simplify');
	const mark = randomUUID();
	const inquiry: PendingInquiry = { id, query, simplify, mark, redirectUrl, open: true };
	if (isOpen(document)) await redirectToExecution(context, inquiry);
	return { document, inquiry, until: isOpen(document) ? Date.now() + timeoutMs : 0 };
}

/**
 * Makes Persona send the person to this execution. This cannot be part of the creation: for a repeated
 * idempotency key, Persona returns the first response, with the redirect to the earlier execution.
 */
async function redirectToExecution(context: ItemContext, { id, mark }: PendingInquiry) {
	try {
		await context.requestDocument(buildRedirectRequest(id, getResumeUrl(context.run.node, mark)));
	} catch (error) {
		const { message, description } = error as NodeApiError;
		context.fail(
			`Inquiry ${id} exists, but the person cannot be sent back to n8n: ${message}`,
			description ?? '',
		);
	}
}

/** Reads an inquiry again after the execution was resumed or retried. */
async function continueWaiting(context: ItemContext, state: WaitState, inquiry: PendingInquiry) {
	const document = await context.requestDocument(buildGetRequest(inquiry));
	if (isOpen(document) && isTimeUp(state)) {
		await context.run.client.request(buildResetRedirectRequest(inquiry));
	}
	return document;
}

/**
 * Row members that make an operation wait for the people of its inquiries. All items share one
 * suspension: it ends when no person is awaited any more, and at the latest with the longest timeout.
 */
const waitForReturn = (
	buildRequest: BuildRequest,
): Pick<Operation, 'nodeFields' | 'execute' | 'afterAll'> => ({
	nodeFields: waitParameters,

	async execute(context) {
		const { run, itemIndex } = context;
		const state = getWaitState(run);
		if (wasSuspended(run) && state.failed[itemIndex]) return state.failed[itemIndex];
		let inquiry = state.waits[itemIndex];
		let document: JsonApiDocument;
		if (inquiry) document = await continueWaiting(context, state, inquiry);
		else {
			const started = await startWaiting(context, buildRequest);
			({ document, inquiry } = started);
			state.waits[itemIndex] = inquiry;
			state.until = Math.max(state.until, started.until);
		}
		inquiry.open = isOpen(document);
		return [toWaitItem(document, inquiry.simplify)];
	},

	async afterAll({ run, itemIndex }, output) {
		const state = getWaitState(run);
		const inquiry = state.waits[itemIndex];
		if (!inquiry) state.failed[itemIndex] = output;
		else if (inquiry.open && !isTimeUp(state)) await suspendExecution(run, state);
		return output;
	},
});

/** Row that suspends the execution until the person of an existing inquiry returns. */
export const waitForPerson: Operation = {
	name: 'Wait for Person',
	action: 'Wait for the person of an inquiry',
	description:
		'Suspend the execution until the person returns from the flow whose link you sent, or until a deadline. If you use Allowed Domains in Persona, add the domain of n8n.',
	route: 'GET /inquiries/{inquiry-id}',
	...waitForReturn((context, query) =>
		buildGetRequest({ id: context.readId('inquiry-id'), query }),
	),
	returns: 'item',
};

/** Row that does the same for a new inquiry; `creation` has the fields to create it with. */
export const createAndWait = (creation: Partial<Operation>): Operation => ({
	name: 'Create and Wait',
	action: 'Create an inquiry and wait for the person',
	description:
		'Start a verification whose link Persona sends, and suspend the execution until the person has finished. To send the link from n8n, use Create, then a node that sends it, then Wait for Person. If you use Allowed Domains in Persona, add the domain of n8n.',
	route: 'POST /inquiries',
	...creation,
	...waitForReturn(async (context, query) => ({ ...(await context.buildRequest()), query })),
	returns: 'item',
});
