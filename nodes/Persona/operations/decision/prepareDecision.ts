import { toJson } from '../../engine/prepare';
import type { ItemContext, PreparedItem } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import { API_KEY, getDecider, getDecision, type Decision } from './getDecision';

/** What is decided about an inquiry now, and by whom; nothing if Persona was not asked for the status. */
function describeDecision(inquiry: PersonaObject, alreadyDecided: boolean) {
	if (getAttributes(inquiry).status === undefined) return {};
	const decider = getDecider(inquiry);
	// Whoever decides with this node does it with the key of its credential.
	const decidedBy = decider === 'unknown' && !alreadyDecided ? API_KEY : decider;
	return { decision: getDecision(inquiry), decidedBy };
}

/**
 * Prepares a decision about an inquiry, which is read first: what is decided already is not decided
 * again, and the output says what had been decided before. Somebody else may decide between the two
 * requests; Persona offers no way to rule that out. Throws if a parameter is invalid.
 */
export async function prepareDecision(
	context: ItemContext,
	decision: Decision,
): Promise<PreparedItem> {
	const { run } = context;
	const path = `/inquiries/${context.readId('inquiry-id')}`;
	// Also where a tool needs no permission, since it hands the decision to a person.
	const output = { ...context.readOutput(), isBrief: run.isTool };
	const deciding = await context.buildRequest();
	const reading: ApiRequest = { method: 'GET', path, query: deciding.query };
	const decide = async () => {
		run.client.rateLimiter.expectedRequests++;
		// Without the fields to return, so that the status is among them.
		const { data: inquiry } = await context.requestDocument({ method: 'GET', path });
		run.client.rateLimiter.expectedRequests--;
		const previousDecision = getDecision(inquiry);
		const alreadyDecided = previousDecision === decision;
		const document = await context.requestDocument(alreadyDecided ? reading : deciding);
		const { data } = document;
		const isRaw = output.mode === 'raw';
		const now = isRaw ? {} : describeDecision(data, alreadyDecided);
		const json = toJson(context, document, data, output);
		return [{ json: { alreadyDecided, previousDecision, ...now, ...json } }];
	};
	return { request: deciding, run: decide };
}
