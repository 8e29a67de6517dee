import { randomUUID } from 'crypto';
import type { IDataObject, IWebhookDescription, NodeApiError } from 'n8n-workflow';
import type { ItemContext, Operation } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import { isTool } from '../../transport/errors';
import type { Output } from '../../transport/output';
import type { ObjectDocument } from '../../transport/jsonApi';
import { explainUnreachable, isReachable } from '../../utils/publicUrl';
import { isOpen, toWaitItem, readQuery, buildGetRequest, buildRedirectRequest } from './inquiry';
import {
	wasSuspended,
	getWaitState,
	buildResetRedirectRequest,
	type PendingInquiry,
	type WaitState,
} from './waitState';
import { getResumeUrl, suspendExecution, isTimeUp } from './suspendExecution';
import { readRedirectUrl, waitParameters } from './waitParameters';

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

/** What is needed to begin to wait for the person of an inquiry. */
interface WaitPlan {
	/** Creates or reads the inquiry. */
	request: ApiRequest;
	query: IDataObject;
	output: Output;
	timeoutMs: number;
	redirectUrl: string;
}

/** Reads the parameters of an item. Throws if it cannot wait, or the person could not return. */
async function readWaitPlan(context: ItemContext, buildRequest: BuildRequest): Promise<WaitPlan> {
	const { node, apiUrl } = context.run;
	if (isTool(node.getNode())) {
		context.fail(
			'The tool of an AI agent cannot wait for a person',
			'Put this operation into the workflow itself, outside the agent.',
		);
	}
	const resumeUrl = getResumeUrl(node);
	if (!isReachable(resumeUrl, apiUrl)) context.fail(...explainUnreachable(resumeUrl));
	const query = readQuery(context);
	return {
		query,
		request: await buildRequest(context, query),
		output: context.readOutput(),
		timeoutMs: context.readSetting<number>('waitAtMost') * 1000,
		redirectUrl: readRedirectUrl(context),
	};
}

/** Creates or reads the inquiry, and has Persona send the person back. */
async function startWaiting(context: ItemContext, plan: WaitPlan) {
	const { request, query, output, timeoutMs, redirectUrl } = plan;
	const document = await context.requestDocument(request);
	const { id } = document.data;
	const mark = randomUUID();
	const inquiry: PendingInquiry = { id, query, output, mark, redirectUrl, open: true };
	if (!isOpen(document)) return { document, inquiry, until: 0 };
	// Who finishes before the redirect is set, or has finished an inquiry that Persona returned again
	// for an idempotency key, is not sent back: the state that answers the change counts.
	if (!isOpen(await redirectToExecution(context, inquiry))) {
		const current = await context.requestDocument(buildGetRequest(inquiry));
		return { document: current, inquiry, until: 0 };
	}
	return { document, inquiry, until: Date.now() + timeoutMs };
}

/**
 * Makes Persona send the person to this execution. This cannot be part of the creation: for a repeated
 * idempotency key, Persona returns the first response, with the redirect to the earlier execution.
 */
async function redirectToExecution(
	context: ItemContext,
	inquiry: PendingInquiry,
): Promise<ObjectDocument> {
	const { id, mark } = inquiry;
	const request = buildRedirectRequest(id, getResumeUrl(context.run.node, mark));
	try {
		return await context.requestDocument(request);
	} catch (error) {
		const current = await context.requestDocument(buildGetRequest(inquiry)).catch(() => undefined);
		if (current && !isOpen(current)) return current;
		const { message, description } = error as NodeApiError;
		return context.fail(
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
const waitForReturn = (buildRequest: BuildRequest): Pick<Operation, 'nodeFields' | 'prepare'> => ({
	nodeFields: waitParameters,

	async prepare(context) {
		const { run, itemIndex } = context;
		const state = getWaitState(run);
		const failedBefore = wasSuspended(run) ? state.failed[itemIndex] : undefined;
		if (failedBefore) return { run: async () => failedBefore };
		const waiting = state.waits[itemIndex] as PendingInquiry | undefined;
		const plan = waiting ? undefined : await readWaitPlan(context, buildRequest);
		const toItem = (document: ObjectDocument, inquiry: PendingInquiry) => {
			inquiry.open = isOpen(document);
			return [toWaitItem(document, inquiry.output)];
		};
		return {
			request: plan?.request,
			run: async () => {
				if (waiting) return toItem(await continueWaiting(context, state, waiting), waiting);
				const { document, inquiry, until } = await startWaiting(context, plan as WaitPlan);
				state.waits[itemIndex] = inquiry;
				state.until = Math.max(state.until, until);
				return toItem(document, inquiry);
			},
			afterAll: async (output, outputs) => {
				// Once n8n continues, it gets the whole output from the state.
				outputs.forEach((failed, index) => {
					if (!state.waits[index]) state.failed[index] = failed;
				});
				if (state.waits[itemIndex]?.open && !isTimeUp(state)) await suspendExecution(run, state);
				return output;
			},
		};
	},
});

/** Row that suspends the execution until the person of an existing inquiry returns. */
export const waitForPerson: Operation = {
	name: 'Wait for Person',
	action: 'Wait for person to finish inquiry',
	description:
		'Suspend the execution until the person returns from the flow whose link you sent, or until a deadline. If you use Allowed Domains in Persona, add the domain of n8n.',
	builderHint: '`finished` in the output is false if the person did not finish in time.',
	route: 'GET /inquiries/{inquiry-id}',
	...waitForReturn((context, query) =>
		buildGetRequest({ id: context.readId('inquiry-id'), query }),
	),
};

/** Row that does the same for a new inquiry; `creation` has the fields to create it with. */
export const createAndWait = (creation: Partial<Operation>): Operation => ({
	name: 'Create and Wait',
	action: 'Create inquiry and wait for person',
	description:
		'Start a verification whose link Persona sends, and suspend the execution until the person has finished. To send the link from n8n, use Create, then a node that sends it, then Wait for Person. If you use Allowed Domains in Persona, add the domain of n8n.',
	route: 'POST /inquiries',
	...creation,
	...waitForReturn(async (context, query) => ({ ...(await context.buildRequest()), query })),
});
