import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openApiCache, openApiPin } from '../../tools/openapi/openApiPin.cjs';
import type { OpenApiDocument } from './openApiDocument.mts';
import { applyOpenApiFixes } from './openApiFixes.mts';

const MISSING = "Persona's OpenAPI description is missing: fetch it with `npm run openapi`";

/** The path of Persona's OpenAPI description, or undefined if it is missing. */
export const findOpenApi = (): string | undefined =>
	[openApiCache, process.env.PERSONA_OPENAPI, openApiPin.beside]
		.flatMap((path) => (path ? [resolve(path)] : []))
		.find(existsSync);

/** Persona's OpenAPI description, fixed where it contradicts itself. Throws if it is missing. */
export function loadOpenApi(): OpenApiDocument {
	const path = findOpenApi();
	if (path === undefined) throw new Error(MISSING);
	return applyOpenApiFixes(JSON.parse(readFileSync(path, 'utf8')) as OpenApiDocument);
}

/** Declares a suite that needs the description; all its tests are skipped if that is missing. */
export function describeWithOpenApi(title: string, declare: () => void) {
	if (findOpenApi()) describe(title, declare);
	else describe.skip(`${title} (${MISSING})`, declare);
}
