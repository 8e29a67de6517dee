import type { INodePropertyOptions } from 'n8n-workflow';
import { compareByName } from '../utils/compareByName';

/**
 * What happens to each subject, by Persona's names: `inquiry` and `approved` is `inquiry.approved`.
 */
const EVENT_TYPES: Record<string, string> = {
	'account-property': 'redacted',
	'account-type': 'deleted-field',
	account:
		'added-relation archived consolidated consolidated-with created redacted removed-relation restored status-updated tag-added tag-removed updated-fields updated-tags',
	'agent-conversation': 'created errored message-added',
	authentication: 'completed created expired failed redacted',
	'batch-job': 'canceled completed errored paused resumed started',
	'case-comment': 'created',
	'case-message': 'received sent',
	'case-template': 'deleted-field',
	case: 'assigned created exported print-initiated queue-updated redacted reopened resolved sla-expired status-updated updated updated-fields updated-tags',
	checkpoint: 'completed created expired failed reusable-persona-used started',
	'connect/share-token': 'inbound-created inbound-redeemed outbound-created outbound-redeemed',
	// Documented, but not yet in the description. Production environments only.
	deployment: 'completed',
	document: 'created errored extracted pending processed submitted',
	filing: 'created filed',
	'graph-query': 'cancelled completed errored reran submitted timed-out',
	'importer-pipeline-run': 'canceled completed errored paused resumed started',
	'inquiry-session': 'canceled expired started',
	'inquiry-template-version': 'created published',
	inquiry:
		'approved completed created declined expired failed marked-for-review redacted reusable-persona-assurance-failed reusable-persona-created reusable-persona-updated reusable-persona-used started transitioned updated-tags',
	'integration-log': 'created',
	'report/address-lookup': 'errored ready submitted',
	'report/adverse-media': 'dismissed errored matched ready',
	'report/background-check': 'ready',
	'report/better-business-bureau': 'errored ready',
	'report/business-adverse-media': 'dismissed errored matched ready',
	'report/business-associated-persons': 'errored ready',
	'report/business-classification': 'errored ready submitted',
	'report/business-enforcement-action': 'errored ready submitted',
	'report/business-industry-classification': 'errored ready submitted',
	'report/business-liens-lookup': 'errored ready',
	'report/business-lookup-eu': 'errored ready',
	'report/business-lookup': 'errored ready',
	'report/business-media-coverage': 'errored matched ready submitted',
	'report/business-nonprofit': 'changed errored ready',
	'report/business-online-presence': 'errored ready submitted',
	'report/business-personnel-insights': 'errored ready submitted',
	'report/business-registrations-lookup': 'errored ready',
	'report/business-social-media': 'errored ready',
	'report/business-watchlist': 'dismissed errored matched ready',
	'report/business-website': 'errored ready',
	'report/chainalysis-address-screening': 'errored ready',
	'report/clearbit-business-lookup': 'errored ready',
	'report/coinbase-check-crypto-risk': 'errored ready',
	'report/community-safety': 'errored matched ready',
	'report/comply-advantage-search': 'ready',
	'report/comprehensive-profile': 'ready',
	'report/crypto-address-watchlist': 'errored matched ready',
	'report/crypto_address': 'matched ready',
	'report/custom-list': 'dismissed errored matched ready',
	'report/email-address': 'errored ready',
	'report/employer-lookup': 'ready',
	'report/equifax-oneview': 'errored ready',
	'report/finra-broker-check': 'errored ready',
	'report/kyckr-business-lookup': 'errored ready',
	'report/middesk': 'errored ready submitted',
	'report/mx-account': 'errored ready',
	'report/nces': 'errored ready',
	'report/novacredit-cash-atlas': 'errored ready submitted',
	'report/novacredit-credit-passport': 'errored ready submitted',
	'report/phone-number': 'errored ready',
	'report/politically-exposed-person': 'dismissed errored matched ready',
	'report/profile-non-authoritative': 'errored ready',
	'report/profile': 'errored ready',
	'report/screening': 'errored matched ready reviewed',
	'report/sec-action-lookup': 'errored ready',
	'report/sentilink-application-risk': 'errored ready',
	'report/sentilink-scores': 'errored ready',
	'report/social-media': 'errored ready',
	'report/synthetic': 'errored ready',
	'report/trm-wallet-screening': 'errored ready',
	'report/watchlist': 'dismissed errored matched ready',
	sar: 'created filed',
	selfie: 'created errored processed submitted',
	session: 'created expired',
	'transaction-type': 'deleted-field',
	transaction:
		'added-relation created labeled redacted removed-relation sentinel-session-processed status-updated updated-fields',
	user: 'availability-updated',
	verification:
		'canceled created escalated failed passed requires-retry skipped submitted tentatively-failed tentatively-passed updated-tags',
	'workflow-run': 'completed created errored resumed',
	workflow: 'published',
};

/** Those of these events that most workflows begin with; the triggers list them first. */
const EVERYDAY_EVENTS: Record<string, string> = {
	account: 'created redacted status-updated tag-added updated-fields',
	case: 'assigned created reopened resolved sla-expired status-updated',
	document: 'processed',
	inquiry:
		'approved completed created declined expired failed marked-for-review redacted started updated-tags',
	'report/adverse-media': 'dismissed matched ready',
	'report/business-watchlist': 'matched',
	'report/politically-exposed-person': 'dismissed matched ready',
	'report/screening': 'matched ready',
	'report/watchlist': 'dismissed matched ready',
	transaction: 'created status-updated',
	verification: 'failed passed requires-retry',
	'workflow-run': 'completed errored',
};

/** Words that keep this spelling in labels and sentences. */
const LABEL_OVERRIDES: Record<string, string> = {
	chainalysis: 'Chainalysis',
	clearbit: 'Clearbit',
	coinbase: 'Coinbase',
	equifax: 'Equifax',
	eu: 'EU',
	finra: 'FINRA',
	for: 'for',
	kyckr: 'Kyckr',
	middesk: 'Middesk',
	mx: 'MX',
	nces: 'NCES',
	novacredit: 'Nova Credit',
	oneview: 'OneView',
	persona: 'Persona',
	sar: 'SAR',
	sec: 'SEC',
	sentilink: 'SentiLink',
	sla: 'SLA',
	trm: 'TRM',
};

/** Changes whose names alone make no phrase. */
const PHRASES: Record<string, string> = {
	'consolidated-with': 'consolidated-with-another',
	'requires-retry': 'retry-required',
};

/**
 * Splits into words: `report/adverse-media` to "adverse media report", `updated-tags` to "tags
 * updated", `inbound-created` to "inbound … created".
 */
function splitIntoWords(subject: string, change: string): string[] {
	const [, report] = subject.match(/^report\/(.+)$/) ?? [];
	const noun = report ? `${report}-report` : subject.replace('connect/', '');
	const verb = change.replace(/^(added|deleted|removed|updated)-(.+)$/, '$2-$1');
	const [, way = '', done] = /^((?:in|out)bound-)?(.+)$/.exec(PHRASES[change] ?? verb) ?? [];
	return `${way}${noun}-${done}`.split(/[/_-]/);
}

const capitalize = (word: string) => word[0].toUpperCase() + word.slice(1);

function buildOption(subject: string, change: string): INodePropertyOptions {
	const words = splitIntoWords(subject, change);
	return {
		name: words.map((word) => LABEL_OVERRIDES[word] ?? capitalize(word)).join(' '),
		value: `${subject}.${change}`,
		action: `On ${words.map((word) => LABEL_OVERRIDES[word] ?? word).join(' ')}`,
	};
}

/** Persona's wildcard for all events, including those that it adds later. */
export const ALL_EVENTS = '*';

/**
 * Whether an organization has made up an event itself. Its payload is then whatever the organization
 * has sent, with its own keys, and not one of Persona's objects.
 */
export const isCustomEvent = (name: string): boolean => name.startsWith('custom.');

/** The longest name of a custom event, in characters, according to Persona's description of webhooks. */
const MAX_CUSTOM_NAME_LENGTH = 128;

/** Whether a name of a custom event is one that Persona takes, according to the same description. */
export const isCustomEventName = (name: string): boolean =>
	name.length <= MAX_CUSTOM_NAME_LENGTH && /^custom(\.[a-z0-9]+(-[a-z0-9]+)*){1,4}$/.test(name);

const buildOptions = (types: Record<string, string>): INodePropertyOptions[] =>
	Object.entries(types)
		.flatMap(([subject, changes]) =>
			changes.split(' ').map((change) => buildOption(subject, change)),
		)
		.sort(compareByName);

const allOption = { name: '[All]', value: ALL_EVENTS, action: 'On any event' };

/** All events of Persona's published description as options of the panel, sorted by label. */
export const eventOptions: INodePropertyOptions[] = [allOption, ...buildOptions(EVENT_TYPES)];

/** The events that most workflows begin with. n8n lists a trigger for each of them. */
export const everydayEventOptions: INodePropertyOptions[] = [
	allOption,
	...buildOptions(EVERYDAY_EVENTS),
];

/** All other events. */
export const moreEventOptions: INodePropertyOptions[] = eventOptions.filter(
	({ value }) => !everydayEventOptions.some((everyday) => everyday.value === value),
);
