import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openApiCache, openApiPin } from '../../tools/openapi/openApiPin.cjs';
import type { OpenApiDocument, OpenApiSchema } from './openApiDocument.mts';
import { applyOpenApiFixes } from './openApiFixes.mts';

/** The version of the pinned description, which is also the credential's default. */
export const CURRENT_VERSION = '2025-12-08';

/** The version after it. */
export const NEWER_VERSION = '2026-09-29';

const MISSING = "Persona's OpenAPI description is missing: fetch it with `npm run openapi`";

/** The path of Persona's OpenAPI description, or undefined if it is missing. */
export const findOpenApi = (): string | undefined =>
	[openApiCache, process.env.PERSONA_OPENAPI, openApiPin.beside]
		.flatMap((path) => (path ? [resolve(path)] : []))
		.find(existsSync);

/**
 * Persona's OpenAPI description of a version of its API, fixed where it contradicts itself. Throws if
 * it is missing.
 */
export function loadOpenApi(version = CURRENT_VERSION): OpenApiDocument {
	const path = findOpenApi();
	if (path === undefined) throw new Error(MISSING);
	const description = JSON.parse(readFileSync(path, 'utf8')) as OpenApiDocument;
	if (version === NEWER_VERSION) applyNewerVersion(description);
	return applyOpenApiFixes(description);
}

/** The only difference between the two newest versions: a webhook must have a name. */
function applyNewerVersion({ paths, components }: OpenApiDocument) {
	const body = paths['/webhooks'].post.requestBody?.content?.['application/json'].schema;
	const attributes = body?.properties?.data.properties?.attributes;
	if (!attributes?.required) throw new Error('POST /webhooks is described in another way now');
	attributes.required = ['name', ...attributes.required];
	const schema = components.schemas['webhook-request-attributes'] as OpenApiSchema;
	Object.assign(schema.properties?.name ?? {}, { type: 'string' });
}

/** Declares a suite that needs the description; all its tests are skipped if that is missing. */
export function describeWithOpenApi(title: string, declare: () => void) {
	if (findOpenApi()) describe(title, declare);
	else describe.skip(`${title} (${MISSING})`, declare);
}
