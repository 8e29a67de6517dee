import type { INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { NO_RESPONSE, NOT_SENT, type ApiResponse } from './apiResponse';

/** What Persona says of an error; whoever answers in its place may say anything. */
interface PersonaError {
	title?: unknown;
	details?: unknown;
	source?: { pointer?: unknown };
}

/** Fails an item: `message` says what is wrong, `description` how to fix it. Never returns. */
export type FailItem = (message: string, description: string) => never;

/** What an error text may name besides the answer itself. */
export interface ErrorContext {
	itemIndex?: number;
	/** Labels of the panel by Persona's name of the field. */
	labels?: Map<string, string>;
	/** The permission the API key needs, e.g. `inquiry.write`. */
	permission?: string;
	/** A POST whose stored answer Persona replays for the same idempotency key. */
	mayBeReplayed?: boolean;
	/** What to do when Persona is there again. */
	outageHint?: string;
	/** The idempotency key is the user's own, and stays the same when the request is corrected. */
	hasCustomKey?: boolean;
}

const REPEATED_REQUEST_HINT =
	'The request may have been carried out once, but not twice: for a repeated idempotency key, Persona returns the stored response. Check in Persona before you run this again.';

const MESSAGES: Record<number, (circumstances: ErrorContext) => [string, string]> = {
	400: () => ['Persona could not read the request', 'Check the fields of this node.'],
	401: () => [
		'Persona does not recognize this API key',
		"Check 'API Key' in the credential: it may be mistyped, expired or revoked.",
	],
	403: ({ permission }) => [
		'This API key is not allowed to do that',
		`Check in Persona that the key ${permission ? `has the permission ${permission}` : 'has the required permission'}, that its IP allowlist includes this n8n, and that its environment is active.`,
	],
	404: () => [
		'Persona has no object with this ID',
		'Check the ID. It must be the ID from Persona, not your reference ID. A production key cannot see objects of the sandbox, nor a sandbox key those of production.',
	],
	409: () => [
		'The object is not in a state that allows this',
		'It may already exist, it may have been decided or redacted, or it may be changing right now.',
	],
	413: () => ['The request is too large for Persona', 'Send a smaller file or fewer values.'],
	414: () => ['The request is too long for Persona', 'Send fewer or shorter values.'],
	422: () => ['Persona rejected a value', 'Correct it and run again.'],
	429: () => [
		'The rate limit of Persona is used up',
		'The limit or a quota resets later than this node waits. Run again later.',
	],
	431: (circumstances) => MESSAGES[414](circumstances),
	[NO_RESPONSE]: ({ mayBeReplayed: replayed }) => [
		'Persona did not respond',
		`Check the connection and 'API URL' in the credential.${replayed ? ` ${REPEATED_REQUEST_HINT}` : ''}`,
	],
	[NOT_SENT]: () => ['The request was not sent', ''],
};

const buildOutageMessage = ({
	mayBeReplayed: replayed,
	outageHint: later = 'Run again later.',
}: ErrorContext): [string, string] => [
	'Persona is unavailable',
	replayed ? REPEATED_REQUEST_HINT : later,
];

/** Persona stores these for an idempotency key, so that a corrected request needs another. */
const STORED_STATUSES = [400, 409, 422];

const NEW_KEY_HINT =
	"Persona stores this response for your 'Idempotency Key': use a new key for the corrected request.";

/** A text of others, no longer than anyone reads. */
const truncate = (text: unknown) => (typeof text === 'string' ? text.trim().slice(0, 300) : '');

/** What a page says that a proxy answers with. */
const stripHtml = (page: string) => truncate(page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '));

const key = (name: string) => name.replace(/[^a-z0-9]/gi, '').toLowerCase();

/** The label of the field that a pointer or a path such as `data.attributes.name` ends in. */
function findLabel(path: string, labels: Map<string, string>): string | undefined {
	const members = path
		.split(/[./]/)
		.filter((member) => !['', 'data', 'attributes'].includes(member));
	// The whole path, its ends, and its beginnings: a key of a map belongs to the map's field.
	const names = members.flatMap((_, at) => [members.slice(at), members.slice(0, at + 1)]);
	const keys = names.map((part) => key(part.join('')));
	const entry = [...labels].find(([name]) => keys.includes(key(name)));
	return entry?.[1];
}

function extractDetails({ body }: ApiResponse, labels = new Map<string, string>()): string[] {
	const errors: unknown = Object(body).errors;
	return (Array.isArray(errors) ? errors : []).map((error) => {
		const { title, details, source } = Object(error) as PersonaError;
		const said = truncate(details) || truncate(title);
		const path = truncate(source?.pointer) || said.match(/data\.attributes\.[\w.-]+/)?.[0];
		const label = path && findLabel(path, labels);
		return label ? `'${label}': ${said}` : said;
	});
}

/**
 * The error a user sees for an answer: what happened in the headline; how to mend it, Persona's own
 * details and its `Request-Id` in the description. Neither request nor credential is in it.
 */
export function toNodeError(node: INode, answer: ApiResponse, circumstances: ErrorContext = {}) {
	const { statusCode, headers, body } = answer;
	const other = statusCode >= 400 && statusCode < 500 ? MESSAGES[400] : buildOutageMessage;
	const [message, mend] = (MESSAGES[statusCode] ?? other)(circumstances);
	const details =
		typeof body === 'string' ? [stripHtml(body)] : extractDetails(answer, circumstances.labels);
	const requestId = headers['request-id'];
	const description = [
		...details.filter((detail) => detail !== '').map((detail) => detail.replace(/\.?$/, '.')),
		mend,
		circumstances.hasCustomKey && STORED_STATUSES.includes(statusCode) ? NEW_KEY_HINT : '',
		requestId ? `Persona's Request-Id: ${requestId}` : '',
	];
	return new NodeApiError(node, { statusCode, requestId } as JsonObject, {
		message: statusCode === NOT_SENT ? String(body) : message,
		description: description.filter((line) => line !== '').join(' '),
		httpCode: statusCode > 0 ? String(statusCode) : undefined,
		itemIndex: circumstances.itemIndex,
	});
}

/** The same with all of its text in the headline, since n8n's status panel shows nothing else. */
export function toHeadlineError(node: INode, answer: ApiResponse, circumstances?: ErrorContext) {
	const error = toNodeError(node, answer, circumstances);
	if (answer.statusCode !== NOT_SENT) error.message = `${error.message}. ${error.description}`;
	error.description = undefined;
	return error;
}

/** Whether an AI agent calls a node; n8n marks those by the end of their type alone. */
export const isTool = (node: INode) => node.type.endsWith('Tool');

/** Any failure as one of n8n's errors, which names its item; known ones are kept as they are. */
export function toItemError(node: INode, error: Error, itemIndex?: number) {
	const known = error instanceof NodeApiError || error instanceof NodeOperationError;
	const failure = known ? error : new NodeOperationError(node, error);
	if (itemIndex !== undefined) failure.context.itemIndex = itemIndex;
	// An AI agent hears nothing but the message.
	const { message, description } = failure;
	if (isTool(node) && description && !message.endsWith(description)) {
		failure.message = `${message}. ${description}`;
	}
	return failure;
}
