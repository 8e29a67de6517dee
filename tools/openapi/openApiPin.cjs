// CommonJS, because jest loads it too and cannot require a module of the other kind.

/**
 * Which OpenAPI description of Persona judges the contract tests: the newest text of version
 * 2025-12-08 in November 2026. To follow Persona, change the commit and the length: a file with
 * another length is fetched again, and the old one is not used any more.
 */
const openApiPin = {
	/** The month of the description, for the count of operations in README and docs. */
	date: '2026-11',
	repository: 'persona-id/persona-openapi',
	commit: 'ba88ecefb9f524931a59176c8652f6dfa1eb5d34',
	path: '2025-12-08/openapi-bundled.json',
	/** The length of that file. The commit names its bytes; the length tells half a file or a page. */
	characters: 3_525_864,
	/** A text of the same date where somebody keeps it beside the checkout, and the sum of its bytes. */
	beside: '../shared/persona-openapi/openapi-2025-12-08.2026-11.json',
	besideSha256: '731a3682b29fda7df9a38a492c22a76284308f7244eee93cc7085c1eb8c89546',
};

/** Where `npm run openapi` stores the pinned description. */
const openApiCache = `.cache/openapi/${openApiPin.commit}.json`;

module.exports = { openApiPin, openApiCache };
