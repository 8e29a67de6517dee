import { NodeOperationError } from 'n8n-workflow';
import type { ApiResponse } from '../transport/apiResponse';
import type { ApiRequest } from '../transport/apiRequest';
import type { Client } from '../transport/client';
import { toHeadlineError } from '../transport/errors';
import type { TriggerContext } from './parameters';

/** How events and their objects are read from Persona, independently of n8n's contexts. */
export interface EventSource {
	/** Sends a request. Never throws, whatever the response. */
	request: (request: ApiRequest) => Promise<ApiResponse>;
	/** Creates the error for a failed response; `permission` is the one that the request requires. */
	toResponseError: (response: ApiResponse, permission?: string) => Error;
	/** Creates an error with this message, and a hint how to fix it. */
	toError: (message: string, hint?: string) => Error;
}

/** Creates the source for a trigger. The headlines of its errors contain the whole text. */
export function createEventSource(context: TriggerContext, client: Client): EventSource {
	const node = context.getNode();
	return {
		request: async (request) => await client.request(request),
		toResponseError: (response, permission) => toHeadlineError(node, response, { permission }),
		toError: (message, description) => new NodeOperationError(node, message, { description }),
	};
}
