import type { INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { changesData, hasIdempotencyKey, type ApiRequest } from './apiRequest';
import {
	findTexts,
	isRedirectStatus,
	isSuccessStatus,
	isTransientStatus,
	isTooLarge,
	NO_RESPONSE,
	NOT_SENT,
	OTHER_ENVIRONMENT,
	OVER_LIMIT,
	PROXY_LOGIN_REQUIRED,
	type ApiResponse,
} from './apiResponse';
import { DEFAULT_API_URL } from './apiCredential';
import { getRequestedDelayMs, isQuota } from './retryTiming';

/** An error in the body of a response. A proxy may have responded, so every member is checked. */
interface PersonaError {
	source?: { pointer?: unknown };
}

/** Fails an item: `message` says what is wrong, `description` how to fix it. Never returns. */
export type FailItem = (message: string, description: string) => never;

/** What the text of an error needs to know besides the response. */
export interface ErrorContext {
	itemIndex?: number;
	/** The panel's labels by Persona's names of the fields. */
	labels?: Map<string, string>;
	/** The permission that the API key needs, e.g. `inquiry.write`. */
	permission?: string;
	/** The object belongs to the organization, so that Persona responds to a sandbox key with 401. */
	productionOnly?: boolean;
	/** The request; if it changes something and no answer came, Persona may have carried it out. */
	request?: ApiRequest;
	/** What Persona knows, for a request that it could not read. */
	known?: string;
	/** What to do once Persona is available again. */
	outageHint?: string;
	/** The idempotency key is the user's own, so it does not change when the request is corrected. */
	hasCustomKey?: boolean;
	/** The idempotency key is made from the content, so it is the same in the next execution. */
	isKeyFromContent?: boolean;
}

const REPEATED_REQUEST_HINT =
	'The request may have been carried out once, but not twice: for a repeated idempotency key, Persona returns the stored response. Check in Persona before you run this again.';

const REPEATABLE_CHANGE_HINT =
	'The change may have been made. You can run this again: it makes the same change.';

const REPEATED_REMOVAL_HINT =
	'The change may have been made. You can run this again: if it was made, Persona refuses to make it twice.';

const SAME_KEY_HINT =
	'The request may have been carried out. You can run this again: its idempotency key is the same each time, so Persona does it only once.';

/** Says what may have been done by a request whose outcome is unknown; empty if it only reads. */
function getOutcomeHint(context: ErrorContext, response?: ApiResponse): string {
	const { request, hasCustomKey, isKeyFromContent } = context;
	if (!request || !changesData(request)) return '';
	if (response?.isUnsent) return 'It was not carried out: run this again.';
	const hasSameKey = (hasCustomKey ?? false) || (isKeyFromContent ?? false);
	// Persona may have stored an answer for the key, but then there would be one.
	if (response && hasSameKey && hasIdempotencyKey(request)) return SAME_KEY_HINT;
	if (request.method === 'POST') return REPEATED_REQUEST_HINT;
	return request.method === 'DELETE' ? REPEATED_REMOVAL_HINT : REPEATABLE_CHANGE_HINT;
}

const API_URL_HINT = `check 'API URL' in the credential. Without a proxy it is ${DEFAULT_API_URL}.`;

/** Whether Persona says in its own words that an object is missing. */
const isRecordMissing = (body: unknown) => /record not found/i.test(JSON.stringify(body ?? ''));

/** IDs and tokens of Persona, such as `scrre_ABC123`. */
const ID = /^[a-z]+_\w+$/i;

/** Names the fields with further IDs, since Persona does not say which ID it does not have. */
function listSentIds({ request, labels = new Map<string, string>() }: ErrorContext): string {
	const { data, meta } = Object(request?.body) as Record<string, { attributes?: unknown }>;
	const members = Object.entries({ ...Object(data?.attributes), ...Object(meta) });
	const names = members.filter(([name, value]) => IS_ID_NAME.test(name) && ID.test(String(value)));
	return names.map(([name]) => ` and '${findLabel(name, labels) ?? name}'`).join('');
}

/** Persona's names of what contains an ID; a reference ID is the customer's own. */
const IS_ID_NAME = /(?<!reference)-(id|token)$/;

/** Whether a request asks for a page of a list after the first one. */
const hasCursor = (request?: ApiRequest) =>
	[request?.query?.page, request?.body?.page].some((page) => Object(page).after !== undefined);

/** What happened, and how to fix it. */
type ErrorMessage = [headline: string, fix: string];

/** One permission, or two with "and" between them. */
function describePermission(permission?: string): string {
	if (!permission) return 'the required permission';
	return `the ${permission.includes(' and ') ? 'permissions' : 'permission'} ${permission}`;
}

/** The name that a proxy gives itself when it asks for a password; it does not always have one. */
function nameProxy(headers: ApiResponse['headers']): string {
	const name = /\brealm="?([^",]{1,100})/i.exec(headers['proxy-authenticate'] ?? '')?.[1];
	return name ? ` “${name}”` : '';
}

const OVER_LIMIT_FIX =
	"For a list, ask for less at a time, with a smaller 'Limit' or fewer 'Fields to Return'. Otherwise check the connection and 'API URL' in the credential.";

const MESSAGES: Record<number, (context: ErrorContext, response: ApiResponse) => ErrorMessage> = {
	400: ({ request, known = 'Check the fields of this node.' }) => [
		'Persona could not read the request',
		hasCursor(request)
			? `${known} Persona also refuses a cursor that is wrong or has expired: without 'Start After', the list begins at its first object.`
			: known,
	],
	401: ({ productionOnly }) =>
		productionOnly
			? [
					'Persona shows this only to a production key',
					"It belongs to your whole organization, so a sandbox key gets this response. Use a credential whose 'API Key' begins with persona_production_. If it does already, the key may be mistyped, expired or revoked.",
				]
			: [
					'Persona does not recognize this API key',
					"Check 'API Key' in the credential: it may be mistyped, expired or revoked.",
				],
	403: ({ permission }) => [
		'This API key is not allowed to do that',
		`Check in Persona that the key has ${describePermission(permission)}, that its IP allowlist includes this n8n, and that its environment is active. Persona also refuses like this when a quota of your organization is used up.`,
	],
	404: (context, { body }) => [
		'Persona has no object with this ID',
		`Check the ID${listSentIds(context)}. It must be the ID from Persona; for your reference ID, choose 'By Reference ID' where it is offered. A production key cannot see objects of the sandbox, nor a sandbox key those of production.${isRecordMissing(body) ? '' : ` If every ID fails like this, ${API_URL_HINT}`}`,
	],
	[PROXY_LOGIN_REQUIRED]: (_, { headers }) => [
		`The proxy${nameProxy(headers)} does not let n8n through: it wants a user name and a password, or other ones`,
		'The request was not carried out. Set them in the environment variable with the proxy, such as HTTPS_PROXY, in the form http://user:password@host:port, with special characters encoded (@ as %40), and restart n8n.',
	],
	408: (context) => [
		'Persona did not finish the request in time',
		getOutcomeHint(context) || 'Run again later.',
	],
	409: () => [
		'The object is not in a state that allows this',
		'It may already exist, it may have been decided or redacted, or it may be changing right now.',
	],
	410: () => [
		'Persona no longer has this object',
		'It has been deleted, or it has expired. Check the ID.',
	],
	413: () => ['The request is too large for Persona', 'Send a smaller file or fewer values.'],
	414: () => ['The request is too long for Persona', 'Send fewer or shorter values.'],
	422: () => ['Persona rejected a value', 'Correct it and run again.'],
	423: () => [
		'The object is locked',
		'The change was not made. Something else may be changing the object: run again later.',
	],
	425: () => [
		'The request came too early',
		'It was not carried out: a server on its way does not accept requests yet. Run again later.',
	],
	429: (_, response) => [
		"Persona's rate limit is used up",
		`${describeReset(response, 'resets')} Run again then.`,
	],
	431: (context, response) => MESSAGES[414](context, response),
	451: () => [
		'The request was refused for legal reasons',
		'It was not carried out. Ask Persona, or whoever runs the proxy between n8n and Persona.',
	],
	499: (context, response) => MESSAGES[408](context, response),
	[NO_RESPONSE]: (context, response) => [
		'Persona did not respond',
		`Check the connection, the proxy of n8n if it has one (HTTPS_PROXY), and 'API URL' in the credential. ${getOutcomeHint(context, response)}`.trim(),
	],
	[OVER_LIMIT]: (context, response) => [
		`Persona's answer was not read to its end`,
		`${getOutcomeHint(context, response)} ${OVER_LIMIT_FIX}`.trim(),
	],
	[NOT_SENT]: (_, { body }) => [String(body), ''],
	[OTHER_ENVIRONMENT]: ({ request }, { body }) => [
		String(body),
		`'Only Use In' in the credential allows one. A proxy at 'API URL' may exchange the key.${request && changesData(request) ? ' A change may have been made in the other environment: check there.' : ''}`,
	],
};

const REDIRECT_HINT = `Persona does not redirect, so a proxy or the login page of a network answers in its place. n8n has not followed, since the API key must not get there. If the address has moved, enter the new one. Without a proxy it is ${DEFAULT_API_URL}.`;

/** Says what a response is that is not Persona's, and what may have been done all the same. */
function buildForeignMessage(context: ErrorContext, { body, foreignStatus = 0 }: ApiResponse) {
	if (foreignStatus === 404) {
		return [String(body), `Without a proxy it is ${DEFAULT_API_URL}.`] satisfies ErrorMessage;
	}
	if (isSuccessStatus(foreignStatus)) {
		return [String(body), getOutcomeHint(context)] satisfies ErrorMessage;
	}
	if (isRedirectStatus(foreignStatus)) return [String(body), REDIRECT_HINT] satisfies ErrorMessage;
	if (!isTransientStatus(foreignStatus)) return [String(body), ''] satisfies ErrorMessage;
	const later = context.outageHint ?? 'It may pass: run again later.';
	return [String(body), getOutcomeHint(context) || later] satisfies ErrorMessage;
}

const buildUnknownStatusMessage = (_: ErrorContext, { statusCode }: ApiResponse): ErrorMessage => [
	`The request was refused with status ${statusCode}`,
	`Persona does not document this status, so it may come from a proxy: ${API_URL_HINT}`,
];

/** Formats a duration, rounded up, e.g. "90 seconds", "12 hours" or "5 days". */
function formatDuration(milliseconds: number): string {
	const seconds = Math.ceil(milliseconds / 1000);
	if (seconds < 120) return `${seconds} seconds`;
	const minutes = Math.ceil(seconds / 60);
	if (minutes < 120) return `${minutes} minutes`;
	const hours = Math.ceil(minutes / 60);
	if (hours < 72) return `${hours} hours`;
	const days = Math.ceil(hours / 24);
	// Nothing is closed for longer than that, so whoever says so does not mean a time.
	return days <= 31 ? `${days} days` : 'more than a month';
}

/** Says when a limit allows requests again. */
function describeReset(response: ApiResponse, resets: string): string {
	const delayMs = getRequestedDelayMs(response);
	if (delayMs === undefined) return `Persona does not say when it ${resets}.`;
	// The node may also have waited for as long as it does, each time in vain.
	return delayMs === 0
		? `Persona says that it ${resets} at once, but still refuses, and this node does not wait any longer.`
		: `It ${resets} in ${formatDuration(delayMs)}, and this node does not wait any longer.`;
}

const buildQuotaMessage = (response: ApiResponse): ErrorMessage => [
	'A quota of your Persona organization is used up',
	`${describeReset(response, 'opens again')} Run again then, or ask Persona to raise the quota.`,
];

function buildOutageMessage(context: ErrorContext, response: ApiResponse): ErrorMessage {
	const delayMs = getRequestedDelayMs(response) ?? 0;
	const later = delayMs > 0 ? `Run again in ${formatDuration(delayMs)}.` : 'Run again later.';
	return ['Persona is unavailable', getOutcomeHint(context) || context.outageHint || later];
}

const UNKNOWN_OUTCOME: ErrorMessage = [
	'It is not known whether this was done',
	'Persona did not answer one attempt, which may have been carried out, and refused the next one. Look at the object in Persona before you run this again.',
];

/** Chooses the texts for a response. */
function buildMessage(context: ErrorContext, response: ApiResponse): ErrorMessage {
	const { statusCode, foreignStatus } = response;
	if (isQuota(response)) return buildQuotaMessage(response);
	if (response.isOutcomeUnknown) return UNKNOWN_OUTCOME;
	if (foreignStatus !== undefined && !isTooLarge(foreignStatus)) {
		return buildForeignMessage(context, response);
	}
	const buildOther = isTransientStatus(statusCode) ? buildOutageMessage : buildUnknownStatusMessage;
	return (MESSAGES[statusCode] ?? buildOther)(context, response);
}

/**
 * Persona stores these responses for an idempotency key, so a corrected request needs a new key. It
 * names only 401 and 429 as not stored (https://docs.withpersona.com/errors).
 */
const STORED_STATUSES = [400, 403, 404, 409, 410, 422, 423, 451];

const CONTENT_KEY_HINT =
	"Persona stores this response for 24 hours, since 'Make Idempotency Key' is From the Content. To send the same request again before, choose Per Execution.";

const NEW_KEY_HINT =
	"Persona stores this response for your 'Idempotency Key': use a new key for the corrected request.";

/** Says how to send a request again for whose idempotency key Persona has stored a failure. */
function getStoredResponseHint(
	statusCode: number,
	{ request, hasCustomKey, isKeyFromContent }: ErrorContext,
): string {
	if (!request || !hasIdempotencyKey(request)) return '';
	const isRefused = STORED_STATUSES.includes(statusCode);
	if (hasCustomKey) return isRefused ? NEW_KEY_HINT : '';
	return isKeyFromContent && (isRefused || statusCode >= 500) ? CONTENT_KEY_HINT : '';
}

const MAX_DETAIL_LENGTH = 300;

/** Shortens a text of Persona to a readable length; empty for anything but text. */
const truncate = (text: unknown) =>
	typeof text === 'string' ? text.trim().slice(0, MAX_DETAIL_LENGTH) : '';

const normalizeName = (name: string) => name.replace(/[^a-z0-9]/gi, '').toLowerCase();

/** Finds the label of the field that a path such as `data.attributes.name` points to. */
function findLabel(path: string, labels: Map<string, string>): string | undefined {
	const members = path
		.split(/[./]/)
		.filter((member) => !['', 'data', 'attributes'].includes(member));
	// The whole path, its ends and its beginnings, since a key of a map belongs to the map's field.
	const paths = members.flatMap((_, at) => [members.slice(at), members.slice(0, at + 1)]);
	const candidates = paths.map((part) => normalizeName(part.join('')));
	const entry = [...labels].find(([name]) => candidates.includes(normalizeName(name)));
	return entry?.[1];
}

/** Extracts what Persona says about each error, preceded by the label of its field. */
function extractDetails({ body }: ApiResponse, labels = new Map<string, string>()): string[] {
	const errors: unknown = Object(body).errors;
	return (Array.isArray(errors) ? errors : []).map((error) => {
		const { source } = Object(error) as PersonaError;
		const text = truncate(findTexts(error).join(' '));
		const path = truncate(source?.pointer) || text.match(/(data\.attributes|meta)\.[\w.-]+/)?.[0];
		const label = path && findLabel(path, labels);
		return label ? `'${label}': ${text}` : text;
	});
}

/**
 * Converts a response to the error that a user sees: what happened in the headline; Persona's
 * details, how to fix it and the `Request-Id` in the description. It contains neither request nor
 * credential.
 */
export function toNodeError(
	node: INode,
	response: ApiResponse,
	context: ErrorContext = {},
): NodeApiError {
	const { statusCode, headers, body } = response;
	const [message, fix] = buildMessage(context, response);
	const details =
		typeof body === 'string' ? [truncate(body)] : extractDetails(response, context.labels);
	const requestId = headers['request-id'];
	const description = [
		...details
			.filter((detail) => detail !== '' && !message.startsWith(detail))
			.map((detail) => detail.replace(/\.?$/, '.')),
		fix,
		getStoredResponseHint(statusCode, context),
		requestId ? `Persona's Request-Id: ${requestId}` : '',
	];
	return new NodeApiError(node, { statusCode, requestId } as JsonObject, {
		message,
		description: description.filter((line) => line !== '').join(' '),
		httpCode: statusCode > 0 ? String(statusCode) : undefined,
		itemIndex: context.itemIndex,
	});
}

/** The same with the whole text in the headline, because n8n's status panel shows only that. */
export function toHeadlineError(
	node: INode,
	response: ApiResponse,
	context?: ErrorContext,
): NodeApiError {
	const error = toNodeError(node, response, context);
	if (error.description) error.message = `${error.message}. ${error.description}`;
	error.description = undefined;
	return error;
}

/** Whether an AI agent uses a node as a tool. Only the end of its type shows that. */
export const isTool = (node: INode) => node.type.endsWith('Tool');

/** Converts any error to one of n8n's that names its item. n8n's own errors only get the index. */
export function toItemError(node: INode, error: Error, itemIndex?: number) {
	const isNodeError = error instanceof NodeApiError || error instanceof NodeOperationError;
	const failure = isNodeError ? error : new NodeOperationError(node, error);
	if (itemIndex !== undefined) failure.context.itemIndex = itemIndex;
	// An AI agent sees only the message.
	const { message, description } = failure;
	if (isTool(node) && description && !message.endsWith(description)) {
		failure.message = `${message}. ${description}`;
	}
	return failure;
}
