import type { IHookFunctions } from 'n8n-workflow';
import type { JsonApiDocument, PersonaObject } from '../../../transport/jsonApi';
import { paginate } from '../../../transport/pagination';
import { readLookbackMs, requireEventAccess, startCatchUp, stopCatchUp } from '../catchUp/catchUp';
import { recordMissedRange } from '../catchUp/progress';
import { createWarningLog } from '../listener';
import { readReceiveMode } from '../receiveMode';
import { getNodeFingerprint, getStaticData, type WebhookStaticData } from '../staticData';
import {
	archiveWebhook,
	createWebhookApi,
	getWebhookPath,
	isArchivedOrMissing,
	isSuccess,
	toWebhookError,
	type WebhookApi,
} from '../webhookApi';
import {
	buildDesiredWebhook,
	getWebhookNameParts,
	isNamedByNode,
	matchesDesired,
	readWebhookSettings,
	requireEventNames,
} from './desiredWebhook';

/** Whether Persona has the node's webhook, with the configured settings. Throws where it cannot tell. */
export async function isRegistered(hook: IHookFunctions): Promise<boolean> {
	const staticData = getStaticData(hook);
	// Where nothing is to be registered, `register` still has something to check.
	if (!staticData.webhookId || readReceiveMode(hook) !== 'automatic') return false;
	const api = await createWebhookApi(hook);
	const response = await api.request({
		method: 'GET',
		path: getWebhookPath(staticData.webhookId),
	});
	const isMissing = response.statusCode === 404;
	if (!isSuccess(response) && !isMissing) throw toWebhookError(hook, 'GET', response);
	const { data } = response.body as JsonApiDocument;
	const { attributes = {} } = (data ?? {}) as Partial<PersonaObject>;
	if (isMissing || attributes.status === 'archived') {
		delete staticData.webhookId;
		return false;
	}
	if (attributes.status !== 'enabled') return false;
	return matchesDesired(attributes, buildDesiredWebhook(await readWebhookSettings(hook)));
}

/**
 * Reconciles Persona with the node: updates the node's webhook, or creates it, and enables it. If
 * that fails half way, the webhook is archived again. Throws one of n8n's errors.
 */
export async function register(hook: IHookFunctions): Promise<void> {
	const mode = readReceiveMode(hook);
	if (mode !== 'automatic') {
		if (mode === 'byHand') requireEventNames(hook);
		await abandonOwnWebhook(hook);
		return;
	}
	const staticData = getStaticData(hook);
	const desired = buildDesiredWebhook(await readWebhookSettings(hook));
	await requireEventAccess(hook);
	const api = await createWebhookApi(hook);
	const existingId = staticData.webhookId ?? (await adoptExistingWebhook(hook, api, desired.url));
	const { data } = await api.fetchDocument({
		method: existingId ? 'PATCH' : 'POST',
		path: existingId ? getWebhookPath(existingId) : '/webhooks',
		body: { data: { attributes: desired } },
	});
	const { id, attributes: { status, 'created-at': createdAt } = {} } = data as PersonaObject;
	Object.assign(staticData, { webhookId: id, owner: getNodeFingerprint(hook) });
	if (status !== 'enabled') await enableWebhook(hook, api, staticData, id);
	const registeredAtMs = Date.parse(String(createdAt)) || Date.now();
	recordMissedRange(staticData, registeredAtMs, readLookbackMs(hook));
	await startCatchUp(hook);
}

async function enableWebhook(
	hook: IHookFunctions,
	api: WebhookApi,
	staticData: WebhookStaticData,
	webhookId: string,
) {
	const response = await api.request({
		method: 'POST',
		path: `${getWebhookPath(webhookId)}/enable`,
	});
	if (isSuccess(response)) return;
	if (isArchivedOrMissing(await archiveWebhook(api, webhookId))) delete staticData.webhookId;
	throw toWebhookError(hook, 'POST', response);
}

/** Archives the node's webhook and forgets it. Throws where Persona does not archive it. */
async function archiveOwnWebhook(hook: IHookFunctions, staticData: WebhookStaticData) {
	if (!staticData.webhookId) return;
	const api = await createWebhookApi(hook);
	const response = await archiveWebhook(api, staticData.webhookId);
	if (!isArchivedOrMissing(response)) throw toWebhookError(hook, 'POST', response);
	delete staticData.webhookId;
	// By Persona's clock, which also says when events happened.
	staticData.off = Date.parse(String(response.headers.date)) || Date.now();
}

/**
 * Ends the deliveries to the node, if there are any. Never throws: n8n would then take the workflow
 * for an active one, and its next publication would do nothing. A webhook that cannot be archived
 * stays stored, and that publication adopts it.
 */
export async function unregister(hook: IHookFunctions): Promise<void> {
	stopCatchUp(hook);
	const staticData = getStaticData(hook);
	try {
		await archiveOwnWebhook(hook, staticData);
	} catch (error) {
		createWarningLog(hook)(
			`Webhook ${staticData.webhookId} could not be archived in Persona. Archive it there, or publish the workflow again. ${(error as Error).message}`,
		);
	}
}

/** Gives up the node's own webhook for good, also where the API key may not archive it any more. */
async function abandonOwnWebhook(hook: IHookFunctions) {
	await unregister(hook);
	delete getStaticData(hook).webhookId;
}

/**
 * The ID of a webhook of this node that already exists, because an n8n that crashed did not archive
 * it. It is recognized by its URL, which is the node's own, or by its name where the URL of n8n has
 * changed. Of several the one with the URL is kept, and the others are archived. Throws where one
 * cannot be.
 */
async function adoptExistingWebhook(
	hook: IHookFunctions,
	api: WebhookApi,
	url: string,
): Promise<string | undefined> {
	const nameParts = getWebhookNameParts(hook);
	const withUrl: string[] = [];
	const withName: string[] = [];
	const webhooks = paginate(api.fetchDocument, { method: 'GET', path: '/webhooks' }, Infinity);
	for await (const { object } of webhooks) {
		const { attributes = {}, id } = object;
		if (attributes.status === 'archived') continue;
		if (attributes.url === url) withUrl.push(id);
		else if (isNamedByNode(nameParts, attributes.name)) withName.push(id);
	}
	const [keptId, ...otherIds] = [...withUrl, ...withName];
	for (const otherId of otherIds) {
		const response = await archiveWebhook(api, otherId);
		if (!isArchivedOrMissing(response)) throw toWebhookError(hook, 'POST', response);
	}
	return keptId;
}
