import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { hostOf, isLoopback, isPublic } from './address';
import { ALL_EVENTS } from './events';

/** What the node's 'Options' hold; each is absent until the user adds it. */
export interface TriggerOptions {
	/** A list with commas. */
	attributeBlocklist?: string;
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

const listOf = (text: unknown) =>
	[text]
		.flat()
		.flatMap((part) => String(part ?? '').split(','))
		.map((name) => name.trim())
		.filter((name) => name !== '');

/** The names of all events the node listens to. */
export const eventsOf = (node: IHookFunctions | IWebhookFunctions): string[] => [
	...listOf(node.getNodeParameter('events', [])),
	...listOf(node.getNodeParameter('otherEvents', '')),
];

function nameOf(hook: IHookFunctions) {
	const { id, name } = hook.getWorkflow();
	const purpose = hook.getMode() === 'manual' ? 'n8n test' : 'n8n';
	return `${purpose}: ${name ?? 'Workflow'} (${id ?? 'unsaved'})`;
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
		`Persona cannot reach this n8n at ${hostOf(url)}. Give n8n a public address with the environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older versions), or use a tunnel, and activate the workflow again.`,
	);
}

/**
 * The attributes of the webhook that the node's parameters ask for, by Persona's names. Throws what
 * the user can mend: no event chosen, an address that Persona cannot reach.
 */
export async function wantedOf(hook: IHookFunctions): Promise<IDataObject & { url: string }> {
	const { apiVersion, baseUrl } = await hook.getCredentials('personaApi');
	const events = [...new Set(eventsOf(hook))];
	if (events.length === 0) refuse(hook, "Choose at least one event in 'Trigger On'");
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
