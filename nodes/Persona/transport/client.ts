import { createHash, randomUUID } from 'crypto';
import type { IAllExecuteFunctions, IDataObject, IHttpRequestMethods } from 'n8n-workflow';
import { version } from '../../../package.json';
import { delay } from '../utils/delay';
import { NO_RESPONSE, NOT_SENT, type ApiResponse } from './apiResponse';
import { RateLimiter } from './rateLimiter';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './retryPolicies';
import {
	getBackOffMs,
	getRequestedDelayMs,
	getRetryDelayMs,
	MAX_RESET_DELAY_MS,
} from './retryTiming';

/** One request, before anything that is the same for all of them. */
export interface ApiRequest {
	method: IHttpRequestMethods;
	/** Below the API URL, with a leading slash. */
	path: string;
	/** Objects become Persona's brackets: `{ page: { size: 5 } }` is `page[size]=5`. */
	query?: IDataObject;
	body?: IDataObject;
	/** The answer is a file: its bytes are wanted. */
	expectsFile?: boolean;
	/** Idempotency key of a POST; a random one stands in for it. */
	idempotencyKey?: string;
}

const RETRYABLE_STATUSES = [NO_RESPONSE, 408, 429, 500, 502, 503, 504];

const CANCELLED: ApiResponse = {
	statusCode: NOT_SENT,
	headers: {},
	body: 'The execution was stopped',
};

const encodeQuery = (value: unknown, name: string): string[] => {
	if (value === undefined || value === null) return [];
	if (typeof value === 'object') {
		return Object.entries(value).flatMap(([key, member]) =>
			encodeQuery(member, name ? `${name}[${key}]` : key),
		);
	}
	return [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`];
};

/** The path of a request with its query, as it goes out. */
export const buildPathWithQuery = ({ path, query }: ApiRequest) => {
	const parts = encodeQuery(query, '');
	return parts.length > 0 ? `${path}?${parts.join('&')}` : path;
};

/** An idempotency key that is the same whenever all parts are the same. */
export const createIdempotencyKey = (...parts: unknown[]) =>
	createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);

/** All HTTP of this package. One client serves one run, whose requests share its pace. */
export class Client {
	readonly rateLimiter: RateLimiter;

	private constructor(
		private readonly context: IAllExecuteFunctions,
		private readonly baseURL: string,
		private readonly apiVersion: string,
		private readonly retryPolicy: RetryPolicy,
		private readonly signal?: AbortSignal,
	) {
		this.rateLimiter = new RateLimiter(signal);
	}

	/** A client for the credential of a node. Throws what n8n throws when there is none. */
	static async create(
		context: IAllExecuteFunctions,
		retryPolicy: RetryPolicy = DEFAULT_RETRY_POLICY,
	): Promise<Client> {
		const { baseUrl, apiVersion } = await context.getCredentials('personaApi');
		const signal =
			'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
		return new Client(
			context,
			String(baseUrl).replace(/\/+$/, ''),
			String(apiVersion),
			retryPolicy,
			signal,
		);
	}

	/** Whether the user has stopped the execution. */
	get isCancelled() {
		return this.signal?.aborted === true;
	}

	/**
	 * Sends a request until it has a final answer, whatever its status. A try that may have got
	 * through unheard is repeated with the same key, so Persona does nothing twice
	 * (https://docs.withpersona.com/idempotence). Never throws.
	 */
	async request(request: ApiRequest): Promise<ApiResponse> {
		const key = request.method === 'POST' ? (request.idempotencyKey ?? randomUUID()) : undefined;
		for (let failures = 0, stale = 0; ;) {
			const startedAt = await this.rateLimiter.acquire();
			const answer = this.isCancelled ? CANCELLED : await this.sendOnce(request, key);
			const { statusCode } = answer;
			this.rateLimiter.release(startedAt, answer);
			if (this.isCancelled) return CANCELLED;
			const requestedMs = getRequestedDelayMs(answer);
			if (statusCode === 429 && requestedMs !== undefined) {
				if (this.retryPolicy.maxAttempts > 1 && requestedMs <= MAX_RESET_DELAY_MS) continue;
				return answer;
			}
			if (statusCode === 409 && isStaleObject(answer) && stale++ === 0) continue;
			if (!RETRYABLE_STATUSES.includes(statusCode) || ++failures === this.retryPolicy.maxAttempts)
				return answer;
			await delay(getRetryDelayMs(answer, failures), this.signal);
		}
	}

	/**
	 * The bytes behind one of Persona's file links. The link carries its own token and leads to
	 * another host (https://docs.withpersona.com/downloading-files), so the key stays away. Never throws.
	 */
	async download(url: string): Promise<ApiResponse> {
		for (let failures = 0; ;) {
			const answer = this.isCancelled ? CANCELLED : await this.downloadOnce(url);
			if (
				!RETRYABLE_STATUSES.includes(answer.statusCode) ||
				++failures === this.retryPolicy.maxAttempts
			)
				return answer;
			await delay(getBackOffMs(failures), this.signal);
		}
	}

	private async downloadOnce(url: string): Promise<ApiResponse> {
		try {
			return (await this.context.helpers.httpRequest({
				url,
				encoding: 'arraybuffer',
				timeout: this.retryPolicy.timeoutMs,
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
			})) as ApiResponse;
		} catch (error) {
			return toErrorResponse(error);
		}
	}

	private async sendOnce(request: ApiRequest, key?: string): Promise<ApiResponse> {
		const { method, body, expectsFile: file } = request;
		try {
			const answer = await this.context.helpers.httpRequestWithAuthentication.call(
				this.context,
				'personaApi',
				{
					method,
					baseURL: this.baseURL,
					url: buildPathWithQuery(request),
					headers: {
						Accept: file ? '*/*' : 'application/json',
						'Key-Inflection': 'kebab',
						'Persona-Version': this.apiVersion,
						'User-Agent': `n8n-nodes-persona/${version}`,
						...(key && { 'Idempotency-Key': key }),
						...(body && { 'Content-Type': 'application/json' }),
					},
					// n8n drops an empty object; as text it arrives.
					...(body && { body: JSON.stringify(body) }),
					...(file && { encoding: 'arraybuffer' }),
					timeout: this.retryPolicy.timeoutMs,
					returnFullResponse: true,
					ignoreHttpStatusErrors: true,
					sendCredentialsOnCrossOriginRedirect: false,
				},
			);
			return parseBody(answer, file);
		} catch (error) {
			return toErrorResponse(error);
		}
	}
}

/** JSON as values, also where bytes were asked for and Persona answers with an error instead. */
function parseBody({ statusCode, headers, body }: ApiResponse, file?: boolean): ApiResponse {
	if (file && statusCode < 400) return { statusCode, headers, body };
	let value = body instanceof ArrayBuffer ? Buffer.from(body) : body;
	if (Buffer.isBuffer(value)) value = value.toString();
	if (typeof value === 'string') {
		try {
			value = JSON.parse(value);
		} catch {
			// Half an answer is none: whether the request was carried out is not known.
			if (statusCode < 400)
				return { statusCode: NO_RESPONSE, headers, body: 'The response was cut off' };
		}
	}
	return { statusCode, headers, body: value };
}

type Failure = { isAxiosError?: boolean; message?: string } | undefined;

/** The error may carry the request with its key, so nothing but its text goes on. */
function toErrorResponse(error: unknown): ApiResponse {
	const { message, cause } = error as Error;
	// With a credential n8n wraps the error of the network; without one it is the error itself.
	const network = ([error, cause] as Failure[]).find((one) => one?.isAxiosError);
	return network
		? { statusCode: NO_RESPONSE, headers: {}, body: network.message }
		: { statusCode: NOT_SENT, headers: {}, body: message };
}

function isStaleObject({ body }: ApiResponse) {
	return JSON.stringify(body).includes('Stale object');
}
