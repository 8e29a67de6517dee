/** Headers of a response. Names are in lower case, as Node gives them. */
export type ResponseHeaders = Record<string, string | undefined>;

/**
 * The outcome of a request. Without a response, `statusCode` is `NO_RESPONSE` (the network failed)
 * or `NOT_SENT` (the request never left n8n), and `body` is the reason as text.
 */
export interface ApiResponse {
	statusCode: number;
	headers: ResponseHeaders;
	/** Parsed JSON, text that is not JSON, or the bytes of a file. */
	body: unknown;
}

/** Status of a request without a response. Persona may still have carried it out. */
export const NO_RESPONSE = 0;

/** Status of a request that was not sent. */
export const NOT_SENT = -1;

/**
 * Parses the JSON of a response, also when a file was expected but Persona returned an error. Keeps
 * the bytes of a file, and the text of an error that is not JSON.
 */
export function parseBody(response: ApiResponse, expectsFile = false): ApiResponse {
	const { statusCode, headers, body } = response;
	const isSuccess = statusCode < 400;
	if (expectsFile && isSuccess) return { statusCode, headers, body };
	let value = body instanceof ArrayBuffer ? Buffer.from(body) : body;
	if (Buffer.isBuffer(value)) value = value.toString();
	if (typeof value === 'string') {
		try {
			value = JSON.parse(value);
		} catch {
			// A partial response proves nothing: Persona may or may not have carried out the request.
			if (isSuccess) return { statusCode: NO_RESPONSE, headers, body: 'The response was cut off' };
		}
	}
	return { statusCode, headers, body: value };
}

type RequestError = { isAxiosError?: boolean; message?: string } | undefined;

/**
 * Converts an error of n8n's HTTP helpers. Only its text is kept, since the error may contain the
 * key.
 */
export function toErrorResponse(error: unknown): ApiResponse {
	const { message, cause } = error as Error;
	// For a request with a credential n8n wraps the network error; otherwise it throws it as it is.
	const errors = [error, cause] as RequestError[];
	const networkError = errors.find((candidate) => candidate?.isAxiosError);
	return networkError
		? { statusCode: NO_RESPONSE, headers: {}, body: networkError.message }
		: { statusCode: NOT_SENT, headers: {}, body: message };
}
