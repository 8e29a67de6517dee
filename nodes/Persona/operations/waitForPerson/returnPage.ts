import type { IWebhookFunctions } from 'n8n-workflow';
import { getHttpResponse } from '../../utils/httpResponse';
import { html } from '../../utils/html';

const CONTENT_SECURITY_POLICY =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLESHEET = `
:root{color-scheme:light dark;--paper:#f5f6f8;--card:#fff;--ink:#16181d;--soft:#565c68}
@media (prefers-color-scheme:dark){:root{--paper:#14161a;--card:#1f2229;--ink:#eceef2;--soft:#b3bac6}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}
main{width:100%;max-width:26rem;padding:2.5rem 2rem;border-radius:1rem;background:var(--card);text-align:center}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25}
p{margin:0 0 .75rem;color:var(--soft)}
p:last-child{margin:0}
`;

/** Keeps a phone from reloading the page when it is pulled down. */
const NO_PULL_TO_RELOAD = 'html{overscroll-behavior-y:none}';

/**
 * Once the execution goes on, n8n answers its resume URL with an error. So the browser keeps the page
 * on which the person ends: going back or opening the tab again later shows it without a request.
 */
const KEEP_PAGE = 'private, max-age=31536000, immutable';

/**
 * The title and the lines of each page. No page says whose inquiry it is, or its status, or asks the
 * person to reload it: the execution may go on without them, and n8n answers a reload with an error then.
 */
const PAGES = {
	done: ['Thank you', ['You can close this page now.']],
	open: [
		'Not finished yet',
		[
			'If you have just finished, there is nothing more to do: you can close this page.',
			'Otherwise, go back to the verification, or ask for a new link.',
		],
	],
} as const;

/** A page for a person who returns. */
export type ReturnPage = keyof typeof PAGES;

function renderPage(page: ReturnPage): string {
	const [title, lines] = PAGES[page];
	return html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="robots" content="noindex" />
				<title>${title}</title>
				<style>
					${{ markup: page === 'done' ? STYLESHEET + NO_PULL_TO_RELOAD : STYLESHEET }}
				</style>
			</head>
			<body>
				<main>
					<h1>${title}</h1>
					${lines.map((line) => html`<p>${line}</p> `)}
				</main>
			</body>
		</html> `.markup;
}

/** Responds to the browser of a returning person with a page. */
export function sendPage(webhook: IWebhookFunctions, page: ReturnPage) {
	sendResponse(webhook, 200, renderPage(page), page === 'done' ? KEEP_PAGE : 'no-store');
}

/** Redirects the browser of a returning person to a URL of the customer. */
export function redirect(webhook: IWebhookFunctions, url: string) {
	getHttpResponse(webhook).setHeader('location', url);
	sendResponse(webhook, 303, '', 'no-store');
}

function sendResponse(
	webhook: IWebhookFunctions,
	statusCode: number,
	body: string,
	cacheControl: string,
) {
	const response = getHttpResponse(webhook);
	response.statusCode = statusCode;
	response.setHeader('content-type', 'text/html; charset=utf-8');
	response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
	response.setHeader('cache-control', cacheControl);
	// The URL contains the token of the execution.
	response.setHeader('referrer-policy', 'no-referrer');
	response.end(body);
}
