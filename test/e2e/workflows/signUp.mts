import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { callWebhook } from './callWebhook.mts';
import type { WorkflowEnvironment } from './workflowEnvironment.mts';

/** The response of a workflow to a sign-up. */
export interface SignUp {
	status: number;
	/** The status of the inquiry that counts for the user. */
	standing?: string;
	id: string;
	link: string;
	error?: string;
}

/** Calls a workflow as your app does when a user signs up. */
export async function postSignUp(...call: Parameters<typeof callWebhook>): Promise<SignUp> {
	const { status, data } = await callWebhook(...call);
	const { status: standing, inquiryId, link, error } = Object(data);
	return { status, standing, id: String(inquiryId), link: String(link), error };
}

/** Finds the properties of a user's contact in HubSpot. */
export const findContact = ({ hubspot }: WorkflowEnvironment, { email }: IDataObject) =>
	hubspot.contacts.find(({ properties }) => properties.email === email)?.properties;

/** Waits until a user's contact in HubSpot has this status. */
export async function waitForContactStatus(
	environment: WorkflowEnvironment,
	user: IDataObject,
	status: string,
) {
	await waitFor(
		`the contact ${user.email} is ${status}`,
		async () => findContact(environment, user)?.persona_status === status,
		60_000,
	);
}
