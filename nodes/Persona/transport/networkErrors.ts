import { CUT_OFF, NO_RESPONSE, NOT_SENT, OVER_LIMIT, type ApiResponse } from './apiResponse';
import { formatDuration } from '../utils/duration';

/** Formats a limit of time. */
export const formatLimit = (milliseconds: number): string =>
	formatDuration(Math.ceil(milliseconds / 1000));

/** Says that an answer does not begin, or does not go on. */
export const describeIdleness = (idleMs: number): string =>
	`Nothing came for ${formatLimit(idleMs)}`;

/** An answer that broke a limit. It is final if the request must not be repeated because of it. */
export class BrokenLimit extends Error {
	constructor(
		message: string,
		readonly isFinal: boolean,
	) {
		super(message);
	}
}

/** A network error of Node, or of the HTTP library around it. */
interface NetworkError {
	isAxiosError?: boolean;
	message?: string;
	code?: string;
	config?: { baseURL?: string; url?: string };
	syscall?: string;
	cause?: unknown;
	/** One for each address that was tried. */
	errors?: unknown[];
}

/** Node's codes for a certificate by an authority that is not among those that it knows. */
const UNKNOWN_AUTHORITY = /SELF_SIGNED_CERT|^UNABLE_TO_(VERIFY|GET_ISSUER)|^CERT_UNTRUSTED$/;

/** Those for a certificate that is wrong, whoever has signed it. */
const WRONG_CERTIFICATE = /^CERT_|^ERR_TLS_CERT_ALTNAME_INVALID$|^HOSTNAME_MISMATCH$/;

/** Where a request was to go. */
const describeTarget = ({ baseURL = '', url = '' } = {} as { baseURL?: string; url?: string }) =>
	/^https?:\/\/([^/?#@]+)/i.exec(`${baseURL}${url}`)?.[1] ?? 'the server';

/**
 * Says why no encrypted connection came about; undefined if that was not the problem. Nothing has been
 * sent then, and the next attempt would end in the same way.
 */
function describeTlsError({ code = '', message = '', config }: NetworkError) {
	const target = describeTarget(config);
	// Without advice of Node's own, and without the other hosts that the certificate names.
	const [reason] = message.split(/[:;]/);
	if (UNKNOWN_AUTHORITY.test(code)) {
		return `n8n does not trust the certificate of ${target} (${reason}): if it is from an authority of your own, or from a proxy that reads the traffic, name the file with the certificate of the authority in NODE_EXTRA_CA_CERTS, and restart n8n`;
	}
	if (WRONG_CERTIFICATE.test(code)) {
		return `The certificate of ${target} is not valid (${reason}): check 'API URL' in the credential and the clock of this machine, or have it renewed`;
	}
	return /wrong version number/i.test(message)
		? `Something between n8n and ${target} speaks without encryption: check that HTTPS_PROXY begins with http:// if that is how the proxy is reached, and 'API URL' in the credential`
		: undefined;
}

/** What Node says of bytes that are not compressed, or in another way than the header says. */
const DECOMPRESSION_ERROR =
	/decompress|^incorrect (header|data) check|^unknown compression|^invalid (stored|block|distance|code|literal|window|bit)/i;

/** What Node says when a connection, or compressed bytes, end too early. */
const CUT_OFF_ERROR = /aborted|premature close|^unexpected end of file|terminated/i;

/** Lists an error and what caused it, since n8n and its HTTP library wrap errors. */
function listCauses(error: unknown): NetworkError[] {
	if (typeof error !== 'object' || error === null) return [];
	const { cause, errors = [] } = error as NetworkError;
	return [error, ...[cause, ...errors].flatMap(listCauses)];
}

/** Says in words what a network error means. */
function describeNetworkError(reason: string, code = ''): string {
	if (DECOMPRESSION_ERROR.test(reason)) {
		return `The answer is not compressed as it says (${reason})`;
	}
	if (CUT_OFF_ERROR.test(reason)) return CUT_OFF;
	const [, timeoutMs] = /^timeout of (\d+)ms exceeded/.exec(reason) ?? [];
	return timeoutMs ? describeIdleness(Number(timeoutMs)) : reason || code;
}

/**
 * Converts an error of n8n's HTTP helpers, or one of reading an answer. Only its text is kept, since the
 * error may contain the key.
 */
export function toErrorResponse(error: unknown): ApiResponse {
	if (error instanceof BrokenLimit) {
		const statusCode = error.isFinal ? OVER_LIMIT : NO_RESPONSE;
		return { statusCode, headers: {}, body: error.message };
	}
	const causes = listCauses(error);
	// n8n's own errors are around those of the network, which have a code of Node while an answer is read.
	const networkError =
		causes.find(({ isAxiosError }) => isAxiosError) ??
		causes.find(({ code = '' }) => /^(E[A-Z]|ERR_STREAM|Z_|ERR__ERROR)/.test(code));
	const { message = '' } = error as Error;
	if (!networkError) return { statusCode: NOT_SENT, headers: {}, body: message };
	const tlsError = describeTlsError(networkError);
	if (tlsError !== undefined) return { statusCode: NOT_SENT, headers: {}, body: tlsError };
	const isUnsent = causes.some(({ syscall = '' }) => ['connect', 'getaddrinfo'].includes(syscall));
	return {
		statusCode: NO_RESPONSE,
		headers: {},
		body: describeNetworkError(networkError.message ?? '', networkError.code),
		...(isUnsent && { isUnsent }),
	};
}
