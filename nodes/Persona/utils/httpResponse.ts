import type { IWebhookFunctions } from 'n8n-workflow';

/** The members of Express's response that are used here; n8n publishes no type for it. */
export interface HttpResponse {
	statusCode: number;
	/** Whether the connection is closed, before or after the response was sent. */
	readonly closed: boolean;
	/** Whether the response was sent completely. */
	readonly writableFinished: boolean;
	status(code: number): { json: (body: object) => void };
	getHeader(name: string): number | string | string[] | undefined;
	setHeader(name: string, value: string): void;
	write(...chunk: unknown[]): boolean;
	end(...chunk: unknown[]): unknown;
	once(event: 'close' | 'finish', listener: () => void): void;
}

/** Returns the response to the request that n8n is handling. */
export const getHttpResponse = (context: IWebhookFunctions) =>
	context.getResponseObject() as unknown as HttpResponse;
