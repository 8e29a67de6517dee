/** Headers of a response by their names in lower case, as Node gives them. */
export type ResponseHeaders = Record<string, string | undefined>;

/**
 * What became of a request. Where there is no response, `statusCode` is `LOST` (the network failed)
 * or `UNSENT` (the request never left n8n), and `body` is the reason as text.
 */
export interface ApiResponse {
	statusCode: number;
	headers: ResponseHeaders;
	/** Parsed JSON, or the bytes of a file. */
	body: unknown;
}

/** Status of a request without a response. Persona may still have carried it out. */
export const NO_RESPONSE = 0;

/** Status of a request that was not sent. */
export const NOT_SENT = -1;
