import type { IHookFunctions } from 'n8n-workflow';
import type { ApiRequest } from '../../../transport/client';
import type { JsonApiDocument, PersonaObject } from '../../../transport/jsonApi';
import { paginate } from '../../../transport/pagination';
import { startCatchUp, checkCatchUp, recordMissedRange, stopCatchUp } from '../catchUp/catchUp';
import {
	archiveWebhook,
	isArchivedOrMissing,
	getWebhookPath,
	createWebhookApi,
	isSuccess,
	toWebhookError,
	type WebhookApi,
} from '../webhookApi';
import { getStaticData } from '../staticData';
import {
	requireEvents,
	matchesDesired,
	isNamedByNode,
	getNodeFingerprint,
	buildDesiredWebhook,
} from './desiredWebhook';
import { readReceiveMode } from '../receiveMode';

/** Whether the node's webhook stands in Persona just as the parameters ask for. */
export async function isRegistered(hook: IHookFunctions): Promise<boolean> {
	const stored = getStaticData(hook);
	// Where nothing is registered, `register` still has something to check.
	if (!stored.webhookId || readReceiveMode(hook) !== 'automatic') return false;
	const persona = await createWebhookApi(hook);
	const request: ApiRequest = { method: 'GET', path: getWebhookPath(stored.webhookId) };
	const answer = await persona.answer(request);
	if (!isSuccess(answer) && answer.statusCode !== 404) throw toWebhookError(hook, request, answer);
	const { attributes = {} } = ((answer.body as JsonApiDocument).data ??
		{}) as Partial<PersonaObject>;
	if (answer.statusCode === 404 || attributes.status === 'archived') {
		delete stored.webhookId;
		return false;
	}
	return (
		attributes.status === 'enabled' && matchesDesired(attributes, await buildDesiredWebhook(hook))
	);
}

/**
 * Makes Persona deliver to the node: changes the webhook that is there, or creates one, and enables
 * it. What fails half way is archived again.
 */
export async function register(hook: IHookFunctions): Promise<void> {
	const stored = getStaticData(hook);
	const way = readReceiveMode(hook);
	if (way !== 'automatic') {
		if (way === 'byHand') requireEvents(hook);
		await abandonOwnWebhook(hook);
		return;
	}
	const attributes = await buildDesiredWebhook(hook);
	await checkCatchUp(hook);
	const persona = await createWebhookApi(hook);
	const standing = stored.webhookId ?? (await adoptExistingWebhook(hook, persona, attributes.url));
	const { data } = await persona.document({
		method: standing ? 'PATCH' : 'POST',
		path: standing ? getWebhookPath(standing) : '/webhooks',
		body: { data: { attributes } },
	});
	const { id, attributes: { status, 'created-at': createdAt } = {} } = data as PersonaObject;
	Object.assign(stored, { webhookId: id, owner: getNodeFingerprint(hook) });
	if (status !== 'enabled') await enableWebhook(hook, persona, id);
	recordMissedRange(hook, Date.parse(String(createdAt)) || Date.now());
	await startCatchUp(hook);
}

async function enableWebhook(hook: IHookFunctions, persona: WebhookApi, webhookId: string) {
	const request: ApiRequest = { method: 'POST', path: `${getWebhookPath(webhookId)}/enable` };
	const answer = await persona.answer(request);
	if (isSuccess(answer)) return;
	if (isArchivedOrMissing(await archiveWebhook(persona, webhookId)))
		delete getStaticData(hook).webhookId;
	throw toWebhookError(hook, request, answer);
}

/** Archives the node's webhook and forgets it. Throws where Persona does not let it. */
async function archiveOwnWebhook(hook: IHookFunctions) {
	const stored = getStaticData(hook);
	if (!stored.webhookId) return;
	const persona = await createWebhookApi(hook);
	const answer = await archiveWebhook(persona, stored.webhookId);
	if (!isArchivedOrMissing(answer))
		throw toWebhookError(hook, { method: 'POST', path: '' }, answer);
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
	stopCatchUp(hook);
	try {
		await archiveOwnWebhook(hook);
	} catch (error) {
		const { webhookId } = getStaticData(hook);
		hook.logger.warn(
			`${hook.getNode().name}: Webhook ${webhookId} stays in Persona. Archive it there, or publish the workflow again. ${(error as Error).message}`,
			{ workflowId: hook.getWorkflow().id },
		);
	}
}

/** Gives up a webhook of its own for one that is not; the key may no longer be able to archive it. */
async function abandonOwnWebhook(hook: IHookFunctions) {
	await unregister(hook);
	delete getStaticData(hook).webhookId;
}

/**
 * A webhook of the node that is there already: an n8n that broke down could not archive it. It is
 * known by the address, which is the node's own, or by its name where n8n's address has changed. Of
 * several one is enough, best one with the address, and the others are archived. Throws where one
 * cannot be.
 */
async function adoptExistingWebhook(
	hook: IHookFunctions,
	persona: WebhookApi,
	url: string,
): Promise<string | undefined> {
	const here: string[] = [];
	const elsewhere: string[] = [];
	const list: ApiRequest = { method: 'GET', path: '/webhooks' };
	for await (const { object } of paginate(persona.document, list, Infinity)) {
		const { attributes = {}, id } = object;
		if (attributes.status === 'archived') continue;
		if (attributes.url === url) here.push(id);
		else if (isNamedByNode(hook, attributes.name)) elsewhere.push(id);
	}
	const [first, ...others] = [...here, ...elsewhere];
	for (const id of others) {
		const answer = await archiveWebhook(persona, id);
		if (!isArchivedOrMissing(answer))
			throw toWebhookError(hook, { method: 'POST', path: '' }, answer);
	}
	return first;
}
