import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { createIdempotencyKey } from '../../../transport/client';
import { getHost, isLoopback, isPublic } from '../../../utils/publicUrl';
import { ALL_EVENTS } from '../../../events/eventTypes';
import { readEventNames, splitList } from '../../../events/parameters';

/** What the node's 'Options' hold; each is absent until the user adds it. */
export interface TriggerOptions {
	/** A list with commas. */
	attributeBlocklist?: string;
	/** Hours. */
	catchUp?: number;
	/** Hours. */
	fileLinkLifetime?: number;
	includeRelated?: boolean;
	/** Minutes; 0 takes any age. */
	tolerance?: number;
}

/** Labels of the panel by the attributes of a webhook they fill. */
export const PANEL_LABELS = new Map(
	Object.entries({
		'api-attributes-blocklist': 'Attribute Blocklist',
		'api-version': 'API Version',
		'enabled-events': 'Trigger On',
		'file-access-token-expires-in': 'File Link Lifetime (Hours)',
		'included-allowlist': 'Include Related Objects',
		url: 'Webhook URL',
	}),
);

/** The user's choice of 'Options'. */
export const readOptions = (node: IHookFunctions | IWebhookFunctions) =>
	node.getNodeParameter('options', {}) as TriggerOptions;

/**
 * Stands for this node in this workflow and this n8n: it outlives their renaming, and no copy of any
 * of them shares it.
 */
export function getNodeFingerprint(hook: IHookFunctions | IWebhookFunctions): string {
	const node = hook.getNode();
	return createIdempotencyKey(
		hook.getInstanceId(),
		hook.getWorkflow().id,
		node.webhookId ?? node.id,
	).slice(0, 12);
}

/** What surrounds a workflow's name in the names of a node's webhooks. */
function getWebhookNameParts(hook: IHookFunctions) {
	const { id = 'unsaved' } = hook.getWorkflow();
	return [
		hook.getMode() === 'manual' ? 'n8n test: ' : 'n8n: ',
		` (${id}, ${getNodeFingerprint(hook)})`,
	];
}

const buildWebhookName = (hook: IHookFunctions) =>
	getWebhookNameParts(hook).join(hook.getWorkflow().name ?? 'Workflow');

/** Whether the node gave a webhook its name, whatever the workflow was called then. */
export function isNamedByNode(hook: IHookFunctions, name: unknown): boolean {
	const [start, end] = getWebhookNameParts(hook);
	return typeof name === 'string' && name.startsWith(start) && name.endsWith(end);
}

function throwUserError(hook: IHookFunctions, message: string): never {
	throw new NodeOperationError(hook.getNode(), message, { level: 'info' });
}

function requirePublicUrl(hook: IHookFunctions, baseUrl: string) {
	const url = hook.getNodeWebhookUrl('default') ?? '';
	// A stand-in for Persona on this machine reaches this machine.
	const reachable = isLoopback(url) ? isLoopback(baseUrl) : isPublic(url);
	if (reachable) return url;
	return throwUserError(
		hook,
		`Persona cannot reach this n8n at ${getHost(url)}. Give n8n a public address with the environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older versions), or use a tunnel, and try again. Or take the Persona Polling Trigger, which needs no public address.`,
	);
}

/** The names of all events the node listens to. Throws where there is none. */
export function requireEvents(hook: IHookFunctions): string[] {
	const events = readEventNames(hook);
	return events.length > 0
		? events
		: throwUserError(hook, "Choose at least one event in 'Trigger On'");
}

/**
 * The attributes of the webhook that the node's parameters ask for, by Persona's names. Throws what
 * the user can mend: no event chosen, an address that Persona cannot reach.
 */
export async function buildDesiredWebhook(
	hook: IHookFunctions,
): Promise<IDataObject & { url: string }> {
	const { apiVersion, baseUrl } = await hook.getCredentials('personaApi');
	const events = requireEvents(hook);
	const { attributeBlocklist, fileLinkLifetime, includeRelated } = readOptions(hook);
	const blocked = splitList(attributeBlocklist);
	return {
		name: buildWebhookName(hook),
		url: requirePublicUrl(hook, String(baseUrl)),
		'enabled-events': events.includes(ALL_EVENTS) ? [ALL_EVENTS] : events,
		'api-version': String(apiVersion),
		'api-key-inflection': 'kebab',
		'included-allowlist': { state: includeRelated ? 'include_all' : 'include_none' },
		...(blocked.length > 0 && { 'api-attributes-blocklist': blocked }),
		...(fileLinkLifetime && {
			'file-access-token-expires-in': Math.round(fileLinkLifetime * 3600),
		}),
	};
}

/** A value as it compares: lists in any order, the settings that have a state by that alone. */
function toComparable(value: unknown): unknown {
	if (Array.isArray(value)) return JSON.stringify([...value].sort());
	return (value as IDataObject | null)?.state ?? value;
}

/** Whether a webhook does what is wanted; its name does not matter. */
export function matchesDesired(attributes: IDataObject, wanted: IDataObject): boolean {
	const actual: IDataObject = {
		...attributes,
		'included-allowlist': attributes['included-allowlist'] ?? { state: 'include_none' },
	};
	return Object.entries(wanted).every(
		([key, value]) => key === 'name' || toComparable(actual[key]) === toComparable(value),
	);
}
