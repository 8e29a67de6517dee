import type { OperationTable } from '../../nodes/Persona/engine/types.ts';
import absent from '../../tools/docs/unsupportedOperations.json';
import type { OpenApiDocument } from './openApiDocument.mts';
import { listRoutes, getRowRoutes } from './openApiRoutes.mts';

/** How much of what Persona publishes the table reaches. */
export interface Coverage {
	published: number;
	reached: string[];
	/** Neither reached nor left out on purpose. */
	missing: string[];
}

/** Compares the routes of a table with those that Persona publishes. */
export function measureCoverage(
	{ resources }: OperationTable,
	description: OpenApiDocument,
): Coverage {
	const routes = listRoutes(description);
	const rows = resources.flatMap(({ operations }) => Object.values(operations));
	const offered = new Set(rows.flatMap(getRowRoutes));
	const reached = routes.filter((route) => offered.has(route));
	const left = new Set(absent.map(({ route }) => route));
	const open = routes.filter((route) => !offered.has(route) && !left.has(route));
	return { published: routes.length, reached, missing: open };
}

/** The coverage as lines: the count, what is open by the first part of the path, what is left out. */
export function formatCoverage({ published, reached, missing: open }: Coverage): string {
	const groups: Record<string, string[]> = {};
	for (const route of open) (groups[route.split('/')[1]] ??= []).push(shortenRoute(route));
	return [
		`${reached.length} of ${published} published operations reached`,
		...Object.entries(groups).map(([group, routes]) => `  ${group}: ${routes.join(', ')}`),
		...absent.map(({ route, reason }) => `  left out on purpose: ${route} (${reason})`),
	].join('\n');
}

/** `POST /cases/{case-id}/assign` to `POST {}/assign`: the group in front of it says the rest. */
const shortenRoute = (route: string) =>
	route
		.replace(/ \/[^/]+\/?/, ' ')
		.replace(/{.+?}/g, '{}')
		.trim();
