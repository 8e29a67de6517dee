import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import type { ApiResponse } from '../../../transport/apiResponse';
import { getAttributes } from '../../../transport/jsonApi';
import { createUserError } from '../../../events/readValues';
import { paginate } from '../../../transport/pagination';
import { requireSupportedN8n } from '../../../transport/requireSupportedN8n';
import { isRecord } from '../../../utils/isRecord';
import { isSameUrl } from '../../../utils/publicUrl';
import { readLookbackMs, requireEventAccess, startCatchUp, stopCatchUp } from '../catchUp/catchUp';
import { recordMissedRanges, shortenMissedRanges } from '../catchUp/progress';
import { settleRejected } from '../catchUp/rejectedEvents';
import { createWarningLog } from '../listener';
import { readReceiveMode } from '../receiveMode';
import {
	dropPauseOfOtherUrl,
	getNodeFingerprint,
	getStaticData,
	type WebhookStaticData,
} from '../staticData';
import { requireValidParameters } from '../validateParameters';
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
	toRequestAttributes,
} from './desiredWebhook';
import {
	describeDroppedPause,
	describeOthers,
	toDescription,
	type OtherWebhook,
} from './otherWebhooks';

/** Reads the URL of the node, without checking it. */
const readUrl = (context: IHookFunctions) => context.getNodeWebhookUrl('default') ?? '';

/**
 * Fetches the webhook whose ID the node has stored. It has no attributes if it no longer delivers; its
 * ID is then deleted. Throws if Persona cannot tell.
 */
async function fetchStoredWebhook(
	context: IHookFunctions,
	api: WebhookApi,
	staticData: WebhookStaticData,
	webhookId: string,
): Promise<{ attributes: IDataObject | undefined; headers: ApiResponse['headers'] }> {
	const response = await api.request({ method: 'GET', path: getWebhookPath(webhookId) });
	const { headers } = response;
	const isMissing = response.statusCode === 404;
	if (!isSuccess(response) && !isMissing) throw toWebhookError(context, 'GET', response);
	const { data } = isRecord(response.body) ? response.body : {};
	const { attributes } = isRecord(data) ? data : {};
	if (!isMissing && !isRecord(attributes)) {
		throw createUserError(
			context,
			"Persona did not return the webhook. Check 'API URL' in the credential.",
		);
	}
	if (isRecord(attributes) && attributes.status !== 'archived') return { attributes, headers };
	delete staticData.webhookId;
	return { attributes: undefined, headers };
}

/**
 * Whether Persona has the node's webhook with the configured settings. Throws if that is unknown, or
 * if a setting is wrong.
 */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	const staticData = getStaticData(context);
	// In the other modes `register` still has something to check.
	if (!staticData.webhookId || readReceiveMode(context) !== 'automatic') return false;
	requireValidParameters(context, 'automatic');
	const desired = buildDesiredWebhook(await readWebhookSettings(context));
	const api = await createWebhookApi(context);
	const { attributes } = await fetchStoredWebhook(context, api, staticData, staticData.webhookId);
	return attributes?.status === 'enabled' && matchesDesired(attributes, desired);
}

/**
 * Reconciles Persona with the node: updates the node's webhook, or creates it, and enables it. If
 * that fails halfway, the webhook is archived again. Throws one of n8n's errors.
 */
export async function register(context: IHookFunctions): Promise<void> {
	requireSupportedN8n(context.getNode());
	const mode = readReceiveMode(context);
	requireValidParameters(context, mode);
	if (mode !== 'automatic') {
		await abandonOwnWebhook(context);
		return;
	}
	const staticData = getStaticData(context);
	const logWarning = createWarningLog(context);
	const desired = buildDesiredWebhook(await readWebhookSettings(context));
	await requireEventAccess(context);
	if (dropPauseOfOtherUrl(staticData, desired.url) && readLookbackMs(context) > 0) {
		logWarning(describeDroppedPause(desired.url));
	}
	const api = await createWebhookApi(context);
	const { own, others } = await findWebhooks(context, api, staticData, desired.url);
	const ownId = own?.id;
	const attributes = toRequestAttributes(desired, own?.attributes);
	if (others.length > 0) logWarning(describeOthers(others));
	const { data } = await api.fetchObject({
		method: ownId ? 'PATCH' : 'POST',
		path: ownId ? getWebhookPath(ownId) : '/webhooks',
		body: {
			data: { attributes: ownId ? attributes : { ...attributes, ...toDescription(others) } },
		},
	});
	const { id } = data;
	const { status, 'created-at': createdAt } = getAttributes(data);
	Object.assign(staticData, {
		webhookId: id,
		url: desired.url,
		owner: getNodeFingerprint(context),
	});
	if (status !== 'enabled') await enableWebhook(context, api, staticData, id);
	const registeredAtMs = Date.parse(String(createdAt)) || Date.now();
	const lookbackMs = readLookbackMs(context);
	// To a webhook that already existed, Persona still delivers again what was rejected.
	if (ownId) shortenMissedRanges(staticData, registeredAtMs - lookbackMs);
	else recordMissedRanges(staticData, registeredAtMs, lookbackMs);
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

/**
 * Archives the webhook whose ID is stored, if it delivers to this node, and deletes the ID. Throws if
 * Persona does not archive it.
 */
async function archiveOwnWebhook(context: IHookFunctions, staticData: WebhookStaticData) {
	const { webhookId } = staticData;
	if (!webhookId) return;
	const api = await createWebhookApi(context);
	const { attributes, headers } = await fetchStoredWebhook(context, api, staticData, webhookId);
	let { date } = headers;
	if (attributes) {
		const { url } = attributes;
		if (!isSameUrl(url, readUrl(context))) {
			createWarningLog(context)(describeOthers([{ id: webhookId, url }]));
			delete staticData.webhookId;
			return;
		}
		const response = await archiveWebhook(api, webhookId);
		if (!isArchivedOrMissing(response)) throw toWebhookError(context, 'POST', response);
		({ date } = response.headers);
	}
	settleRejected(context);
	delete staticData.webhookId;
	// By Persona's clock, like the times of events.
	const now = Date.now();
	const off = Date.parse(String(date)) || now;
	staticData.off = off;
	const { rejectedMore } = staticData;
	if (rejectedMore) {
		const { from, until } = rejectedMore;
		staticData.rejectedMore = { from: from + off - now, until: until + off - now };
	}
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

/** A webhook that delivers to the node. */
interface OwnWebhook {
	id: string;
	attributes: IDataObject;
}

/**
 * Finds the webhooks of this node in Persona. Its own have its URL, which belongs to the node alone:
 * one remains, and duplicates are archived, which n8n has left behind in a crash. Others have only its
 * name or the stored ID. They stay as they are, since n8n has either moved, or it is a copy and they
 * serve the original; this cannot be told apart. Throws if a duplicate cannot be archived.
 */
async function findWebhooks(
	context: IHookFunctions,
	api: WebhookApi,
	{ webhookId }: WebhookStaticData,
	url: string,
): Promise<{ own: OwnWebhook | undefined; others: OtherWebhook[] }> {
	const nameParts = getWebhookNameParts(context);
	const allOwn: OwnWebhook[] = [];
	const others: OtherWebhook[] = [];
	const webhooks = paginate(api.fetchList, { method: 'GET', path: '/webhooks' }, Infinity);
	for await (const { object } of webhooks) {
		const { id } = object;
		const attributes = getAttributes(object);
		if (attributes.status === 'archived') continue;
		if (isSameUrl(attributes.url, url)) allOwn.push({ id, attributes });
		else if (id === webhookId || isNamedByNode(nameParts, attributes.name)) {
			others.push({ id, url: attributes.url });
		}
	}
	const own = allOwn.find(({ id }) => id === webhookId) ?? allOwn.at(0);
	for (const duplicate of allOwn.filter((one) => one !== own)) {
		const response = await archiveWebhook(api, duplicate.id);
		if (!isArchivedOrMissing(response)) throw toWebhookError(context, 'POST', response);
	}
	return { own, others };
}
