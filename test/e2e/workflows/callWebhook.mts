import axios from 'axios';
import type { IDataObject } from 'n8n-workflow';
import type { WorkflowEnvironment } from './workflowEnvironment.mts';
import { appKey } from '../../../tools/services/services.mts';

/** Calls the webhook of a workflow as your app does, and returns the response, also an error. */
export async function callWebhook(
	{ n8n }: WorkflowEnvironment,
	path: string,
	body: IDataObject,
	headers: Record<string, string> = { [appKey.name]: appKey.value },
	params: IDataObject = {},
): Promise<{ status: number; data: unknown }> {
	const { status, data } = await axios.post<unknown>(`${n8n.url}/webhook/${path}`, body, {
		headers,
		params,
		validateStatus: () => true,
		proxy: false,
	});
	return { status, data };
}
