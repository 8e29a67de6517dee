import type { IHookFunctions } from 'n8n-workflow';
import type { JsonApiDocument, PersonaObject } from '../../../transport/jsonApi';
import { readSelection } from '../../../events/parameters';
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

/**
 * Whether Persona has the node's webhook with the configured settings. Throws if that is unknown.
 */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	const staticData = getStaticData(context);
	// In the other modes `register` still has something to check.
	if (!staticData.webhookId || readReceiveMode(context) !== 'automatic') return false;
	const api = await createWebhookApi(context);
	const response = await api.request({
		method: 'GET',
		path: getWebhookPath(staticData.webhookId),
	});
	const isMissing = response.statusCode === 404;
	if (!isSuccess(response) && !isMissing) throw toWebhookError(context, 'GET', response);
	const { data } = response.body as JsonApiDocument;
	const { attributes = {} } = (data ?? {}) as Partial<PersonaObject>;
	if (isMissing || attributes.status === 'archived') {
		delete staticData.webhookId;
		return false;
	}
	if (attributes.status !== 'enabled') return false;
	return matchesDesired(attributes, buildDesiredWebhook(await readWebhookSettings(context)));
}

/**
 * Reconciles Persona with the node: updates the node's webhook, or creates it, and enables it. If
 * that fails halfway, the webhook is archived again. Throws one of n8n's errors.
 */
export async function register(context: IHookFunctions): Promise<void> {
	const mode = readReceiveMode(context);
	// Its conditions are checked now, so that no delivery has to fail because of them.
	if (mode !== 'workflow') readSelection(context);
	if (mode !== 'automatic') {
		if (mode === 'byHand') requireEventNames(context);
		await abandonOwnWebhook(context);
		return;
	}
	const staticData = getStaticData(context);
	const desired = buildDesiredWebhook(await readWebhookSettings(context));
	await requireEventAccess(context);
	const api = await createWebhookApi(context);
	const existingId =
		staticData.webhookId ?? (await adoptExistingWebhook(context, api, desired.url));
	const { data } = await api.fetchDocument({
		method: existingId ? 'PATCH' : 'POST',
		path: existingId ? getWebhookPath(existingId) : '/webhooks',
		body: { data: { attributes: desired } },
	});
	const { id, attributes: { status, 'created-at': createdAt } = {} } = data as PersonaObject;
	Object.assign(staticData, { webhookId: id, owner: getNodeFingerprint(context) });
	if (status !== 'enabled') await enableWebhook(context, api, staticData, id);
	const registeredAtMs = Date.parse(String(createdAt)) || Date.now();
	recordMissedRange(staticData, registeredAtMs, readLookbackMs(context));
	await startCatchUp(context);
}

async function enableWebhook(
	context: IHookFunctions,
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
	throw toWebhookError(context, 'POST', response);
}

/** Archives the node's webhook and deletes its ID. Throws if Persona does not archive it. */
async function archiveOwnWebhook(context: IHookFunctions, staticData: WebhookStaticData) {
	if (!staticData.webhookId) return;
	const api = await createWebhookApi(context);
	const response = await archiveWebhook(api, staticData.webhookId);
	if (!isArchivedOrMissing(response)) throw toWebhookError(context, 'POST', response);
	delete staticData.webhookId;
	// By Persona's clock, like the times of events.
	staticData.off = Date.parse(String(response.headers.date)) || Date.now();
}

/**
 * Ends the deliveries to the node, if there are any. Never throws: n8n would then consider the
 * workflow active, and publishing it again would do nothing. A webhook that cannot be archived
 * stays stored, and is used again at the next publication.
 */
export async function unregister(context: IHookFunctions): Promise<void> {
	stopCatchUp(context);
	const staticData = getStaticData(context);
	try {
		await archiveOwnWebhook(context, staticData);
	} catch (error) {
		createWarningLog(context)(
			`Webhook ${staticData.webhookId} could not be archived in Persona. Archive it there, or publish the workflow again. ${(error as Error).message}`,
		);
	}
}

/** Abandons the node's own webhook, even if the API key is no longer allowed to archive it. */
async function abandonOwnWebhook(context: IHookFunctions) {
	await unregister(context);
	delete getStaticData(context).webhookId;
}

/**
 * Finds a webhook of this node that already exists, because n8n crashed before it could archive it,
 * and returns its ID. It is recognized by its URL, which belongs to the node alone, or by its name
 * if the URL of n8n has changed. If there are several, one with the URL is preferred, and the
 * others are archived. Throws if one cannot be archived.
 */
async function adoptExistingWebhook(
	context: IHookFunctions,
	api: WebhookApi,
	url: string,
): Promise<string | undefined> {
	const nameParts = getWebhookNameParts(context);
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
		if (!isArchivedOrMissing(response)) throw toWebhookError(context, 'POST', response);
	}
	return keptId;
}
