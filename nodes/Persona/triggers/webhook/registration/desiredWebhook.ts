import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { ALL_EVENTS } from '../../../events/eventTypes';
import { readEventNames } from '../../../events/parameters';
import { getHost, isLoopback, isPublic } from '../../../utils/publicUrl';
import { splitList } from '../../../utils/splitList';
import { readOptions, type TriggerOptions } from '../options';
import { getNodeFingerprint } from '../staticData';

/** What surrounds the name of the workflow in the names of a node's webhooks. */
export interface WebhookNameParts {
	prefix: string;
	suffix: string;
}

/** What the node and its credential say about the webhook. */
export interface WebhookSettings {
	name: string;
	url: string;
	eventNames: string[];
	apiVersion: string;
	options: TriggerOptions;
}

/** The attributes of a webhook, by Persona's names. */
export type DesiredWebhook = IDataObject & { url: string };

function createUserError(hook: IHookFunctions, message: string) {
	return new NodeOperationError(hook.getNode(), message, { level: 'info' });
}

/** The parts by which the webhooks of a node are recognized, whatever the workflow is called. */
export function getWebhookNameParts(hook: IHookFunctions): WebhookNameParts {
	const { id = 'unsaved' } = hook.getWorkflow();
	return {
		prefix: hook.getMode() === 'manual' ? 'n8n test: ' : 'n8n: ',
		suffix: ` (${id}, ${getNodeFingerprint(hook)})`,
	};
}

/** Whether the node has given a webhook its name. */
export const isNamedByNode = ({ prefix, suffix }: WebhookNameParts, name: unknown) =>
	typeof name === 'string' && name.startsWith(prefix) && name.endsWith(suffix);

/** The names of all events that the node listens to. Throws where there are none. */
export function requireEventNames(hook: IHookFunctions): string[] {
	const eventNames = readEventNames(hook);
	if (eventNames.length > 0) return eventNames;
	throw createUserError(hook, "Choose at least one event in 'Trigger On'");
}

/** The URL of the node's webhook. Throws where Persona cannot reach it. */
function requirePublicUrl(hook: IHookFunctions, apiUrl: string): string {
	const url = hook.getNodeWebhookUrl('default') ?? '';
	// A fake Persona on this machine can reach this machine.
	const isReachable = isLoopback(url) ? isLoopback(apiUrl) : isPublic(url);
	if (isReachable) return url;
	throw createUserError(
		hook,
		`Persona cannot reach this n8n at ${getHost(url)}. Set a public URL in the environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older versions), or use a tunnel, and try again. Or use the Persona Polling Trigger, which needs no public URL.`,
	);
}

/**
 * Reads what the node and its credential say about the webhook. Throws what the user can fix: no
 * event chosen, or a URL that Persona cannot reach.
 */
export async function readWebhookSettings(hook: IHookFunctions): Promise<WebhookSettings> {
	const { apiVersion, baseUrl } = await hook.getCredentials('personaApi');
	const eventNames = requireEventNames(hook);
	const { prefix, suffix } = getWebhookNameParts(hook);
	return {
		name: `${prefix}${hook.getWorkflow().name ?? 'Workflow'}${suffix}`,
		url: requirePublicUrl(hook, String(baseUrl)),
		eventNames,
		apiVersion: String(apiVersion),
		options: readOptions(hook),
	};
}

/** The webhook that the settings ask for. */
export function buildDesiredWebhook(settings: WebhookSettings): DesiredWebhook {
	const { name, url, eventNames, apiVersion, options } = settings;
	const { attributeBlocklist, fileLinkLifetime, includeRelated } = options;
	const blockedAttributes = splitList(attributeBlocklist);
	return {
		name,
		url,
		'enabled-events': eventNames.includes(ALL_EVENTS) ? [ALL_EVENTS] : eventNames,
		'api-version': apiVersion,
		'api-key-inflection': 'kebab',
		'included-allowlist': { state: includeRelated ? 'include_all' : 'include_none' },
		...(blockedAttributes.length > 0 && { 'api-attributes-blocklist': blockedAttributes }),
		...(fileLinkLifetime && {
			'file-access-token-expires-in': Math.round(fileLinkLifetime * 3600),
		}),
	};
}

/** Makes values comparable: lists in any order, and settings with a state by that state alone. */
function toComparable(value: unknown): unknown {
	if (Array.isArray(value)) return JSON.stringify([...value].sort());
	return (value as IDataObject | null)?.state ?? value;
}

/** Whether a webhook in Persona is as desired. Its name does not matter. */
export function matchesDesired(attributes: IDataObject, desired: IDataObject): boolean {
	const actual: IDataObject = {
		...attributes,
		'included-allowlist': attributes['included-allowlist'] ?? { state: 'include_none' },
	};
	return Object.entries(desired).every(
		([name, value]) => name === 'name' || toComparable(actual[name]) === toComparable(value),
	);
}
