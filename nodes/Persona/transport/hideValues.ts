import type { ApiRequest } from './apiRequest';

/** What may stand between two words where an answer repeats them, also encoded for a URL or JSON. */
const BETWEEN_WORDS = String.raw`(?:%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|[^\p{L}\p{N}])+`;

/** An ID of Persona, which helps to find what went wrong and says nothing of a person. */
const PERSONA_ID = /^[a-z]{2,12}_[A-Za-z0-9]{16,}$/;

/** What holds only names and IDs of Persona. */
const PERSONAS_PARAMETERS = ['fields', 'include', 'page'];

/** A text that is longer, such as a file, is not repeated as a whole. In characters. */
const MAX_VALUE_LENGTH = 1_000;

/** Collects the texts and numbers in a part of a request. */
function collectValues(value: unknown): string[] {
	if (typeof value === 'string' || typeof value === 'number') return [String(value)];
	return typeof value === 'object' && value !== null
		? Object.values(value).flatMap(collectValues)
		: [];
}

/** Whether a value can be recognized in a text: one letter and "10" are in almost every one. */
const isRecognizable = (value: string) =>
	value.length <= MAX_VALUE_LENGTH &&
	!PERSONA_ID.test(value) &&
	(/^[\d.]*$/.test(value) ? value.length > 3 : /[\p{L}\p{N}].*[\p{L}\p{N}]/su.test(value));

function hideWords(text: string, words: string[]): string {
	if (words.length === 0 || !text.includes(words[0])) return text;
	const pattern = `(?<![\\p{L}\\p{N}])${words.join(BETWEEN_WORDS)}(?![\\p{L}\\p{N}])`;
	return text.replace(new RegExp(pattern, 'gu'), '…');
}

function hideValue(text: string, value: string): string {
	const plain = value.match(/[\p{L}\p{N}]+/gu) ?? [];
	// Half of a character cannot be encoded.
	const encoded =
		encodeURIComponent(value.replace(/\p{Surrogate}/gu, '')).match(/[A-Za-z0-9%]+/g) ?? [];
	return [plain, encoded].reduce(hideWords, text);
}

/**
 * Replaces the API key and what the user has sent by "…" in a text of an answer, since an answer may
 * repeat them, and what n8n shows of an error also gets into logs and messages. IDs of Persona stay.
 */
export function hideValues(
	text: string,
	{ body, query }: Pick<ApiRequest, 'body' | 'query'>,
	apiKey: string,
): string {
	const conditions = Object.entries(query ?? {})
		.filter(([name]) => !PERSONAS_PARAMETERS.includes(name))
		.map(([, value]) => value);
	const values = [body, conditions].flatMap(collectValues).filter(isRecognizable);
	// An address for mail may come back in small letters. A short word could then be any word.
	const lowerCase = values.filter(({ length }) => length > 3).map((value) => value.toLowerCase());
	return [...new Set([...values, ...lowerCase])]
		.sort((one, other) => other.length - one.length)
		.reduce(hideValue, text.replaceAll(apiKey || '\0', '…'))
		.replace(/\b(persona_(sandbox|production)_|bearer\s+)[^\s"'<]+/gi, '…');
}
