import type { IHookFunctions } from 'n8n-workflow';
import { CONDITIONS, type ConditionName, type EventConditions } from '../../events/conditions';
import { readEventNames, readSelection, readOutputMode } from '../../events/parameters';
import { createUserError } from '../../events/readValues';
import { isBlocked } from './attributeBlocklist';
import { readRegistrationOptions, readToleranceMinutes } from './options';
import { requireResponseMode, type ReceiveMode } from './receiveMode';

/** The conditions that are read from the attribute of the same name. */
const READS_ATTRIBUTE: ConditionName[] = ['referenceId', 'status', 'tags'];

/** The conditions that are read from the relationships of an object. */
const NEEDS_RELATIONSHIPS: ConditionName[] = ['accountId', 'templateId'];

/** Throws if events lack the attribute of a condition, so that it could never be met. */
function requireUnblocked(
	context: IHookFunctions,
	blocklist: string[],
	conditions: EventConditions,
) {
	const blocked = READS_ATTRIBUTE.find(
		(name) => conditions[name] !== undefined && isBlocked(blocklist, name),
	);
	if (blocked === undefined) return;
	throw createUserError(
		context,
		`'${CONDITIONS[blocked].label}' in 'Only When' cannot be checked, because 'Attribute Blocklist' leaves it out. Change the list, or turn on 'Fetch Latest State'.`,
	);
}

/**
 * Reads everything that deliveries will read, so that the workflow cannot be published with a value
 * that makes them fail. Throws if one is empty or wrong.
 */
export function requireValidParameters(context: IHookFunctions, mode: ReceiveMode) {
	readToleranceMinutes(context);
	if (mode === 'workflow') {
		requireResponseMode(context);
		readOutputMode(context);
		return;
	}
	readEventNames(context);
	const { conditions, fetchLatest } = readSelection(context);
	if (mode !== 'automatic') return;
	const { attributeBlocklist, includeRelationships } = readRegistrationOptions(context);
	requireUnblocked(context, attributeBlocklist, fetchLatest ? {} : conditions);
	const unmet = NEEDS_RELATIONSHIPS.find((name) => conditions[name] !== undefined);
	if (includeRelationships || fetchLatest || unmet === undefined) return;
	throw createUserError(
		context,
		`'${CONDITIONS[unmet].label}' in 'Only When' cannot be checked, because 'Include Relationships' is off. Turn it on, or turn on 'Fetch Latest State'.`,
	);
}
