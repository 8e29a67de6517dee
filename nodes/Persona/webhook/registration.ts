import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import { Client, UNSENT, type Answer, type Request } from '../transport/client';
import { toNodeError } from '../transport/errors';
import type { Document, PersonaObject } from '../transport/jsonApi';
import { pages } from '../transport/pages';
import { isAsWanted, LABELS, wantedOf } from './wanted';

/** What n8n stores with the workflow for the node, readable by all who may see the workflow. */
export interface Stored extends IDataObject {
	webhookId?: string;
}

/** n8n gives all tries of an activation 84 seconds together. */
const PATIENCE = { tries: 3, timeout: 15_000 };

const storedOf = (hook: IHookFunctions) => hook.getWorkflowStaticData('node') as Stored;

/** Where one webhook stands in Persona's API. */
export const pathOf = (webhookId: string) => `/webhooks/${encodeURIComponent(webhookId)}`;

const succeeded = ({ statusCode }: Answer) => statusCode >= 200 && statusCode < 300;

/** n8n's status panel shows a headline and nothing else, so the whole text becomes one. */
function failure(hook: IHookFunctions, { method }: Request, answer: Answer) {
	const error = toNodeError(hook.getNode(), answer, {
		labels: LABELS,
		permission: method === 'GET' ? 'webhook.read' : 'webhook.write',
	});
	if (answer.statusCode !== UNSENT) error.message = `${error.message}. ${error.description}`;
	error.description = undefined;
	return error;
}

async function personaFor(hook: IHookFunctions) {
	const client = await Client.of(hook, PATIENCE);
	const answer = async (request: Request) => await client.answer(request);
	const document = async (request: Request) => {
		const result = await client.answer(request);
		if (!succeeded(result)) throw failure(hook, request, result);
		return result.body as Document;
	};
	return { answer, document };
}

type Persona = Awaited<ReturnType<typeof personaFor>>;

/** Whether the node's webhook stands in Persona just as the parameters ask for. */
export async function stands(hook: IHookFunctions): Promise<boolean> {
	const stored = storedOf(hook);
	if (!stored.webhookId) return false;
	const persona = await personaFor(hook);
	const request: Request = { method: 'GET', path: pathOf(stored.webhookId) };
	const answer = await persona.answer(request);
	if (!succeeded(answer) && answer.statusCode !== 404) throw failure(hook, request, answer);
	const { attributes = {} } = ((answer.body as Document).data ?? {}) as Partial<PersonaObject>;
	if (answer.statusCode === 404 || attributes.status === 'archived') {
		delete stored.webhookId;
		return false;
	}
	return attributes.status === 'enabled' && isAsWanted(attributes, await wantedOf(hook));
}

/**
 * Makes Persona deliver to the node: changes the webhook that is there, or creates one, and enables
 * it. What fails half way is archived again.
 */
export async function register(hook: IHookFunctions): Promise<void> {
	const stored = storedOf(hook);
	const attributes = await wantedOf(hook);
	const persona = await personaFor(hook);
	const standing = stored.webhookId ?? (await adopted(persona, attributes.url));
	const { data } = await persona.document({
		method: standing ? 'PATCH' : 'POST',
		path: standing ? pathOf(standing) : '/webhooks',
		body: { data: { attributes } },
	});
	const webhook = data as PersonaObject;
	stored.webhookId = webhook.id;
	if (webhook.attributes?.status === 'enabled') return;
	const request: Request = { method: 'POST', path: `${pathOf(webhook.id)}/enable` };
	const answer = await persona.answer(request);
	if (succeeded(answer)) return;
	if (isGone(await archive(persona, webhook.id))) delete stored.webhookId;
	throw failure(hook, request, answer);
}

/** Ends the deliveries to the node; there may be none. */
export async function unregister(hook: IHookFunctions): Promise<void> {
	const stored = storedOf(hook);
	if (!stored.webhookId) return;
	const persona = await personaFor(hook);
	const answer = await archive(persona, stored.webhookId);
	if (!isGone(answer)) {
		const error = failure(hook, { method: 'POST', path: '' }, answer);
		error.message = `Webhook ${stored.webhookId} stays in Persona, archive it there. ${error.message}`;
		throw error;
	}
	delete stored.webhookId;
}

/**
 * The webhook that delivers to this address already: an n8n that broke down could not archive it.
 * The address is the node's own, so of several one is enough and the others are archived.
 */
async function adopted(persona: Persona, url: string): Promise<string | undefined> {
	const standing: string[] = [];
	const list: Request = { method: 'GET', path: '/webhooks' };
	for await (const { object } of pages(persona.document, list, Infinity)) {
		const { attributes = {}, id } = object;
		if (attributes.url === url && attributes.status !== 'archived') standing.push(id);
	}
	const [first, ...others] = standing;
	for (const id of others) await archive(persona, id);
	return first;
}

/** Archives a webhook; a refusal because it is archived already comes back as its document. */
async function archive(persona: Persona, webhookId: string): Promise<Answer> {
	const answer = await persona.answer({ method: 'POST', path: `${pathOf(webhookId)}/archive` });
	if (![409, 422].includes(answer.statusCode)) return answer;
	const now = await persona.answer({ method: 'GET', path: pathOf(webhookId) });
	const { data } = now.body as Document;
	return (data as PersonaObject | undefined)?.attributes?.status === 'archived' ? now : answer;
}

const isGone = (answer: Answer) => succeeded(answer) || answer.statusCode === 404;
