import type { IHookFunctions } from 'n8n-workflow';
import type { Request } from '../../../transport/client';
import type { Document, PersonaObject } from '../../../transport/jsonApi';
import { pages } from '../../../transport/pagination';
import { catchUp, checkCatchUp, noteMissed, stopCatchingUp } from '../catchUp/catchUp';
import {
	archive,
	isGone,
	pathOf,
	personaFor,
	succeeded,
	toWebhookError,
	type Persona,
} from '../webhookApi';
import { storedOf } from '../staticData';
import { chosenEvents, isAsWanted, isNamedBy, markOf, wantedOf } from './desiredWebhook';
import { wayOf } from '../receiveMode';

/** Whether the node's webhook stands in Persona just as the parameters ask for. */
export async function stands(hook: IHookFunctions): Promise<boolean> {
	const stored = storedOf(hook);
	// Where nothing is registered, `register` still has something to check.
	if (!stored.webhookId || wayOf(hook) !== 'automatic') return false;
	const persona = await personaFor(hook);
	const request: Request = { method: 'GET', path: pathOf(stored.webhookId) };
	const answer = await persona.answer(request);
	if (!succeeded(answer) && answer.statusCode !== 404) throw toWebhookError(hook, request, answer);
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
	const way = wayOf(hook);
	if (way !== 'automatic') {
		if (way === 'byHand') chosenEvents(hook);
		await leave(hook);
		return;
	}
	const attributes = await wantedOf(hook);
	await checkCatchUp(hook);
	const persona = await personaFor(hook);
	const standing = stored.webhookId ?? (await adopted(hook, persona, attributes.url));
	const { data } = await persona.document({
		method: standing ? 'PATCH' : 'POST',
		path: standing ? pathOf(standing) : '/webhooks',
		body: { data: { attributes } },
	});
	const { id, attributes: { status, 'created-at': createdAt } = {} } = data as PersonaObject;
	Object.assign(stored, { webhookId: id, owner: markOf(hook) });
	if (status !== 'enabled') await enable(hook, persona, id);
	noteMissed(hook, Date.parse(String(createdAt)) || Date.now());
	await catchUp(hook);
}

async function enable(hook: IHookFunctions, persona: Persona, webhookId: string) {
	const request: Request = { method: 'POST', path: `${pathOf(webhookId)}/enable` };
	const answer = await persona.answer(request);
	if (succeeded(answer)) return;
	if (isGone(await archive(persona, webhookId))) delete storedOf(hook).webhookId;
	throw toWebhookError(hook, request, answer);
}

/** Archives the node's webhook and forgets it. Throws where Persona does not let it. */
async function withdraw(hook: IHookFunctions) {
	const stored = storedOf(hook);
	if (!stored.webhookId) return;
	const persona = await personaFor(hook);
	const answer = await archive(persona, stored.webhookId);
	if (!isGone(answer)) throw toWebhookError(hook, { method: 'POST', path: '' }, answer);
	delete stored.webhookId;
	// By Persona's clock, which also tells when events happened.
	stored.off = Date.parse(String(answer.headers.date)) || Date.now();
}

/**
 * Ends the deliveries to the node; there may be none. Never throws: n8n would take a workflow that
 * it could not activate for an active one, and the next publication would do nothing. What cannot
 * be archived is remembered and taken over by that publication.
 */
export async function unregister(hook: IHookFunctions): Promise<void> {
	stopCatchingUp(hook);
	try {
		await withdraw(hook);
	} catch (error) {
		const { webhookId } = storedOf(hook);
		hook.logger.warn(
			`${hook.getNode().name}: Webhook ${webhookId} stays in Persona. Archive it there, or publish the workflow again. ${(error as Error).message}`,
			{ workflowId: hook.getWorkflow().id },
		);
	}
}

/** Gives up a webhook of its own for one that is not; the key may no longer be able to archive it. */
async function leave(hook: IHookFunctions) {
	await unregister(hook);
	delete storedOf(hook).webhookId;
}

/**
 * A webhook of the node that is there already: an n8n that broke down could not archive it. It is
 * known by the address, which is the node's own, or by its name where n8n's address has changed. Of
 * several one is enough, best one with the address, and the others are archived. Throws where one
 * cannot be.
 */
async function adopted(
	hook: IHookFunctions,
	persona: Persona,
	url: string,
): Promise<string | undefined> {
	const here: string[] = [];
	const elsewhere: string[] = [];
	const list: Request = { method: 'GET', path: '/webhooks' };
	for await (const { object } of pages(persona.document, list, Infinity)) {
		const { attributes = {}, id } = object;
		if (attributes.status === 'archived') continue;
		if (attributes.url === url) here.push(id);
		else if (isNamedBy(hook, attributes.name)) elsewhere.push(id);
	}
	const [first, ...others] = [...here, ...elsewhere];
	for (const id of others) {
		const answer = await archive(persona, id);
		if (!isGone(answer)) throw toWebhookError(hook, { method: 'POST', path: '' }, answer);
	}
	return first;
}
