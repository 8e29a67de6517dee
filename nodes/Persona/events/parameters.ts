import type {
	IHookFunctions,
	INodeProperties,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { ALL_EVENTS, eventOptions } from './eventTypes';
import type { EventConditions } from './conditions';

/** Either trigger, in whatever n8n asks of it. */
export type TriggerFunctions = IHookFunctions | IPollFunctions | IWebhookFunctions;

const buildConditionField = (
	displayName: string,
	name: string,
	sample: string,
	description: string,
) =>
	({
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${sample}`,
		description: `${description}, e.g. ${sample}; with commas between several, of which one must fit`,
	}) satisfies INodeProperties;

/** What both triggers listen to. */
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
			'Names of further events, separated by commas. Persona adds events over time, and your organization may have its own.',
	},
];

/** Which of their events both triggers pass on, and with which state of the object. */
export const selectionParameters: INodeProperties[] = [
	{
		displayName: 'Only When',
		name: 'onlyWhen',
		type: 'collection',
		placeholder: 'Add Condition',
		default: {},
		description:
			'What must be true of the object that an event is about; all conditions given here must hold',
		options: [
			buildConditionField('Account ID', 'accountId', 'act_ABC123', 'The account it belongs to'),
			buildConditionField('Object ID', 'objectId', 'inq_ABC123', 'Its own ID'),
			buildConditionField('Reference ID', 'referenceId', 'user-42', 'Your own ID for it'),
			buildConditionField('Status', 'status', 'approved, needs_review', 'Its status'),
			buildConditionField('Tags', 'tags', 'vip', 'A tag it has'),
			buildConditionField(
				'Template ID',
				'templateId',
				'itmpl_ABC123',
				'The template it was made from',
			),
		],
	},
	{
		displayName: 'Fetch Latest State',
		name: 'fetchLatest',
		type: 'boolean',
		default: false,
		description:
			'Whether to read the object anew for each event, since events can come late and out of order, e.g. a completion after the approval; the conditions then look at this state',
	},
	{
		displayName: 'Include',
		name: 'include',
		type: 'string',
		default: '',
		displayOptions: { show: { fetchLatest: [true] } },
		placeholder: 'e.g. account, verifications',
		description:
			'Related objects to read with it in full, separated by commas, e.g. account, verifications; each object gets those that it can have',
	},
];

/** The shape of what both triggers give. */
export const outputParameters: INodeProperties[] = [
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
];

/** The parts of a list with commas, however it was given; empty parts are left out. */
export const splitList = (given: unknown): string[] =>
	[given]
		.flat()
		.flatMap((part) => String(part ?? '').split(','))
		.map((name) => name.trim())
		.filter((name) => name !== '');

/** The names of all events a trigger listens to. */
export const readEventNames = (node: TriggerFunctions): string[] => [
	...new Set([
		...splitList(node.getNodeParameter('events', [])),
		...splitList(node.getNodeParameter('otherEvents', '')),
	]),
];

/** Whether an event is among those listened to. */
export const isSubscribed = (events: string[], name: string) =>
	events.includes(ALL_EVENTS) || events.includes(name);

/** What the user asks of the events a trigger passes on. */
export interface EventSelection {
	onlyWhen: EventConditions;
	fetchLatest: boolean;
	/** Relationships to read with the latest state. */
	include: string[];
	simplify: boolean;
}

/** The user's choice of what a trigger passes on. */
export function readSelection(node: TriggerFunctions): EventSelection {
	const given = (node.getNodeParameter('onlyWhen', {}) ?? {}) as Record<string, unknown>;
	const conditions = Object.entries(given).map(([name, value]) => [name, splitList(value)]);
	const fetchLatest = node.getNodeParameter('fetchLatest', false) === true;
	return {
		onlyWhen: Object.fromEntries(conditions) as EventConditions,
		fetchLatest,
		include: fetchLatest ? splitList(node.getNodeParameter('include', '')) : [],
		simplify: node.getNodeParameter('simplify', true) !== false,
	};
}
