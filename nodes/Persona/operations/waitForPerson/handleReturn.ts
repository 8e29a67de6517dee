import type {
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { Client } from '../../transport/client';
import { RETURN_RETRY_POLICY } from '../../transport/retryPolicies';
import { RETURN_CHECK_DELAYS_MS } from '../../transport/retryTiming';
import type { JsonApiDocument } from '../../transport/jsonApi';
import { isOpen, toWaitItem, buildGetRequest, type InquiryRef } from './inquiry';
import { buildResetRedirectRequest, loadWaitState, type WaitState } from './waitState';
import { redirect, sendPage, type ReturnPage } from './returnPage';
import { isTimeUp } from './suspendExecution';

/** What Persona adds to the address to which it sends the person. */
const PERSONA_PARAMETERS = ['inquiry-id', 'status', 'reference-id'];

/** The inquiry as Persona has it now. Throws where it cannot be read. */
async function fetchInquiry(client: Client, inquiry: InquiryRef): Promise<JsonApiDocument> {
	const { statusCode, body } = await client.request(buildGetRequest(inquiry));
	if (statusCode !== 200) throw new Error(`Persona responded with ${statusCode}`);
	return body as JsonApiDocument;
}

/** The inquiry of somebody who has just come back, once it is not open any more, or as it is. */
async function fetchUntilClosed(client: Client, inquiry: InquiryRef): Promise<JsonApiDocument> {
	let document: JsonApiDocument;
	let look = 0;
	do {
		await sleep(RETURN_CHECK_DELAYS_MS[look]);
		document = await fetchInquiry(client, inquiry);
	} while (isOpen(document) && ++look < RETURN_CHECK_DELAYS_MS.length);
	return document;
}

/** The output of the node, or nothing while there is somebody to wait for. */
async function buildOutput(
	client: Client,
	memory: WaitState,
	seen: Map<InquiryRef, JsonApiDocument>,
) {
	const items: Array<[item: number, INodeExecutionData[]]> = Object.entries(memory.failed).map(
		([item, output]) => [Number(item), output],
	);
	for (const [index, wait] of Object.entries(memory.waits)) {
		const document = seen.get(wait) ?? (await fetchInquiry(client, wait));
		if (isOpen(document)) {
			if (!isTimeUp(memory)) return undefined;
			await client.request(buildResetRedirectRequest(wait));
		}
		const item = Number(index);
		items.push([item, [{ ...toWaitItem(document, wait.simplify), pairedItem: { item } }]]);
	}
	return items.sort(([a], [b]) => a - b).flatMap(([, output]) => output);
}

/** An address with what Persona would have added to it. */
function addPersonaParameters(url: string, query: IDataObject): string {
	const address = new URL(url);
	for (const name of PERSONA_PARAMETERS) {
		const value = query[name];
		if (typeof value === 'string') address.searchParams.set(name, value);
	}
	return address.href;
}

/**
 * Answers whoever calls the address of a sleeping execution, and wakes it when none of its persons
 * is waited for any more. What the call says of itself decides nothing: Persona is asked.
 */
export async function handleReturn(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const query = this.getQueryData() as IDataObject;
	let address = '';
	let page: ReturnPage = 'open';
	let output: INodeExecutionData[] | undefined;
	try {
		const memory = loadWaitState(this);
		const waits = Object.values(memory.waits);
		// Persona does not document how it adds parameters to an address that has some already.
		const [person] = String(query.person).split('?');
		const back = waits.find(({ mark }) => mark === person);
		if (!back && !isTimeUp(memory)) throw new Error('no inquiry is waiting at this URL');
		const client = await Client.create(this, RETURN_RETRY_POLICY);
		const seen = new Map<InquiryRef, JsonApiDocument>();
		if (back) seen.set(back, await fetchUntilClosed(client, back));
		const stays = [...seen.values()].some(isOpen);
		if (!stays) page = 'done';
		if (back?.redirectUrl && !stays) address = addPersonaParameters(back.redirectUrl, query);
		if (!stays || isTimeUp(memory)) output = await buildOutput(client, memory, seen);
	} catch (error) {
		// n8n would end the execution for an error here, and show it to whoever calls.
		this.logger.debug(`The execution stays suspended: ${(error as Error).message}`);
	}
	if (address) redirect(this, address);
	else sendPage(this, page);
	return { noWebhookResponse: true, ...(output && { workflowData: [output] }) };
}
