import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { JsonObject, Sandbox, StoredObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

/** Creates an inquiry and completes it as a person with these values. Returns the ID of the inquiry. */
export async function completeInquiry(sandbox: Sandbox, fields: JsonObject): Promise<string> {
	const meta = { 'auto-create-one-time-link': true };
	const created = await send(sandbox, 'POST', '/inquiries', buildInquiry(fields, {}, meta));
	await completeHostedFlow(created.meta['one-time-link']);
	return created.data.id;
}

/** Returns the birthdate of a person who reached this age yesterday. */
export function getBirthdate(ageYears: number): string {
	const yesterday = new Date(Date.now() - 86_400_000);
	yesterday.setUTCFullYear(yesterday.getUTCFullYear() - ageYears);
	return yesterday.toISOString().slice(0, 10);
}

/** Delivers the last event of this name about an object again, as Persona does without a response. */
export async function redeliverEvent({ control }: Sandbox, name: string, objectId: string) {
	const deliveries = control.deliveries.filter(
		({ eventName, body }) => eventName === name && body.includes(`"${objectId}"`),
	);
	const [last] = deliveries.slice(-1);
	// Within the same second the signature would be the same, and the delivery a replay.
	await waitFor('the next second', async () => Date.now() - last.sentAt > 1_000);
	control.redeliver(last.eventId, last.webhookId);
}

/** Builds the address of an inquiry in Persona's dashboard. */
export const buildDashboardUrl = (inquiryId: string): string =>
	`https://app.withpersona.com/dashboard/inquiries/${inquiryId}`;

/** Counts the requests for an action on an object, such as `mark-for-review`. */
export const countActions = ({ control }: Sandbox, objectId: string, action: string): number =>
	control.requests.filter(({ path }) => path.endsWith(`/${objectId}/${action}`)).length;

/** Decides about an inquiry as a person in the dashboard does. */
export async function decideAsPerson(
	sandbox: Sandbox,
	id: string,
	decision: 'approve' | 'decline',
	comment?: string,
) {
	const { attributes } = sandbox.control.find(id) as StoredObject;
	if (comment) attributes['reviewer-comment'] = comment;
	const path = `/inquiries/${id}/perform-simulate-actions`;
	const actions = [{ type: `${decision}_inquiry` }];
	await send(sandbox, 'POST', path, { meta: { 'simulate-actions': actions } });
}
