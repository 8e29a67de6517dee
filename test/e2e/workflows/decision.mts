import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { callWebhook } from './callWebhook.mts';
import type { WorkflowEnvironment } from './workflowEnvironment.mts';

/** A workflow's decision about something that your app is about to do. */
export interface Decision {
	status: number;
	decision?: string;
	inquiryId?: string;
	link?: string;
	error?: string;
}

/** Requests a decision as your app does, before it acts. */
export async function requestDecision(...call: Parameters<typeof callWebhook>): Promise<Decision> {
	const { status, data } = await callWebhook(...call);
	return { status, ...Object(data) } as Decision;
}

/** Requests a decision with a new link, as your app does when the user has lost the link. */
export async function requestNewLink(
	environment: WorkflowEnvironment,
	path: string,
	body: IDataObject,
): Promise<Decision> {
	return await requestDecision(environment, path, body, undefined, { newLink: true });
}

/** Requests a decision again and again until it is this one, and returns it. */
export async function waitForDecision(
	request: () => Promise<Decision>,
	expected: string,
): Promise<Decision> {
	return await waitFor(
		`the decision is ${expected}`,
		async () => {
			const decision = await request();
			return decision.decision === expected && decision;
		},
		60_000,
	);
}
