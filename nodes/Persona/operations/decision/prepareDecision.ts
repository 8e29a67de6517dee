import { prepareRequest } from '../../engine/prepare';
import type { ItemContext, PreparedItem } from '../../engine/types';
import { getDecision, type Decision } from './getDecision';

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
	const deciding = await prepareRequest(context);
	const reading = await prepareRequest(context, ({ query }) => ({ method: 'GET', path, query }));
	const decide = async () => {
		run.client.rateLimiter.expectedRequests++;
		// Without the fields to return, so that the status is among them.
		const { data } = await context.requestDocument({ method: 'GET', path });
		run.client.rateLimiter.expectedRequests--;
		const previousDecision = getDecision(data);
		const alreadyDecided = previousDecision === decision;
		const items = await (alreadyDecided ? reading : deciding).run();
		return items.map(({ json }) => ({ json: { alreadyDecided, previousDecision, ...json } }));
	};
	return { ...deciding, run: decide };
}
