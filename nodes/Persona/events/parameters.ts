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

/** The context that n8n gives either trigger, whatever it calls. */
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

/** The events that both triggers listen to. */
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

/** Which of these events both triggers emit, and with which state of the object. */
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

/** The shape of the items of both triggers. */
export const outputParameters: INodeProperties[] = [
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
];

/** The names of all events a trigger listens to, each once. */
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

/** Whether a trigger flattens what it emits. */
export const readSimplify = (context: TriggerContext) =>
	context.getNodeParameter('simplify', true) !== false;

/**
 * The user's conditions with their values. Throws for a condition that this version of the node does
 * not know: ignoring it would emit too much, and holding back every event would go unnoticed. (n8n 2.40
 * drops unknown members of a collection before a node can see them, but does not promise it.)
 */
function readConditions(context: TriggerContext): EventConditions {
	const given = (context.getNodeParameter('onlyWhen', {}) ?? {}) as Record<string, unknown>;
	const conditions = Object.entries(given).map(
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

/** The user's choice of what a trigger emits. Throws where a condition is not known. */
export function readSelection(context: TriggerContext): EventSelection {
	const fetchLatest = context.getNodeParameter('fetchLatest', false) === true;
	return {
		conditions: readConditions(context),
		fetchLatest,
		include: fetchLatest ? splitList(context.getNodeParameter('include', '')) : [],
		simplify: readSimplify(context),
	};
}
