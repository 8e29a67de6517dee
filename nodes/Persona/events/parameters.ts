import type {
	IHookFunctions,
	INodeProperties,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { ALL_EVENTS, eventOptions } from './eventTypes';
import { CONDITIONS, isConditionName, type EventConditions } from './conditions';
import { splitList } from '../utils/splitList';

/** The context that n8n passes to either trigger, in any of its methods. */
export type TriggerContext = IHookFunctions | IPollFunctions | IWebhookFunctions;

const conditionFields = Object.entries(CONDITIONS).map(
	([name, { label, sample, description }]): INodeProperties => ({
		displayName: label,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${sample}`,
		description: `${description}, e.g. ${sample}. Separate several with commas; one of them must match.`,
	}),
);

/** The fields in which the user chooses events, for both triggers. */
export const eventParameters: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'events',
		type: 'multiOptions',
		options: eventOptions,
		default: [],
	},
	{
		displayName: 'Other Events',
		name: 'otherEvents',
		type: 'string',
		default: '',
		placeholder: 'e.g. report/screening.reviewed, custom.account.reviewed',
		description:
			'Names of other events, separated by commas. Persona adds events over time, and your organization may have its own.',
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
		description: 'Conditions on the object of the event. All of them must be met.',
		options: conditionFields,
	},
	{
		displayName: 'Fetch Latest State',
		name: 'fetchLatest',
		type: 'boolean',
		default: false,
		description:
			'Whether to read the object again for each event, because events can arrive late or out of order. The conditions then apply to this state.',
	},
	{
		displayName: 'Include',
		name: 'include',
		type: 'string',
		default: '',
		displayOptions: { show: { fetchLatest: [true] } },
		placeholder: 'e.g. account, verifications',
		description:
			'Related objects to return in full, separated by commas, e.g. account, verifications. Names that do not apply to an object are ignored.',
	},
];

/** The field for the shape of the items, for both triggers. */
export const outputParameters: INodeProperties[] = [
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
];

/** Reads the names of all events that a trigger listens to, each once. */
export const readEventNames = (context: TriggerContext): string[] => [
	...new Set([
		...splitList(context.getNodeParameter('events', [])),
		...splitList(context.getNodeParameter('otherEvents', '')),
	]),
];

/** Whether a trigger listens to an event. */
export const isSubscribed = (eventNames: string[], name: string) =>
	eventNames.includes(ALL_EVENTS) || eventNames.includes(name);

/** Which events a trigger emits, and how. */
export interface EventSelection {
	conditions: EventConditions;
	fetchLatest: boolean;
	/** Relationships to read with the latest state. */
	include: string[];
	simplify: boolean;
}

/** Reads whether a trigger simplifies its items. */
export const readSimplify = (context: TriggerContext) =>
	context.getNodeParameter('simplify', true) !== false;

/**
 * Reads the user's conditions with their values. Throws for a condition that this version of the
 * node does not have: ignoring it would emit too much, and emitting nothing would go unnoticed.
 * (n8n 2.40 drops unknown members of a collection before a node can read them, but that is not
 * documented.)
 */
function readConditions(context: TriggerContext): EventConditions {
	const onlyWhen = (context.getNodeParameter('onlyWhen', {}) ?? {}) as Record<string, unknown>;
	const conditions = Object.entries(onlyWhen).map(
		([name, value]) => [name, splitList(value)] as const,
	);
	const unknown = conditions.find(([name, values]) => values.length > 0 && !isConditionName(name));
	if (unknown) {
		throw new NodeOperationError(
			context.getNode(),
			`'Only When' has a condition that this version of the node does not know: ${unknown[0]}. Update the node, or remove the condition.`,
			{ level: 'info' },
		);
	}
	return Object.fromEntries(conditions);
}

/** Reads which events a trigger emits, and how. Throws if a condition is unknown. */
export function readSelection(context: TriggerContext): EventSelection {
	const fetchLatest = context.getNodeParameter('fetchLatest', false) === true;
	return {
		conditions: readConditions(context),
		fetchLatest,
		include: fetchLatest ? splitList(context.getNodeParameter('include', '')) : [],
		simplify: readSimplify(context),
	};
}
