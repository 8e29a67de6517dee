/** Removes blanks and marks without a shape, such as those of copied texts, around a text. */
export const trimInvisible = (text: string): string =>
	text.replace(/^[\s\p{Cc}\p{Cf}\p{DI}]+|[\s\p{Cc}\p{Cf}\p{DI}]+$/gu, '');
