import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { createUserError, readBoolean, readList, readNumber } from '../../events/readValues';
import { ALL_EVENTS, isCustomEvent } from '../../events/eventTypes';
import { isSubscribed, readEventNames, requireEventName } from '../../events/parameters';
import { findFilterProblem } from '../../events/payloadFilter';
import { DEFAULT_TOLERANCE_MINUTES } from '../../events/signing/signature';
import { isBlank } from '../../utils/isBlank';
import { getRecords, isRecord } from '../../utils/isRecord';
import { readBlocklist } from './attributeBlocklist';
import type { WebhookTriggerContext } from './listener';

/** Only for a webhook that the node registers itself. */
const forRegistered = { show: { '/receive': ['automatic'] } };

/** How long links to files stay valid if a webhook does not say otherwise, according to Persona. */
const DEFAULT_FILE_LINK_HOURS = 6;

/** In hours. Persona does not make links longer. */
const FILE_LINK_LIMITS = { min: 1, max: 72 };

/** In hours. */
const CATCH_UP_LIMITS = { min: 1, max: 720 };

const REMOVE = 'Or remove the option.';

/** Stands for all related objects. */
const ALL = '*';

/** Persona takes related objects for no more events than this. */
const MAX_EVENT_INCLUDES = 200;

type OptionName =
	| 'attributeBlocklist'
	| 'catchUp'
	| 'fileLinkLifetime'
	| 'includeRelated'
	| 'includeRelatedByEvent'
	| 'includeRelationships'
	| 'payloadFilter'
	| 'tolerance';

/** The fields of 'Options'. Each is absent until the user adds it. */
export const optionFields: Array<INodeProperties & { name: OptionName }> = [
	{
		displayName: 'Attribute Blocklist',
		name: 'attributeBlocklist',
		displayOptions: forRegistered,
		type: 'string',
		default: '',
		placeholder: 'e.g. name-last, address-*',
		description:
			'Attributes that Persona leaves out of the events, separated by commas or as a JSON list. An asterisk matches any characters. A condition on an attribute that is left out needs Fetch Latest State.',
	},
	{
		displayName: 'Catch Up After a Pause (Hours)',
		name: 'catchUp',
		displayOptions: forRegistered,
		type: 'number',
		typeOptions: { minValue: CATCH_UP_LIMITS.min, maxValue: CATCH_UP_LIMITS.max },
		default: 24,
		description:
			'How many hours to look back for missed events when the workflow is published again, from 1 to 720. Missed events, and events that this node could not accept before the pause, arrive oldest first, each marked with caughtUp. Nothing is caught up if the address of n8n has changed. Needs the permission event.read.',
	},
	{
		displayName: 'File Link Lifetime (Hours)',
		name: 'fileLinkLifetime',
		displayOptions: forRegistered,
		type: 'number',
		typeOptions: { minValue: FILE_LINK_LIMITS.min, maxValue: FILE_LINK_LIMITS.max },
		default: DEFAULT_FILE_LINK_HOURS,
		description:
			'How long links to photos and documents in an event stay valid, from 1 to 72 hours',
	},
	{
		displayName: 'Include Related by Event',
		name: 'includeRelatedByEvent',
		displayOptions: forRegistered,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Events',
		default: {},
		description:
			'Related objects to receive in full with certain events only, such as the account with inquiry.approved. Other events come without any. Replaces Include Related Objects.',
		options: [
			{
				displayName: 'Entry',
				name: 'entry',
				values: [
					{
						displayName: 'Events',
						name: 'events',
						type: 'string',
						default: '',
						placeholder: 'e.g. inquiry.approved, inquiry.declined',
						description:
							'Names of events that this node listens to, separated by commas or as a JSON list',
					},
					{
						displayName: 'Related Objects',
						name: 'relationships',
						type: 'string',
						default: '',
						placeholder: 'e.g. account, verifications',
						description:
							'Names of relationships, separated by commas or as a JSON list. An asterisk by itself stands for all.',
					},
				],
			},
		],
	},
	{
		displayName: 'Include Related Objects',
		name: 'includeRelated',
		displayOptions: forRegistered,
		type: 'boolean',
		default: true,
		description:
			'Whether to receive related objects in full, such as the verifications of an inquiry',
	},
	{
		displayName: 'Include Relationships',
		name: 'includeRelationships',
		displayOptions: forRegistered,
		type: 'boolean',
		default: true,
		description:
			'Whether events contain the IDs of related objects, as Persona does by default. Without them, the conditions on account and template need Fetch Latest State.',
	},
	{
		displayName: 'Payload Filter',
		name: 'payloadFilter',
		displayOptions: forRegistered,
		type: 'json',
		default: '{}',
		hint: 'E.g. {"attributes": {"status": "approved"}}',
		description:
			'Receive only events whose object contains all of this JSON object, e.g. {"attributes": {"status": "approved"}}, without the "data" around it. Names are written with dashes, as in the raw output. For enterprise customers of Persona.',
	},
	{
		displayName: 'Tolerance (Minutes)',
		name: 'tolerance',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: DEFAULT_TOLERANCE_MINUTES,
		description:
			'How old the signature of an event may be before the event is rejected as a replay. A time in the future counts in the same way. We infer that Persona signs each retry anew. If the log of n8n says that retries are rejected because of their age, set 3120, since Persona retries for 51 hours. Set 0 to accept any age.',
	},
];

/** The options for a webhook that the node registers itself, with defaults for those not added. */
export interface RegistrationOptions {
	/** Empty if nothing is blocked. */
	attributeBlocklist: string[];
	/** How far back to catch up; 0 if the user does not want to. */
	catchUpHours: number;
	fileLinkHours: number;
	includeRelated: boolean;
	/** Replaces `includeRelated`, unless it is empty. */
	includeRelatedByEvent: EventInclude[];
	includeRelationships: boolean;
	/** What a payload must contain; empty if it may be any. */
	payloadFilter: IDataObject;
}

/** The relationships whose objects are sent with an event; an asterisk stands for all. */
export interface EventInclude {
	event: string;
	relationships: string[];
}

/**
 * Reads an option with `read`, which gets its name for an error and its value; `fallback` if the user
 * has not added it.
 */
function readOption<Value>(
	context: WebhookTriggerContext,
	name: OptionName,
	fallback: Value,
	read: (label: string, value: unknown) => Value,
): Value {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const { displayName = name } = optionFields.find((field) => field.name === name) ?? {};
	return Object.hasOwn(options, name) ? read(`'${displayName}'`, options[name]) : fallback;
}

/** Reads the events of one entry. Each must be one that the node listens to, or the entry has no effect. */
function readIncludeEvents(
	context: WebhookTriggerContext,
	label: string,
	value: unknown,
): string[] {
	const field = `'Events' in ${label}`;
	const events = [...new Set(readList(context, field, value))];
	if (events.length === 0) {
		throw createUserError(context, `${field} is empty. Enter the name of an event.`);
	}
	for (const event of events) {
		if (event !== ALL_EVENTS) requireEventName(context, field, event);
	}
	const listensTo = readEventNames(context);
	const other = events.find((event) => event === ALL_EVENTS || !isSubscribed(listensTo, event));
	if (other === undefined) return events;
	const name = JSON.stringify(other.slice(0, 40));
	throw createUserError(
		context,
		other === ALL_EVENTS
			? `${field} is ${name}. Name the events, or use 'Include Related Objects' for all.`
			: `${field} contains ${name}, which this node does not listen to. Choose it in 'Trigger On' too, or remove it here.`,
	);
}

/** Reads the relationships of one entry. Persona takes an asterisk only by itself. */
function readRelationships(
	context: WebhookTriggerContext,
	field: string,
	value: unknown,
): string[] {
	const names = [...new Set(readList(context, field, value))];
	if (names.length === 0) {
		throw createUserError(context, `${field} is empty. Enter names, or an asterisk for all.`);
	}
	if (names.length > 1 && names.includes(ALL)) {
		throw createUserError(
			context,
			`${field} has an asterisk and names. Enter the names, or only the asterisk.`,
		);
	}
	const wrong = names.find((name) => name !== ALL && !/^[\w-]+$/.test(name));
	if (wrong === undefined) return names;
	throw createUserError(
		context,
		`${field} contains ${JSON.stringify(wrong.slice(0, 40))}, which is not the name of a relationship. Write names with commas between them, e.g. account, verifications.`,
	);
}

/** Reads which related objects to send with which event. Throws if an event has two entries. */
function readEventIncludes(
	context: WebhookTriggerContext,
	label: string,
	value: unknown,
): EventInclude[] {
	const { entry } = isRecord(value) ? value : {};
	const entries = getRecords(entry);
	if (entries.length === 0) {
		throw createUserError(context, `${label} is empty. Add events, or remove the option.`);
	}
	const includes = entries.flatMap(({ events, relationships }) => {
		const field = `'Related Objects' in ${label}`;
		const names = readRelationships(context, field, relationships);
		return readIncludeEvents(context, label, events).map((event) => ({
			event,
			relationships: names,
		}));
	});
	const names = includes.map(({ event }) => event);
	const twice = names.find((event, index) => names.indexOf(event) < index);
	if (twice !== undefined) {
		throw createUserError(
			context,
			`${label} has ${twice} twice. Enter all its objects in one entry.`,
		);
	}
	if (includes.every(({ relationships }) => relationships.includes(ALL))) {
		throw createUserError(
			context,
			`${label} has nothing but asterisks, which Persona takes as all related objects with every event. Name the objects of at least one event, or use 'Include Related Objects' instead.`,
		);
	}
	if (names.length <= MAX_EVENT_INCLUDES) return includes;
	throw createUserError(
		context,
		`${label} has more than ${MAX_EVENT_INCLUDES} events. Use 'Include Related Objects' instead.`,
	);
}

/** Returns a filter as JSON. Throws for one that lets the wrong events through, or none. */
function requireUsefulFilter(
	context: WebhookTriggerContext,
	label: string,
	value: IDataObject,
): IDataObject {
	const filter = JSON.parse(JSON.stringify(value)) as IDataObject;
	const mayBeCustom = readEventNames(context).some(
		(name) => name === ALL_EVENTS || isCustomEvent(name),
	);
	const problem = findFilterProblem(filter, { mayBeCustom, isKebab: true });
	if (problem === undefined) return filter;
	throw createUserError(context, `${label} ${problem.finding}. ${problem.advice}`);
}

/** Reads a filter of payloads. An empty one would let every event through. */
function readPayloadFilter(
	context: WebhookTriggerContext,
	label: string,
	value: unknown,
): IDataObject {
	let filter = value;
	try {
		if (typeof value === 'string' && !isBlank(value)) filter = JSON.parse(value) as unknown;
	} catch {
		// It is reported below.
	}
	const isNothing = filter === undefined || filter === null || isBlank(String(filter));
	if (isNothing || (isRecord(filter) && Object.keys(filter).length === 0)) {
		throw createUserError(
			context,
			`${label} is empty, so it would filter nothing. Enter a JSON object, or remove the option.`,
		);
	}
	if (isRecord(filter)) return requireUsefulFilter(context, label, filter);
	throw createUserError(
		context,
		`${label} is not a JSON object, such as {"attributes": {"status": "approved"}}. ${REMOVE}`,
	);
}

/** The options as n8n stores them, with their expressions. */
function readStoredOptions(context: WebhookTriggerContext): IDataObject {
	const { options } = context.getNode().parameters;
	return isRecord(options) ? options : {};
}

/** Throws if both ways to include related objects are given, since only one can hold. */
function requireOneInclude(context: WebhookTriggerContext) {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const isBoth = ['includeRelated', 'includeRelatedByEvent'].every((name) =>
		Object.hasOwn(options, name),
	);
	if (!isBoth) return;
	throw createUserError(
		context,
		"'Include Related by Event' replaces 'Include Related Objects'. Remove one of the two options.",
	);
}

/** Reads the options for a webhook that the node registers. Throws if one is empty or wrong. */
export function readRegistrationOptions(context: WebhookTriggerContext): RegistrationOptions {
	requireOneInclude(context);
	return {
		attributeBlocklist: readOption<string[]>(context, 'attributeBlocklist', [], (label, value) =>
			readBlocklist(context, label, value, readStoredOptions(context).attributeBlocklist),
		),
		catchUpHours: readCatchUpHours(context),
		fileLinkHours: readOption(
			context,
			'fileLinkLifetime',
			DEFAULT_FILE_LINK_HOURS,
			(label, value) => readNumber(context, label, value, { ...FILE_LINK_LIMITS, advice: REMOVE }),
		),
		includeRelated: readOption(context, 'includeRelated', false, (label, value) =>
			readBoolean(context, label, value),
		),
		includeRelatedByEvent: readOption<EventInclude[]>(
			context,
			'includeRelatedByEvent',
			[],
			(label, value) => readEventIncludes(context, label, value),
		),
		includeRelationships: readOption(context, 'includeRelationships', true, (label, value) =>
			readBoolean(context, label, value),
		),
		payloadFilter: readOption(context, 'payloadFilter', {}, (label, value) =>
			readPayloadFilter(context, label, value),
		),
	};
}

/** Reads how far back to catch up, in hours; 0 without the option. Throws if it is empty or wrong. */
export const readCatchUpHours = (context: WebhookTriggerContext): number =>
	readOption(context, 'catchUp', 0, (label, value) =>
		readNumber(context, label, value, { ...CATCH_UP_LIMITS, advice: REMOVE }),
	);

/**
 * Reads how old a signature may be, in minutes; with 0 the age is not checked. Throws if the option is
 * empty or wrong, since nothing may be accepted then.
 */
export const readToleranceMinutes = (context: WebhookTriggerContext): number =>
	readOption(context, 'tolerance', DEFAULT_TOLERANCE_MINUTES, (label, value) =>
		readNumber(context, label, value, {
			min: 0,
			advice: 'Set 0 only if a signature may be of any age.',
		}),
	);
