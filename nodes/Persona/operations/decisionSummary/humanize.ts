const ABBREVIATIONS = /\b(aamva|id|mrz|nfc|tin|vat)\b/g;

/** Turns a name of Persona's into words: `id_expired_detection` becomes `ID expired`. */
export const humanize = (name: string) =>
	name
		.replace(/_detection$/, '')
		.replace(/[_/-]+/g, ' ')
		.replace(ABBREVIATIONS, (letters) => letters.toUpperCase());
