import type { FilledOperation } from '../support/completeParameters.mts';
import { findOpenApi, loadOpenApi } from './loadOpenApi.mts';
import { isUnjudged } from './openApiRoutes.mts';

/**
 * The operations that the description can judge. Each other one is declared as a skipped test, with its
 * name: its route is in Persona's documentation alone.
 */
export function pickJudged(operations: FilledOperation[]): FilledOperation[] {
	if (!findOpenApi()) return operations;
	const description = loadOpenApi();
	return operations.filter(({ name, row }) => {
		if (!isUnjudged(description, row)) return true;
		it.skip(`${name}: Persona's documentation has its route, this description does not`, () => {});
		return false;
	});
}
