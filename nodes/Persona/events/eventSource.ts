import { NodeOperationError } from 'n8n-workflow';
import type { ApiResponse } from '../transport/apiResponse';
import type { ApiRequest } from '../transport/apiRequest';
import type { Client } from '../transport/client';
import { toHeadlineError } from '../transport/errors';
import type { TriggerContext } from './parameters';

/** How events and their objects are read from Persona, without knowing what n8n calls the node for. */
export interface EventSource {
	/** Sends a request. Never throws, whatever the response. */
	request: (request: ApiRequest) => Promise<ApiResponse>;
	/** The error for a response that is not what was asked for; `permission` is the one it takes. */
	toResponseError: (response: ApiResponse, permission?: string) => Error;
	/** An error in our own words, with a hint how to fix it. */
	toError: (message: string, hint?: string) => Error;
}

/** The source for a trigger; its errors name the node and are complete in their headline. */
export function createEventSource(context: TriggerContext, client: Client): EventSource {
	const node = context.getNode();
	return {
		request: async (request) => await client.request(request),
		toResponseError: (response, permission) => toHeadlineError(node, response, { permission }),
		toError: (message, description) => new NodeOperationError(node, message, { description }),
	};
}
