import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openApiPin } from '../../tools/openapi/openApiPin.cjs';
import { describeWithOpenApi, findOpenApi, loadOpenApi } from './loadOpenApi.mts';
import type { OpenApiDocument } from './openApiDocument.mts';

describeWithOpenApi("Persona's description on this machine", () => {
	it('is the pinned one or the text of its date, unless PERSONA_OPENAPI replaces it', () => {
		const bytes = readFileSync(findOpenApi() ?? '');
		const sum = createHash('sha256').update(bytes).digest('hex');
		const isReplaced = process.env.PERSONA_OPENAPI !== undefined;
		const isPinned = bytes.toString().length === openApiPin.characters;
		expect(isReplaced || isPinned || sum === openApiPin.besideSha256).toBe(true);
	});

	it('requires a name of a webhook from 2026-09-29 on, and nothing else', () => {
		const getWebhookParts = (description: OpenApiDocument) => [
			description.paths['/webhooks'].post,
			description.components.schemas['webhook-request-attributes'],
		];
		const [before, after] = ['2025-12-08', '2026-09-29'].map(loadOpenApi);
		expect(getWebhookParts(after)).not.toEqual(getWebhookParts(before));
		Object.assign(after.paths['/webhooks'], { post: before.paths['/webhooks'].post });
		Object.assign(after.components.schemas, {
			'webhook-request-attributes': before.components.schemas['webhook-request-attributes'],
		});
		expect(after).toEqual(before);
	});
});
