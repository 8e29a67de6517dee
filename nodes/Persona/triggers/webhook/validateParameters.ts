import type { IHookFunctions } from 'n8n-workflow';
import { CONDITIONS, type ConditionName } from '../../events/conditions';
import { readEventNames, readSelection, readOutputMode } from '../../events/parameters';
import { createUserError } from '../../events/readValues';
import { readRegistrationOptions, readToleranceMinutes } from './options';
import { requireResponseMode, type ReceiveMode } from './receiveMode';

/** The conditions that are read from the relationships of an object. */
const NEEDS_RELATIONSHIPS: ConditionName[] = ['accountId', 'templateId'];

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
	const { includeRelationships } = readRegistrationOptions(context);
	const unmet = NEEDS_RELATIONSHIPS.find((name) => conditions[name] !== undefined);
	if (includeRelationships || fetchLatest || unmet === undefined) return;
	throw createUserError(
		context,
		`'${CONDITIONS[unmet].label}' in 'Only When' cannot be checked, because 'Include Relationships' is off. Turn it on, or turn on 'Fetch Latest State'.`,
	);
}
