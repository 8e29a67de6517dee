import { findId, getPrefix, parseId } from '../values/idKinds';
import type { ItemContext } from '../engine/types';
import type { ApiRequest } from '../transport/apiRequest';

/** Actions that create a verification need its template. */
const CREATES_VERIFICATION = /^create_/;

/**
 * Turns the actions of the form into the list that Persona takes, in their order. The form has one
 * template for all verifications, or one for each. Fails the item if one is missing.
 */
export function listSimulateActions(context: ItemContext, request: ApiRequest): ApiRequest {
	const simulation = (
		request.body?.meta as { 'simulate-actions': { type: string; data?: Record<string, string> } }
	)['simulate-actions'];
	const { 'verification-template-id': templates = '' } = simulation.data ?? {};
	const field = { displayName: 'Verification Template ID', idPrefix: 'vtmpl' } as const;
	const ids = templates.split(',').map((entry) => {
		const id = entry.trim();
		// Only what is surely an ID is checked: Persona names what it does not know.
		return getPrefix(findId(id) ?? '') ? parseId(id, field, context.fail) : id;
	});
	const types = simulation.type.split(',').map((type) => type.trim());
	const creating = types.filter((type) => CREATES_VERIFICATION.test(type));
	if (creating.length > 0 && ids.includes('')) {
		const message = `The action '${creating[0]}' requires it.`;
		context.fail("'Verification Template ID' is empty", message);
	}
	if (creating.length === 0 ? templates : ids.length > 1 && ids.length !== creating.length) {
		const message =
			creating.length === 0
				? 'None of them creates a verification. Remove it, or add such an action.'
				: 'Give one for all verifications, or one for each, in the order of the actions.';
		context.fail("'Verification Template ID' does not fit the actions", message);
	}
	const actions = types.map((type) => {
		if (!CREATES_VERIFICATION.test(type)) return { type };
		const id = ids.length > 1 ? ids.shift() : ids[0];
		return { type, data: { 'verification-template-id': id } };
	});
	return { ...request, body: { meta: { 'simulate-actions': actions } } };
}
