import { escapeHtml } from '../../sandbox/http/html.mts';

/** HTML that may be shown as it is. */
export class Html {
	constructor(readonly source: string) {}
}

function render(value: unknown): string {
	if (value instanceof Html) return value.source;
	if (Array.isArray(value)) return value.map(render).join('');
	return value === undefined || value === null || value === false ? '' : escapeHtml(String(value));
}

/** Builds HTML from a template. Everything in it but `Html` is escaped; undefined and false are left out. */
export const html = (parts: TemplateStringsArray, ...values: unknown[]) =>
	new Html(parts.map((part, index) => part + render(values[index])).join(''));

/** A link that opens beside the page. Only for addresses of the web; anything else is shown as text. */
export const renderLink = (url: string, text = url) =>
	/^https?:\/\//i.test(url)
		? html`<a href="${url}" target="_blank" rel="noopener noreferrer">${text}</a>`
		: html`${text}`;

/** Text in which addresses of the web are links. */
export const renderText = (text: string) =>
	html`${text
		.split(/(https?:\/\/[^\s<>"'`|]*[^\s<>"'`|.,;:!?)])/i)
		.map((part, index) => (index % 2 ? renderLink(part) : part))}`;
