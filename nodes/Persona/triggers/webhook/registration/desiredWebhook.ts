import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { ALL_EVENTS } from '../../../events/eventTypes';
import { readEventNames } from '../../../events/parameters';
import { readApiCredential } from '../../../transport/apiCredential';
import { explainUnreachable, isReachable } from '../../../utils/publicUrl';
import { splitList } from '../../../utils/splitList';
import { readOptions, type TriggerOptions } from '../options';
import { getNodeFingerprint } from '../staticData';

/** What precedes and follows the name of the workflow in the names of a node's webhooks. */
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

/** The attributes that the node's webhook should have, by Persona's names. */
export type DesiredWebhook = IDataObject & { url: string };

function createUserError(context: IHookFunctions, message: string) {
	return new NodeOperationError(context.getNode(), message, { level: 'info' });
}

/** Returns the parts that identify a node's webhooks, whatever the workflow is called. */
export function getWebhookNameParts(context: IHookFunctions): WebhookNameParts {
	const { id = 'unsaved' } = context.getWorkflow();
	return {
		prefix: context.getMode() === 'manual' ? 'n8n test: ' : 'n8n: ',
		suffix: ` (${id}, ${getNodeFingerprint(context)})`,
	};
}

/** Whether the node has given a webhook its name. */
export const isNamedByNode = ({ prefix, suffix }: WebhookNameParts, name: unknown) =>
	typeof name === 'string' && name.startsWith(prefix) && name.endsWith(suffix);

/** Reads the names of all events that the node listens to. Throws if there are none. */
export function requireEventNames(context: IHookFunctions): string[] {
	const eventNames = readEventNames(context);
	if (eventNames.length > 0) return eventNames;
	throw createUserError(context, "Choose at least one event in 'Trigger On'");
}

/** Reads the URL of the node's webhook. Throws if Persona cannot reach it. */
function requirePublicUrl(context: IHookFunctions, apiUrl: string): string {
	const url = context.getNodeWebhookUrl('default') ?? '';
	if (isReachable(url, apiUrl)) return url;
	throw createUserError(
		context,
		`${explainUnreachable(url).join('. ')} Or use the Persona Polling Trigger, which needs no public URL.`,
	);
}

/**
 * Reads what the node and its credential say about the webhook. Throws an error that the user can
 * fix: the credential is unusable, no event is chosen, or Persona cannot reach the URL.
 */
export async function readWebhookSettings(context: IHookFunctions): Promise<WebhookSettings> {
	const credential = await context.getCredentials('personaApi');
	const { apiVersion, apiUrl } = readApiCredential(credential);
	const eventNames = requireEventNames(context);
	const { prefix, suffix } = getWebhookNameParts(context);
	return {
		name: `${prefix}${context.getWorkflow().name ?? 'Workflow'}${suffix}`,
		url: requirePublicUrl(context, apiUrl),
		eventNames,
		apiVersion,
		options: readOptions(context),
	};
}

/** Builds the attributes of the webhook that the settings describe. */
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
