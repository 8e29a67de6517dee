import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { keyOf } from '../../../transport/client';
import { hostOf, isLoopback, isPublic } from '../../../utils/publicUrl';
import { ALL_EVENTS } from '../../../events/eventTypes';
import { eventsOf, listOf } from '../../../events/parameters';

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
export const LABELS = new Map(
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
export const optionsOf = (node: IHookFunctions | IWebhookFunctions) =>
	node.getNodeParameter('options', {}) as TriggerOptions;

/**
 * Stands for this node in this workflow and this n8n: it outlives their renaming, and no copy of any
 * of them shares it.
 */
export function markOf(hook: IHookFunctions | IWebhookFunctions): string {
	const node = hook.getNode();
	return keyOf(hook.getInstanceId(), hook.getWorkflow().id, node.webhookId ?? node.id).slice(0, 12);
}

/** What surrounds a workflow's name in the names of a node's webhooks. */
function frameOf(hook: IHookFunctions) {
	const { id = 'unsaved' } = hook.getWorkflow();
	return [hook.getMode() === 'manual' ? 'n8n test: ' : 'n8n: ', ` (${id}, ${markOf(hook)})`];
}

const nameOf = (hook: IHookFunctions) => frameOf(hook).join(hook.getWorkflow().name ?? 'Workflow');

/** Whether the node gave a webhook its name, whatever the workflow was called then. */
export function isNamedBy(hook: IHookFunctions, name: unknown): boolean {
	const [start, end] = frameOf(hook);
	return typeof name === 'string' && name.startsWith(start) && name.endsWith(end);
}

function refuse(hook: IHookFunctions, message: string): never {
	throw new NodeOperationError(hook.getNode(), message, { level: 'info' });
}

function addressOf(hook: IHookFunctions, baseUrl: string) {
	const url = hook.getNodeWebhookUrl('default') ?? '';
	// A stand-in for Persona on this machine reaches this machine.
	const reachable = isLoopback(url) ? isLoopback(baseUrl) : isPublic(url);
	if (reachable) return url;
	return refuse(
		hook,
		`Persona cannot reach this n8n at ${hostOf(url)}. Give n8n a public address with the environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older versions), or use a tunnel, and try again. Or take the Persona Polling Trigger, which needs no public address.`,
	);
}

/** The names of all events the node listens to. Throws where there is none. */
export function chosenEvents(hook: IHookFunctions): string[] {
	const events = eventsOf(hook);
	return events.length > 0 ? events : refuse(hook, "Choose at least one event in 'Trigger On'");
}

/**
 * The attributes of the webhook that the node's parameters ask for, by Persona's names. Throws what
 * the user can mend: no event chosen, an address that Persona cannot reach.
 */
export async function wantedOf(hook: IHookFunctions): Promise<IDataObject & { url: string }> {
	const { apiVersion, baseUrl } = await hook.getCredentials('personaApi');
	const events = chosenEvents(hook);
	const { attributeBlocklist, fileLinkLifetime, includeRelated } = optionsOf(hook);
	const blocked = listOf(attributeBlocklist);
	return {
		name: nameOf(hook),
		url: addressOf(hook, String(baseUrl)),
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
function comparable(value: unknown): unknown {
	if (Array.isArray(value)) return JSON.stringify([...value].sort());
	return (value as IDataObject | null)?.state ?? value;
}

/** Whether a webhook does what is wanted; its name does not matter. */
export function isAsWanted(attributes: IDataObject, wanted: IDataObject): boolean {
	const actual: IDataObject = {
		...attributes,
		'included-allowlist': attributes['included-allowlist'] ?? { state: 'include_none' },
	};
	return Object.entries(wanted).every(
		([key, value]) => key === 'name' || comparable(actual[key]) === comparable(value),
	);
}
