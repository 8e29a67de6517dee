import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { callWebhook } from './callWebhook.mts';
import type { WorkflowEnvironment } from './workflowEnvironment.mts';

/** What a workflow tells your app about something that the app is about to do. */
export interface Decision {
	status: number;
	decision?: string;
	inquiryId?: string;
	link?: string;
	error?: string;
}

/** Asks for a decision as your app does before it carries something out. */
export async function requestDecision(...call: Parameters<typeof callWebhook>): Promise<Decision> {
	const { status, data } = await callWebhook(...call);
	return { status, ...Object(data) } as Decision;
}

/** Asks as your app does when the user has lost the link. */
export async function requestNewLink(
	library: WorkflowEnvironment,
	path: string,
	body: IDataObject,
): Promise<Decision> {
	return await requestDecision(library, path, body, undefined, { newLink: true });
}

/** Asks again until the app is told this decision, and gives that answer. */
export async function waitForDecision(
	ask: () => Promise<Decision>,
	decision: string,
): Promise<Decision> {
	return await waitFor(
		`the decision becomes ${decision}`,
		async () => {
			const answer = await ask();
			return answer.decision === decision && answer;
		},
		60_000,
	);
}
