import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import { ALL_EVENTS } from '../../../events/eventTypes';
import { readEventNames } from '../../../events/parameters';
import { createUserError } from '../../../events/readValues';
import { readApiCredential } from '../../../transport/apiCredential';
import { isRecord } from '../../../utils/isRecord';
import { explainUnreachable, isReachable, isSameUrl } from '../../../utils/publicUrl';
import { readRegistrationOptions, type RegistrationOptions } from '../options';
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
	options: RegistrationOptions;
}

/** The attributes that the node's webhook should have, by Persona's names. */
export type DesiredWebhook = IDataObject & { url: string };

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
 * fix: the credential is unusable, a value is empty or wrong, or Persona cannot reach the URL.
 */
export async function readWebhookSettings(context: IHookFunctions): Promise<WebhookSettings> {
	const credential = await context.getCredentials('personaApi');
	const { apiVersion, apiUrl } = readApiCredential(credential);
	const eventNames = readEventNames(context);
	const { prefix, suffix } = getWebhookNameParts(context);
	return {
		name: `${prefix}${context.getWorkflow().name ?? 'Workflow'}${suffix}`,
		url: requirePublicUrl(context, apiUrl),
		eventNames,
		apiVersion,
		options: readRegistrationOptions(context),
	};
}

function buildIncludedAllowlist({
	includeRelated,
	includeRelatedByEvent: includes,
}: RegistrationOptions): IDataObject {
	if (includes.length === 0) return { state: includeRelated ? 'include_all' : 'include_none' };
	const eventTypes = includes.map(({ event, relationships }) => ({
		'event-type': event,
		relationships,
	}));
	return { state: 'custom', 'event-types': eventTypes };
}

const isEmptyFilter = (filter: unknown) => !isRecord(filter) || Object.keys(filter).length === 0;

/**
 * Builds the attributes of the webhook that the settings describe. All of them are always given, with
 * Persona's defaults, so that an option that is removed also goes from the webhook. What the node has
 * no setting for is left to the user: the description and custom HTTP headers.
 */
export function buildDesiredWebhook(settings: WebhookSettings): DesiredWebhook {
	const { name, url, eventNames, apiVersion, options } = settings;
	const { attributeBlocklist, fileLinkHours, includeRelationships, payloadFilter } = options;
	return {
		name,
		url,
		'enabled-events': eventNames.includes(ALL_EVENTS) ? [ALL_EVENTS] : eventNames,
		'api-version': apiVersion,
		'api-key-inflection': 'kebab',
		'included-allowlist': buildIncludedAllowlist(options),
		'relationship-allowlist': { state: includeRelationships ? 'include_all' : 'include_none' },
		'api-attributes-blocklist': attributeBlocklist,
		'file-access-token-expires-in': Math.round(fileLinkHours * 3600),
		'payload-filter': isEmptyFilter(payloadFilter) ? {} : { data: payloadFilter },
	};
}

/**
 * Returns the attributes to send, to a new webhook or to one that has `current` attributes. An empty
 * filter is sent only to take one away: filters are for enterprise customers, so that others might be
 * refused. Persona's description does not let it be null; that the empty one excludes nothing is our
 * inference.
 */
export function toRequestAttributes(
	{ 'payload-filter': filter, ...others }: DesiredWebhook,
	current: IDataObject = {},
): IDataObject {
	const isNeeded = !isEmptyFilter(filter) || !isEmptyFilter(current['payload-filter']);
	return isNeeded ? { ...others, 'payload-filter': filter } : others;
}

/**
 * What Persona uses if a webhook has no value for an attribute, according to its description of
 * webhooks and its guide to downloading files.
 */
const PERSONA_DEFAULTS: IDataObject = {
	'api-key-inflection': 'kebab',
	'included-allowlist': { state: 'include_none' },
	'relationship-allowlist': { state: 'include_all' },
	'api-attributes-blocklist': [],
	'file-access-token-expires-in': 21_600,
	'payload-filter': {},
};

/**
 * Makes values comparable, as texts: lists in any order and without repetitions, members in any order,
 * and settings with a state by that state, and by their events if it is `custom`.
 */
function toComparable(value: unknown): string {
	if (Array.isArray(value)) return `[${[...new Set(value.map(toComparable))].sort().join()}]`;
	if (!isRecord(value)) return JSON.stringify(value) ?? '';
	const { state, 'event-types': events } = value;
	const compared =
		typeof state === 'string' ? { state, ...(state === 'custom' && { events }) } : value;
	const members = Object.entries(compared).map(
		([name, member]) => `${JSON.stringify(name)}:${toComparable(member)}`,
	);
	return `{${members.sort().join()}}`;
}

/** Whether a webhook in Persona is as desired. Its name does not matter. */
export const matchesDesired = (attributes: IDataObject, desired: DesiredWebhook): boolean =>
	Object.entries(desired).every(([name, value]) => {
		if (name === 'name') return true;
		if (name === 'url') return isSameUrl(attributes.url, value);
		const actual = attributes[name] ?? PERSONA_DEFAULTS[name];
		return toComparable(actual) === toComparable(value);
	});
