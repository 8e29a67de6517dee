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
import type { Document } from '../../transport/jsonApi';
import { isOpen, itemOf, reading, type Sought } from './inquiry';
import { release, remembered, type Memory } from './executionState';
import { sendOn, show, type Page } from './returnPage';
import { isOver } from './suspend';

/** What Persona adds to the address to which it sends the person. */
const PARAMETERS = ['inquiry-id', 'status', 'reference-id'];

/** The inquiry as Persona has it now. Throws where it cannot be read. */
async function read(client: Client, inquiry: Sought): Promise<Document> {
	const { statusCode, body } = await client.answer(reading(inquiry));
	if (statusCode !== 200) throw new Error(`Persona answered ${statusCode}`);
	return body as Document;
}

/** The inquiry of somebody who has just come back, once it is not open any more, or as it is. */
async function settled(client: Client, inquiry: Sought): Promise<Document> {
	let document: Document;
	let look = 0;
	do {
		await sleep(RETURN_CHECK_DELAYS_MS[look]);
		document = await read(client, inquiry);
	} while (isOpen(document) && ++look < RETURN_CHECK_DELAYS_MS.length);
	return document;
}

/** The output of the node, or nothing while there is somebody to wait for. */
async function outputOf(client: Client, memory: Memory, seen: Map<Sought, Document>) {
	const items: Array<[item: number, INodeExecutionData[]]> = Object.entries(memory.failed).map(
		([item, output]) => [Number(item), output],
	);
	for (const [index, wait] of Object.entries(memory.waits)) {
		const document = seen.get(wait) ?? (await read(client, wait));
		if (isOpen(document)) {
			if (!isOver(memory)) return undefined;
			await client.answer(release(wait));
		}
		const item = Number(index);
		items.push([item, [{ ...itemOf(document, wait.simplify), pairedItem: { item } }]]);
	}
	return items.sort(([a], [b]) => a - b).flatMap(([, output]) => output);
}

/** An address with what Persona would have added to it. */
function withParameters(url: string, query: IDataObject): string {
	const address = new URL(url);
	for (const name of PARAMETERS) {
		const value = query[name];
		if (typeof value === 'string') address.searchParams.set(name, value);
	}
	return address.href;
}

/**
 * Answers whoever calls the address of a sleeping execution, and wakes it when none of its persons
 * is waited for any more. What the call says of itself decides nothing: Persona is asked.
 */
export async function comeBack(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const query = this.getQueryData() as IDataObject;
	let address = '';
	let page: Page = 'open';
	let output: INodeExecutionData[] | undefined;
	try {
		const memory = remembered(this);
		const waits = Object.values(memory.waits);
		// Persona does not document how it adds parameters to an address that has some already.
		const [person] = String(query.person).split('?');
		const back = waits.find(({ mark }) => mark === person);
		if (!back && !isOver(memory)) throw new Error('nobody is waited for at this address');
		const client = await Client.of(this, RETURN_RETRY_POLICY);
		const seen = new Map<Sought, Document>();
		if (back) seen.set(back, await settled(client, back));
		const stays = [...seen.values()].some(isOpen);
		if (!stays) page = 'done';
		if (back?.redirectUrl && !stays) address = withParameters(back.redirectUrl, query);
		if (!stays || isOver(memory)) output = await outputOf(client, memory, seen);
	} catch (error) {
		// n8n would end the execution for an error here, and show it to whoever calls.
		this.logger.debug(`The execution sleeps on: ${(error as Error).message}`);
	}
	if (address) sendOn(this, address);
	else show(this, page);
	return { noWebhookResponse: true, ...(output && { workflowData: [output] }) };
}
