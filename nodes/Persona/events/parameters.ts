import type {
	IDataObject,
	IHookFunctions,
	INodeProperties,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import {
	ALL_EVENTS,
	eventOptions,
	everydayEventOptions,
	isCustomEvent,
	isCustomEventName,
	moreEventOptions,
} from './eventTypes';
import { CONDITIONS, isConditionName, type EventConditions } from './conditions';
import type { FailItem } from '../transport/errors';
import { OUTPUT_MODES, type OutputMode } from '../transport/output';
import { isRecord } from '../utils/isRecord';
import { trimText } from '../utils/values/trimText';
import { parseId } from '../values/idKinds';
import {
	createUserError,
	describeWrong,
	readBoolean,
	readList,
	requireComplete,
} from './readValues';

/** The context that n8n passes to either trigger, in any of its methods. */
export type TriggerContext = IHookFunctions | IPollFunctions | IWebhookFunctions;

const conditionFields = Object.entries(CONDITIONS).map(
	([name, { label, sample, description }]): INodeProperties => ({
		displayName: label,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${sample}`,
		description: `${description}, e.g. ${sample}. Separate several with commas, or write a JSON list; one of them must match. An empty condition is an error.`,
	}),
);

/** The fields in which the user chooses events, for both triggers. */
export const eventParameters: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'events',
		type: 'multiOptions',
		options: everydayEventOptions,
		default: [],
	},
	{
		displayName: 'More Events',
		name: 'moreEvents',
		type: 'multiOptions',
		options: moreEventOptions,
		default: [],
		description:
			'Events that fewer workflows need: all others of Persona, such as those of its other reports',
	},
	{
		displayName: 'Events by Name',
		name: 'otherEvents',
		type: 'string',
		default: '',
		placeholder: 'e.g. custom.account.kyc-done, custom.payout.held',
		description:
			'Names of events that are in neither list, separated by commas or as a JSON list. Persona adds events over time, and your organization may have its own: custom. and one to four parts, e.g. custom.account.kyc-done.',
	},
];

/** The fields that select which of these events are emitted, and with which state of the object. */
export const selectionParameters: INodeProperties[] = [
	{
		displayName: 'Only When',
		name: 'onlyWhen',
		type: 'collection',
		placeholder: 'Add Condition',
		default: {},
		description:
			'Conditions on the object of the event. All of them must be met. A custom event has no such object: its payload is your own, so with a condition it starts nothing. Use another trigger for it, and check the payload in the workflow.',
		options: conditionFields,
	},
	{
		displayName: 'Fetch Latest State',
		name: 'fetchLatest',
		type: 'boolean',
		default: false,
		description:
			'Whether to read the object again for each event, because events can arrive late or out of order. The conditions then apply to this state. The state in the event is used if Persona no longer has the object or offers no way to read it.',
	},
	{
		displayName: 'Include',
		name: 'include',
		type: 'string',
		default: '',
		displayOptions: { show: { fetchLatest: [true] } },
		placeholder: 'e.g. account, verifications',
		description:
			'Related objects to return in full, separated by commas or as a JSON list, e.g. account, verifications. Names that do not apply to an object are ignored.',
	},
];

/** The field for the shape of the items, for both triggers. */
export const outputParameters: INodeProperties[] = [
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		options: [...OUTPUT_MODES],
		default: 'simplified',
		description: 'How much of each event and its object to return',
	},
];

/**
 * Reads a list that may be left empty. Throws if an expression returns nothing for it: what was meant
 * is then unknown.
 */
function readOptionalList(context: TriggerContext, parameter: string, label: string): string[] {
	const entries = readList(context, `'${label}'`, context.getNodeParameter(parameter, ''));
	const stored = context.getNode().parameters[parameter];
	const isExpression = typeof stored === 'string' && /^=\s*\S/.test(stored);
	if (entries.length > 0 || !isExpression) return entries;
	throw createUserError(
		context,
		`'${label}' is empty: its expression returns nothing. Change the expression, or clear the field.`,
	);
}

/** The form of every event's name. Another text, such as a label or a pattern, would never match. */
const EVENT_NAME = /^[^\s*,;"'“”‘’()[\]{}]+\.[^\s*,;"'“”‘’()[\]{}]+$/;

const knownNames = new Set(eventOptions.map(({ value }) => value));

/** The event that a name means if it only differs in case, or has underscores for dashes. */
function findMeantName(name: string): string | undefined {
	const meant = name.toLowerCase();
	return [meant, meant.replaceAll('_', '-')].find((candidate) => knownNames.has(candidate));
}

/** Throws if Persona would refuse the name of a custom event. */
function requireCustomName(context: TriggerContext, field: string, name: string) {
	if (isCustomEventName(name)) return;
	throw createUserError(
		context,
		`${field} contains ${JSON.stringify(name.slice(0, 40))}, which cannot be the name of a custom event. After custom. it has one to four parts with dots between them, each of small letters, digits and single dashes, e.g. custom.account.kyc-done, and at most 128 characters in all.`,
	);
}

/** Throws if a text cannot be the name of an event; `field` names it in the error. */
export function requireEventName(context: TriggerContext, field: string, name: string) {
	if (isCustomEvent(name.toLowerCase())) return requireCustomName(context, field, name);
	const meant = findMeantName(name);
	if (EVENT_NAME.test(name) && (meant === undefined || meant === name)) return;
	const advice =
		meant === undefined
			? "Write it as Persona does, e.g. inquiry.approved, or choose [All] in 'Trigger On'."
			: `Persona writes it as ${meant}.`;
	throw createUserError(
		context,
		`${field} contains ${JSON.stringify(name.slice(0, 40))}, which is not the name of an event. ${advice}`,
	);
}

function readNames(context: TriggerContext, parameter: string, label: string): string[] {
	const names = readOptionalList(context, parameter, label);
	for (const name of names) {
		if (name !== ALL_EVENTS) requireEventName(context, `'${label}'`, name);
	}
	return names;
}

const readAllNames = (context: TriggerContext) =>
	new Set([
		...readNames(context, 'events', 'Trigger On'),
		...readNames(context, 'moreEvents', 'More Events'),
		...readNames(context, 'otherEvents', 'Events by Name'),
	]);

/**
 * Reads the names of all events that a trigger listens to, each once. Throws if there are none, or if
 * one cannot be the name of an event.
 */
export function readEventNames(context: TriggerContext): string[] {
	const eventNames = readAllNames(context);
	if (eventNames.size > 0) return [...eventNames];
	throw createUserError(context, "Choose at least one event in 'Trigger On' or 'More Events'");
}

/** Whether a trigger listens to an event. */
export const isSubscribed = (eventNames: string[], name: string) =>
	eventNames.includes(ALL_EVENTS) || eventNames.includes(name);

/** Which events a trigger emits, and how. */
export interface EventSelection {
	conditions: EventConditions;
	fetchLatest: boolean;
	/** Relationships to read with the latest state. */
	include: string[];
	output: OutputMode;
}

/** Reads how much a trigger returns. Throws if an expression chooses what the panel does not offer. */
export function readOutputMode(context: TriggerContext): OutputMode {
	const given: unknown = context.getNodeParameter('output', 'simplified');
	const chosen = OUTPUT_MODES.find(({ value }) => value === given);
	if (chosen) return chosen.value;
	throw createUserError(
		context,
		`'Output' ${describeWrong(given)}. It can be ${OUTPUT_MODES.map(({ value }) => value).join(', ')}.`,
	);
}

/** Reads the accepted values of one condition. Throws if there are none, or it is unknown. */
function readCondition(context: TriggerContext, name: string, value: unknown): string[] {
	// Ignoring it would emit too much, and emitting nothing would go unnoticed. (n8n 2.40 drops unknown
	// members of a collection before a node can read them, but that is not documented.)
	if (!isConditionName(name)) {
		throw createUserError(
			context,
			`'Only When' has a condition that this version of the node does not know: ${name}. Update the node, or remove the condition.`,
		);
	}
	const { label, idPrefixes } = CONDITIONS[name];
	const accepted = readList(context, `'${label}' in 'Only When'`, value);
	const { onlyWhen } = context.getNode().parameters;
	const stored = (onlyWhen as IDataObject | undefined)?.[name];
	requireComplete(context, `'${label}' in 'Only When'`, value, stored);
	const field = { displayName: `${label}' in 'Only When`, idPrefix: idPrefixes };
	const fail: FailItem = (message, fix) => {
		throw createUserError(context, `${message}. ${fix}`);
	};
	if (accepted.length > 0) {
		return idPrefixes ? accepted.map((text) => parseId(trimText(text), field, fail)) : accepted;
	}
	throw createUserError(
		context,
		`The condition '${label}' in 'Only When' is empty, so no event can start the workflow. Enter a value, or remove the condition if there should be none.`,
	);
}

/**
 * Reads the user's conditions with their values. Throws for an empty or unknown one: without it, more
 * events would start the workflow than the user wants.
 */
function readConditions(context: TriggerContext): EventConditions {
	const onlyWhen: unknown = context.getNodeParameter('onlyWhen', {});
	if (!isRecord(onlyWhen)) {
		throw createUserError(
			context,
			"'Only When' cannot be an expression. Add its conditions one by one.",
		);
	}
	return Object.fromEntries(
		Object.entries(onlyWhen).map(([name, value]) => [name, readCondition(context, name, value)]),
	);
}

/**
 * Throws if a trigger listens to a custom event under conditions, which no custom event can meet: it
 * would be lost without a word.
 */
function requireNoCustomEvent(context: TriggerContext) {
	const customEvent = [...readAllNames(context)].find(isCustomEvent);
	if (customEvent === undefined) return;
	throw createUserError(
		context,
		`'Only When' cannot be checked for ${customEvent.slice(0, 140)} in 'Events by Name', because the payload of a custom event is your own and not one of Persona's objects. Use another trigger for it, or remove the conditions and check the payload in the workflow.`,
	);
}

/** Reads which events a trigger emits, and how. Throws if a value is empty or of the wrong kind. */
export function readSelection(context: TriggerContext): EventSelection {
	const conditions = readConditions(context);
	if (Object.keys(conditions).length > 0) requireNoCustomEvent(context);
	const fetchLatest = readBoolean(
		context,
		"'Fetch Latest State'",
		context.getNodeParameter('fetchLatest', false),
	);
	return {
		conditions,
		fetchLatest,
		include: fetchLatest ? readOptionalList(context, 'include', 'Include') : [],
		output: readOutputMode(context),
	};
}
