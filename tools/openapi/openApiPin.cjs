// CommonJS, because jest loads it too and cannot require a module of the other kind.

/**
 * Which OpenAPI description of Persona judges the contract tests. To follow Persona, change the
 * commit and the sum: a file with another sum is fetched again, and the old one is not used any more.
 */
const openApiPin = {
	repository: 'persona-id/persona-openapi',
	commit: 'a1526b5ee8d5b28ee3cc8f0123de022fbe5e09a6',
	path: '2025-12-08/openapi-bundled.json',
	sha256: 'e90ec8ed2b7d4fe4941c7f74cbd662d63400f15cd75c03ae6ea4515d25e8ef46',
	/** The same file where somebody keeps it beside the checkout. */
	beside: '../shared/persona-openapi/openapi-2025-12-08.json',
};

/** Where `npm run openapi` stores the pinned description. */
const openApiCache = `.cache/openapi/${openApiPin.sha256}.json`;

module.exports = { openApiPin, openApiCache };
