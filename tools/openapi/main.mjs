// `npm run openapi`: PERSONA_OPENAPI_URL replaces GitHub's address.
import { fileURLToPath } from 'node:url';
import { fetchOpenApi } from './fetchOpenApi.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
try {
	console.log(await fetchOpenApi(process.env.PERSONA_OPENAPI_URL));
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}
