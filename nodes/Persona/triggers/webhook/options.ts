import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { createUserError, readBoolean, readList, readNumber } from '../../events/readValues';
import { hasEmptyEntry } from '../../utils/parseList';
import type { WebhookTriggerContext } from './listener';

/** Only for a webhook that the node registers itself. */
const forRegistered = { show: { '/receive': ['automatic'] } };

const DEFAULT_TOLERANCE_MINUTES = 5;

/** How long links to files stay valid if a webhook does not say otherwise, according to Persona. */
const DEFAULT_FILE_LINK_HOURS = 6;

/** In hours. Persona does not make links longer. */
const FILE_LINK_LIMITS = { min: 1, max: 72 };

/** In hours. */
const CATCH_UP_LIMITS = { min: 1, max: 720 };

const REMOVE = 'Or remove the option.';

type OptionName =
	'attributeBlocklist' | 'catchUp' | 'fileLinkLifetime' | 'includeRelated' | 'tolerance';

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
			'Attributes that Persona leaves out of the events, separated by commas or as a JSON list. An asterisk matches any characters. A condition on an attribute that is left out is never met without Fetch Latest State.',
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
		displayName: 'Include Related Objects',
		name: 'includeRelated',
		displayOptions: forRegistered,
		type: 'boolean',
		default: true,
		description:
			'Whether to receive related objects in full, such as the verifications of an inquiry',
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

/** Reads a blocklist. An entry that turns out empty would let an attribute through. */
function readBlocklist(context: WebhookTriggerContext, label: string, value: unknown): string[] {
	const entries = readList(context, label, value);
	if (entries.length === 0) {
		throw createUserError(
			context,
			`${label} is empty, so it would block nothing. Enter attributes, or remove the option if none should be left out.`,
		);
	}
	if (!hasEmptyEntry(value)) return entries;
	throw createUserError(
		context,
		`${label} has an empty entry. Enter an attribute, or remove the entry.`,
	);
}

/** Reads the options for a webhook that the node registers. Throws if one is empty or wrong. */
export const readRegistrationOptions = (context: WebhookTriggerContext): RegistrationOptions => ({
	attributeBlocklist: readOption<string[]>(context, 'attributeBlocklist', [], (label, value) =>
		readBlocklist(context, label, value),
	),
	catchUpHours: readCatchUpHours(context),
	fileLinkHours: readOption(context, 'fileLinkLifetime', DEFAULT_FILE_LINK_HOURS, (label, value) =>
		readNumber(context, label, value, { ...FILE_LINK_LIMITS, advice: REMOVE }),
	),
	includeRelated: readOption(context, 'includeRelated', false, (label, value) =>
		readBoolean(context, label, value),
	),
});

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
