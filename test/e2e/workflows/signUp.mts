import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { callFromApp } from './callWebhook.mts';
import type { Library } from './workflowEnvironment.mts';

/** Calls a workflow as your app does when somebody signs up. */
export async function signUpAt(...call: Parameters<typeof callFromApp>) {
	const { status, data } = await callFromApp(...call);
	const { inquiryId, link, error } = Object(data);
	return { status, id: String(inquiryId), link: String(link), error };
}

/** The properties of the contact in HubSpot that a user has, if there is one. */
export const contactOf = ({ hubspot }: Library, { email }: IDataObject) =>
	hubspot.contacts.find(({ properties }) => properties.email === email)?.properties;

/** Waits until the contact of a user has the status. */
export async function untilContactIs(library: Library, user: IDataObject, status: string) {
	await waitFor(
		`the contact ${user.email} is ${status}`,
		async () => contactOf(library, user)?.persona_status === status,
		60_000,
	);
}
