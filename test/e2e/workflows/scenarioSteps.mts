import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { JsonObject, Sandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

/** Lets a person with these values go through an inquiry to its end; gives the ID of the inquiry. */
export async function completeInquiry(sandbox: Sandbox, fields: JsonObject): Promise<string> {
	const meta = { 'auto-create-one-time-link': true };
	const created = await send(sandbox, 'POST', '/inquiries', buildInquiry(fields, {}, meta));
	await completeHostedFlow(created.meta['one-time-link']);
	return created.data.id;
}

/** The birthdate of somebody who turned so many years old yesterday. */
export function getBirthdate(years: number): string {
	const yesterday = new Date(Date.now() - 86_400_000);
	yesterday.setUTCFullYear(yesterday.getUTCFullYear() - years);
	return yesterday.toISOString().slice(0, 10);
}

/** Delivers the event of this name about an object once more, as Persona does when it got no answer. */
export async function redeliverEvent({ control }: Sandbox, name: string, objectId: string) {
	const delivered = control.deliveries.filter(
		(one) => one.eventName === name && one.body.includes(`"${objectId}"`),
	);
	const [last] = delivered.slice(-1);
	// Within the same second it would be signed alike, and be a replay.
	await waitFor('the clock goes on', async () => Date.now() - last.sentAt > 1_000);
	control.redeliver(last.eventId, last.webhookId);
}

/** Where Persona's dashboard shows an inquiry. */
export const buildDashboardUrl = (inquiryId: string): string =>
	`https://app.withpersona.com/dashboard/inquiries/${inquiryId}`;

/** How often something was done to an object, such as `mark-for-review`. */
export const countActions = ({ control }: Sandbox, objectId: string, action: string): number =>
	control.requests.filter(({ path }) => path.endsWith(`/${objectId}/${action}`)).length;
