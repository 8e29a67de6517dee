import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openApiCache, openApiPin } from './openApiPin.cjs';

const GITHUB_URL = 'https://raw.githubusercontent.com';
const TIMEOUT_MS = 120_000;

/** Whether bytes are the pinned description, or the text of its date that is kept beside a checkout. */
const isPinned = (bytes) =>
	bytes.toString().length === openApiPin.characters ||
	createHash('sha256').update(bytes).digest('hex') === openApiPin.besideSha256;

/** For machines that cannot reach GitHub. */
const OTHER_WAY = 'If you have the file elsewhere, set PERSONA_OPENAPI to its path.';

async function download(url) {
	let response;
	try {
		response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
		if (response.ok) return Buffer.from(await response.arrayBuffer());
	} catch (error) {
		const reason = error.cause?.code ?? error.cause?.message ?? error.message;
		throw new Error(`${url} could not be fetched: ${reason}. ${OTHER_WAY}`);
	}
	throw new Error(`${url} could not be fetched: status ${response.status}. ${OTHER_WAY}`);
}

/**
 * Fetches the pinned description of Persona's API into `.cache`, unless it is there already. Returns
 * a sentence that says what was done. Throws, and stores nothing, if the file cannot be fetched or is
 * not the pinned one. `baseUrl` replaces GitHub, for a mirror and for tests.
 */
export async function fetchOpenApi(baseUrl = GITHUB_URL) {
	const { repository, commit, path, characters } = openApiPin;
	if (existsSync(openApiCache) && isPinned(await readFile(openApiCache))) {
		return `Persona's OpenAPI description is already in ${openApiCache}.`;
	}
	const url = `${baseUrl}/${repository}/${commit}/${path}`;
	const bytes = await download(url);
	if (!isPinned(bytes)) {
		throw new Error(
			`${url} is not the pinned file, so it was not stored: it has ${bytes.toString().length} characters, not ${characters}.`,
		);
	}
	await mkdir(dirname(openApiCache), { recursive: true });
	// Renamed at the end, so that a test run never reads half of it.
	const partial = `${openApiCache}.${process.pid}`;
	try {
		await writeFile(partial, bytes);
		await rename(partial, openApiCache);
	} finally {
		await rm(partial, { force: true });
	}
	return `Persona's OpenAPI description of ${repository} at ${commit.slice(0, 7)} is now in ${openApiCache}.`;
}
