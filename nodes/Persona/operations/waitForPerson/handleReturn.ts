import type {
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { Client } from '../../transport/client';
import { RETURN_RETRY_POLICY } from '../../transport/retryPolicies';
import { RETURN_CHECK_DELAYS_MS } from '../../transport/retryTiming';
import type { ObjectDocument } from '../../transport/jsonApi';
import { delay } from '../../utils/delay';
import { isOpen, toWaitItem, buildGetRequest, type InquiryRef } from './inquiry';
import { buildResetRedirectRequest, loadWaitState, type WaitState } from './waitState';
import { redirect, sendPage, type ReturnPage } from './returnPage';
import { isTimeUp } from './suspendExecution';

/** What Persona adds to the URL to which it sends the person. */
const PERSONA_PARAMETERS = ['inquiry-id', 'status', 'reference-id'];

/** The current state of an inquiry. Throws where it cannot be read. */
async function fetchInquiry(client: Client, inquiry: InquiryRef): Promise<ObjectDocument> {
	const { statusCode, body } = await client.request(buildGetRequest(inquiry));
	if (statusCode !== 200) throw new Error(`Persona responded with ${statusCode}`);
	return body as ObjectDocument;
}

/** Checks the inquiry of a person who has just returned until it is closed, or a last time. */
async function fetchUntilClosed(client: Client, inquiry: InquiryRef): Promise<ObjectDocument> {
	let document: ObjectDocument;
	let check = 0;
	do {
		await delay(RETURN_CHECK_DELAYS_MS[check]);
		document = await fetchInquiry(client, inquiry);
	} while (isOpen(document) && ++check < RETURN_CHECK_DELAYS_MS.length);
	return document;
}

/** The output of the node; undefined while a person is awaited. `fetched` is not fetched again. */
async function buildOutput(
	client: Client,
	state: WaitState,
	fetched: Map<InquiryRef, ObjectDocument>,
) {
	const outputs: Array<[index: number, output: INodeExecutionData[]]> = Object.entries(
		state.failed,
	).map(([index, output]) => [Number(index), output]);
	for (const [key, inquiry] of Object.entries(state.waits)) {
		const document = fetched.get(inquiry) ?? (await fetchInquiry(client, inquiry));
		if (isOpen(document)) {
			if (!isTimeUp(state)) return undefined;
			await client.request(buildResetRedirectRequest(inquiry));
		}
		const index = Number(key);
		const item = toWaitItem(document, inquiry.output);
		outputs.push([index, [{ ...item, pairedItem: { item: index } }]]);
	}
	return outputs.sort(([a], [b]) => a - b).flatMap(([, output]) => output);
}

/** Adds to the customer's URL what Persona would have added. */
function addPersonaParameters(url: string, query: IDataObject): string {
	const extended = new URL(url);
	for (const name of PERSONA_PARAMETERS) {
		const value = query[name];
		if (typeof value === 'string') extended.searchParams.set(name, value);
	}
	return extended.href;
}

/**
 * Handles a call of the resume URL: responds to the browser, and resumes the execution once no person
 * is awaited any more. Nothing in the call itself is trusted: the inquiries are fetched from Persona.
 */
export async function handleReturn(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const query = this.getQueryData() as IDataObject;
	let page: ReturnPage = 'open';
	let redirectUrl = '';
	let output: INodeExecutionData[] | undefined;
	try {
		const state = loadWaitState(this);
		// Persona does not document how it adds parameters to a URL that already has some.
		const [mark] = String(query.person).split('?');
		const returned = Object.values(state.waits).find((inquiry) => inquiry.mark === mark);
		if (!returned && !isTimeUp(state)) throw new Error('no inquiry is waiting at this URL');
		const client = await Client.create(this, RETURN_RETRY_POLICY);
		const fetched = new Map<InquiryRef, ObjectDocument>();
		if (returned) fetched.set(returned, await fetchUntilClosed(client, returned));
		const isFinished = ![...fetched.values()].some(isOpen);
		if (isFinished) page = 'done';
		if (isFinished && returned?.redirectUrl) {
			redirectUrl = addPersonaParameters(returned.redirectUrl, query);
		}
		if (isFinished || isTimeUp(state)) output = await buildOutput(client, state, fetched);
	} catch (error) {
		// For an error thrown here, n8n would end the execution and show it to the caller.
		this.logger.debug(`The execution stays suspended: ${(error as Error).message}`);
	}
	if (redirectUrl) redirect(this, redirectUrl);
	else sendPage(this, page);
	return { noWebhookResponse: true, ...(output && { workflowData: [output] }) };
}
