import { randomUUID } from 'crypto';
import type { IAllExecuteFunctions, ICredentialDataDecryptedObject } from 'n8n-workflow';
import { version } from '../../../package.json';
import { delay } from '../utils/delay';
import { trimText } from '../utils/values/trimText';
import {
	buildPathWithQuery,
	createIdempotencyKey,
	hasIdempotencyKey,
	type ApiRequest,
} from './apiRequest';
import {
	describeRedirect,
	isAnswered,
	isTransientStatus,
	NOT_PERSONA,
	NOT_SENT,
	OTHER_ENVIRONMENT,
	parseResponse,
	type ApiResponse,
} from './apiResponse';
import { RateLimiter } from './rateLimiter';
import { receiveAnswer } from './receiveAnswer';
import { isRemoved, isRepeatedRemoval } from './removedObjects';
import { requireSupportedN8n } from './requireSupportedN8n';
import {
	DEFAULT_RETRY_POLICY,
	FILE_TOTAL_MS,
	MAX_ANSWER_BYTES,
	type RetryPolicy,
} from './retryPolicies';
import { getRequestedDelayMs, getRetryDelayMs, type RetryReason } from './retryTiming';
import { buildJsonBody, buildMultipartBody, type EncodedBody } from './uploads';

const CANCELLED: ApiResponse = {
	statusCode: NOT_SENT,
	headers: {},
	body: 'The execution was stopped',
};

const UNREADABLE: ApiResponse = { statusCode: NOT_SENT, headers: {}, body: '' };

/** n8n does not notice that the end of a compressed file is missing, and there is no JSON to tell. */
const FILE_HEADERS = { Accept: '*/*', 'Accept-Encoding': 'identity' };

const BODY_ENCODERS = { json: buildJsonBody, form: buildMultipartBody };

/**
 * Sends all HTTP requests of this package. A client serves one run; its requests share a rate
 * limiter.
 */
export class Client {
	readonly rateLimiter: RateLimiter;

	private readonly baseURL: string;

	/** Removed from texts that something else than Persona has sent. */
	private readonly apiKey: string;

	/** Whether the credential may be used in one environment only. */
	private readonly isGuarded: boolean;

	/** The responses that did not recognize the API key, by the first part of the path. */
	private readonly refusals = new Map<string, ApiResponse>();

	/** The ID of the environment that the first response came from. */
	private environmentId?: string;

	/** What a response from another environment became; nothing is sent after it. */
	private otherEnvironment?: ApiResponse;

	private constructor(
		private readonly context: IAllExecuteFunctions,
		/** The credential of the node, as the user entered it. */
		readonly credential: ICredentialDataDecryptedObject,
		private readonly retryPolicy: RetryPolicy,
		private readonly signal?: AbortSignal,
	) {
		const { baseUrl, apiKey, onlyUseIn } = credential;
		this.baseURL = String(baseUrl);
		this.apiKey = trimText(String(apiKey));
		this.isGuarded = onlyUseIn !== undefined && onlyUseIn !== 'any';
		this.rateLimiter = new RateLimiter(signal);
	}

	/**
	 * Creates a client for the credential of a node. Throws n8n's error if the node has none, or if n8n is
	 * too old.
	 */
	static async create(
		context: IAllExecuteFunctions,
		retryPolicy: RetryPolicy = DEFAULT_RETRY_POLICY,
	): Promise<Client> {
		requireSupportedN8n(context.getNode());
		const credential = await context.getCredentials('personaApi');
		const signal =
			'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
		return new Client(context, credential, retryPolicy, signal);
	}

	/** Whether the user has stopped the execution. */
	get isCancelled(): boolean {
		return this.signal?.aborted === true;
	}

	/**
	 * Sends a request, retries it as the policy allows, and returns the last response, whatever its
	 * status. All attempts of a POST have one idempotency key, so that Persona does nothing twice
	 * even if an earlier attempt succeeded (https://docs.withpersona.com/idempotence). Only a refusal
	 * of a stale object needs another key, since Persona repeats the refusal for the old one; it is
	 * derived from the old one, so that n8n's own retry of the node sends the same keys again. Once
	 * Persona has not recognized the API key, it is not asked again for objects of that kind.
	 * Never throws.
	 */
	async request(request: ApiRequest): Promise<ApiResponse> {
		const collection = request.path.split('/')[1];
		const refusal = this.otherEnvironment ?? this.refusals.get(collection);
		if (refusal) return refusal;
		const response = await this.requestWithRetries(request);
		if (response.statusCode === 401) this.refusals.set(collection, response);
		return response;
	}

	private async requestWithRetries(request: ApiRequest): Promise<ApiResponse> {
		let { idempotencyKey = randomUUID() } = request;
		const failures: Record<RetryReason, number> = { rateLimit: 0, staleObject: 0, transient: 0 };
		let limitedSinceMs: number | undefined;
		let hasArrived = false;
		let isOutcomeUnknown = false;
		for (;;) {
			const headers = this.buildHeaders(request, idempotencyKey);
			const answer = await this.sendWithinRateLimit(request, headers);
			if (this.isCancelled) return CANCELLED;
			hasArrived ||= !answer.isUnsent;
			// An earlier attempt may have been carried out.
			const response = hasArrived ? { ...answer, isUnsent: false } : answer;
			const reason = getRetryReason(response);
			if (!reason) return isOutcomeUnknown ? await this.findOutcome(request, response) : response;
			isOutcomeUnknown ||= !answer.isUnsent && !isNotCarriedOut(answer);
			failures[reason]++;
			if (getRequestedDelayMs(response) !== undefined) limitedSinceMs ??= Date.now();
			const limitedMs = Date.now() - (limitedSinceMs ?? Date.now());
			if (!this.shouldRetry(reason, response, failures[reason], limitedMs)) return response;
			if (reason === 'staleObject') {
				idempotencyKey = createIdempotencyKey(idempotencyKey, 'stale object');
			}
			await delay(getRetryDelayMs(reason, response, failures[reason]), this.signal);
		}
	}

	/**
	 * Returns the object if an earlier attempt, whose answer was lost, has redacted or archived it: Persona
	 * refuses to do that again.
	 */
	private async findOutcome(request: ApiRequest, response: ApiResponse): Promise<ApiResponse> {
		if (!isRepeatedRemoval(request, response)) return response;
		const current = await this.request({ ...request, method: 'GET' });
		return isRemoved(current) ? current : { ...response, isOutcomeUnknown: true };
	}

	/**
	 * Downloads the file behind one of Persona's file links, with retries, and returns the last
	 * response. The link carries its own token and leads to another host, so the API key is not sent
	 * (https://docs.withpersona.com/downloading-files). Never throws.
	 */
	async download(url: string): Promise<ApiResponse> {
		for (let failures = 1; ; failures++) {
			const response = this.isCancelled ? CANCELLED : await this.downloadOnce(url);
			if (!isTransientStatus(response.statusCode)) return response;
			if (!this.shouldRetry('transient', response, failures)) return response;
			await delay(getRetryDelayMs('transient', response, failures), this.signal);
		}
	}

	private buildHeaders(request: ApiRequest, idempotencyKey: string): Record<string, string> {
		const { body, expects, files } = request;
		return {
			...(expects === 'pdf' ? FILE_HEADERS : { Accept: 'application/json' }),
			'User-Agent': `n8n-nodes-persona/${version}`,
			...(hasIdempotencyKey(request) && { 'Idempotency-Key': idempotencyKey }),
			...(body && !files && { 'Content-Type': 'application/json' }),
		};
	}

	/**
	 * Sends one attempt when the rate limit allows it, and reports the response to the rate limiter.
	 */
	private async sendWithinRateLimit(
		request: ApiRequest,
		headers: Record<string, string>,
	): Promise<ApiResponse> {
		const startedAt = await this.rateLimiter.acquire();
		const response = this.isCancelled ? CANCELLED : await this.sendOnce(request, headers);
		this.rateLimiter.release(startedAt, response);
		return this.requireSameEnvironment(response);
	}

	/**
	 * Replaces a response from another environment than the first one. Persona names the environment of
	 * a response only by an ID (`Persona-Environment-Id`), which does not show what kind it is.
	 */
	private requireSameEnvironment(response: ApiResponse): ApiResponse {
		const { headers } = response;
		const environmentId = headers['persona-environment-id'];
		if (!this.isGuarded || !environmentId) return response;
		this.environmentId ??= environmentId;
		if (environmentId === this.environmentId) return response;
		const body = `The answers come from two environments of Persona, ${this.environmentId} and ${environmentId}`;
		this.otherEnvironment ??= { statusCode: OTHER_ENVIRONMENT, headers, body };
		return this.otherEnvironment;
	}

	private async sendOnce(
		request: ApiRequest,
		headers: Record<string, string>,
	): Promise<ApiResponse> {
		const { method, body, expects, files } = request;
		let upload: EncodedBody | undefined;
		try {
			// Read for each attempt, so that no content is held while a request waits.
			if (body && files) upload = await BODY_ENCODERS[files](body);
		} catch (error) {
			return { ...UNREADABLE, body: `A file could not be read: ${(error as Error).message}` };
		}
		const send = async (abortSignal: AbortSignal): Promise<ApiResponse> => {
			// In an execution, n8n replaces the signal of a request by what this returns.
			const context = Object.create(this.context, {
				getExecutionCancelSignal: { value: () => abortSignal },
			}) as IAllExecuteFunctions;
			return await context.helpers.httpRequestWithAuthentication.call(context, 'personaApi', {
				method,
				baseURL: this.baseURL,
				url: buildPathWithQuery(request),
				headers: { ...headers, ...(upload && { 'Content-Type': upload.contentType }) },
				// n8n drops an empty object, but not its text.
				...(body && { body: upload?.bytes ?? JSON.stringify(body) }),
				...this.answerOptions,
				abortSignal,
			});
		};
		const response = await this.receive(send, expects === 'pdf' ? 'file' : 'json');
		return isAnswered(response) ? parseResponse(response, request, this.apiKey) : response;
	}

	/** Says to n8n how the answers of all requests are received. */
	private get answerOptions() {
		return {
			encoding: 'stream' as const,
			timeout: this.retryPolicy.timeoutMs,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// Persona never redirects, and whatever does must get neither the key nor the token of a link.
			disableFollowRedirect: true,
		};
	}

	/** Sends one attempt, and receives its answer within the limits. Never throws. */
	private async receive(
		send: (signal: AbortSignal) => Promise<ApiResponse>,
		content: 'json' | 'file',
	): Promise<ApiResponse> {
		const { timeoutMs, totalMs = timeoutMs } = this.retryPolicy;
		const limits = {
			idleMs: timeoutMs,
			totalMs: content === 'file' ? Math.max(totalMs, FILE_TOTAL_MS) : totalMs,
			maxBytes: MAX_ANSWER_BYTES[content],
		};
		return await receiveAnswer(send, limits, this.signal);
	}

	private async downloadOnce(url: string): Promise<ApiResponse> {
		const send = async (abortSignal: AbortSignal) =>
			(await this.context.helpers.httpRequest({
				url,
				headers: FILE_HEADERS,
				...this.answerOptions,
				abortSignal,
			})) as ApiResponse;
		const response = await this.receive(send, 'file');
		const foreign = isAnswered(response) ? describeForeignFile(response, url) : undefined;
		if (foreign === undefined) return response;
		const { statusCode, headers } = response;
		const body = `The answer ${foreign} and is not Persona's file`;
		return { statusCode: NOT_PERSONA, headers, body, foreignStatus: statusCode };
	}

	/**
	 * `failures` counts the responses so far that had the same reason; `limitedMs` is how long ago the
	 * first response asked to wait.
	 */
	private shouldRetry(
		reason: RetryReason,
		response: ApiResponse,
		failures: number,
		limitedMs = 0,
	): boolean {
		const { maxAttempts, maxDelayMs } = this.retryPolicy;
		// Another change has just been made; a second conflict in a row is unlikely.
		if (reason === 'staleObject') return failures === 1;
		if (limitedMs + (getRequestedDelayMs(response) ?? 0) > maxDelayMs) return false;
		// A limit resets by itself, so it is waited for any number of times.
		return maxAttempts > 1 && (reason === 'rateLimit' || failures < maxAttempts);
	}
}

/** Why a request with this response may be sent again; undefined if the response is final. */
function getRetryReason(response: ApiResponse): RetryReason | undefined {
	const { statusCode } = response;
	if (statusCode === 429 && getRequestedDelayMs(response) !== undefined) return 'rateLimit';
	if (statusCode === 409 && isStaleObject(response)) return 'staleObject';
	return isTransientStatus(statusCode) ? 'transient' : undefined;
}

/** Whether a failure says that the request was only refused for now. */
const isNotCarriedOut = ({ statusCode }: ApiResponse) => [409, 425, 429].includes(statusCode);

/** Persona rejects a change with this conflict when another change has just been made. */
const isStaleObject = ({ body }: ApiResponse) =>
	JSON.stringify(body ?? '').includes('Stale object');

/**
 * Says what an answer is that is not Persona's file: a proxy or a login has responded in place of the
 * file host. Undefined for any other answer.
 */
function describeForeignFile(response: ApiResponse, url: string): string | undefined {
	const { statusCode, headers } = response;
	const isHtml = headers['content-type']?.startsWith('text/html') === true;
	const isPage = statusCode === 200 && isHtml && !/\.html?$/i.test(new URL(url).pathname);
	return isPage ? 'is a web page' : describeRedirect(response);
}
