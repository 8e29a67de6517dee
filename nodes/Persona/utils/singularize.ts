/** Nouns that are the same in the plural, or look like one. */
const UNCHANGED = /(data|media|news|series|species|ss|us|is)$/;

/** The endings of plurals with those of their singulars; the first that fits is used. */
const ENDINGS: Array<[plural: RegExp, singular: string]> = [
	[/children$/, 'child'],
	[/people$/, 'person'],
	[/indices$/, 'index'],
	[/matrices$/, 'matrix'],
	[/(analy|diagno|hypothe|synop|the)ses$/, '$1sis'],
	[/(alias|atlas|bias|bonus|bus|campus|canvas|census|gas|status|virus|ss|sh|x|zz)es$/i, '$1'],
	[/(cach|nich)es$/, '$1e'],
	[/ches$/, 'ch'],
	[/(cook|mov|self)ies$/i, '$1ie'],
	[/([^aeiou])ies$/, '$1y'],
	[/(ech|her|potat|tomat|vet)oes$/, '$1o'],
	[/(.)s$/, '$1'],
];

/**
 * Returns the singular of an English noun, e.g. `status` of `statuses`. The noun may be the end of a
 * longer name. One that is not a plural is returned as it is.
 */
export function singularize(noun: string): string {
	if (UNCHANGED.test(noun)) return noun;
	const [plural, singular] = ENDINGS.find(([ending]) => ending.test(noun)) ?? [];
	return plural && singular ? noun.replace(plural, singular) : noun;
}
