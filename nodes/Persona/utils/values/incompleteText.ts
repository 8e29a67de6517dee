import { isBlank } from '../isBlank';

/**
 * A text that ends with what an expression makes of nothing. `null` may be the end of a name, so only
 * the separators of IDs may precede it.
 */
const ENDS_WITH_NOTHING = /(^|[^\p{L}\p{N}])undefined$|(^|[-_:/#|])(null|NaN)$/u;

/**
 * Whether a text lacks the part that an expression should have given: `user-` or `user-undefined` of
 * `=user-{{ $json.id }}`. `stored` is the text as n8n stores it. A blank text lacks nothing: whoever reads
 * it says that it is empty.
 */
export function isIncomplete(text: unknown, stored: unknown): text is string {
	if (typeof text !== 'string' || typeof stored !== 'string' || !stored.startsWith('='))
		return false;
	const fixedText = stored.slice(1).replace(/{{.*?}}/gs, '');
	const isCut = fixedText !== stored.slice(1) && fixedText === text;
	return !isBlank(text) && (isCut || ENDS_WITH_NOTHING.test(text));
}
