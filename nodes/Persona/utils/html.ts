/** Text that is inserted into a page unescaped. */
export interface Markup {
	markup: string;
}

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

const isMarkup = (value: unknown): value is Markup =>
	typeof value === 'object' && value !== null && 'markup' in value;

function render(value: unknown): string {
	if (Array.isArray(value)) return value.map(render).join('');
	if (isMarkup(value)) return value.markup;
	if (value === undefined || value === null || value === false) return '';
	return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** A template tag: every inserted value is escaped, unless it is markup itself. */
export const html = (strings: TemplateStringsArray, ...values: unknown[]): Markup => ({
	markup: String.raw({ raw: strings }, ...values.map(render)),
});
