import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openApiPin } from '../../tools/openapi/openApiPin.cjs';
import { describeWithOpenApi, findOpenApi } from './loadOpenApi.mts';

describeWithOpenApi("Persona's description on this machine", () => {
	it('is the pinned one, unless PERSONA_OPENAPI replaces it', () => {
		const sum = createHash('sha256')
			.update(readFileSync(findOpenApi() ?? ''))
			.digest('hex');
		expect([openApiPin.sha256, process.env.PERSONA_OPENAPI && sum]).toContain(sum);
	});
});
