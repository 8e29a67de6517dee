import type { IHookFunctions } from 'n8n-workflow';
import { readEventNames, readSelection, readSimplify } from '../../events/parameters';
import { readRegistrationOptions, readToleranceMinutes } from './options';
import { requireResponseMode, type ReceiveMode } from './receiveMode';

/**
 * Reads everything that deliveries will read, so that the workflow cannot be published with a value
 * that makes them fail. Throws if one is empty or wrong.
 */
export function requireValidParameters(context: IHookFunctions, mode: ReceiveMode) {
	readToleranceMinutes(context);
	if (mode === 'workflow') {
		requireResponseMode(context);
		readSimplify(context);
		return;
	}
	readEventNames(context);
	readSelection(context);
	if (mode === 'automatic') readRegistrationOptions(context);
}
