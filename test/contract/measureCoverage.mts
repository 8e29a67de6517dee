import type { OperationTable } from '../../nodes/Persona/engine/types.ts';
import documentedOnly from '../../tools/docs/documentedOnly.json';
import absent from '../../tools/docs/unsupportedOperations.json';
import type { OpenApiDocument } from './openApiDocument.mts';
import { listRoutes, getRowRoutes } from './openApiRoutes.mts';

/** How many of the operations that Persona publishes, in description or documentation, the table has. */
export interface Coverage {
	published: number;
	reached: string[];
	/** Neither in the table nor left out on purpose. */
	missing: string[];
}

/** Counts the published routes that a table has. */
export function measureCoverage(
	{ resources }: OperationTable,
	description: OpenApiDocument,
): Coverage {
	const documented = documentedOnly.routes.map(({ route }) => route);
	// A newer description may have them.
	const routes = [...new Set([...listRoutes(description), ...documented])];
	const rows = resources.flatMap(({ operations }) => Object.values(operations));
	const offered = new Set(rows.flatMap(getRowRoutes));
	const reached = routes.filter((route) => offered.has(route));
	const left = new Set(absent.map(({ route }) => route));
	const open = routes.filter((route) => !offered.has(route) && !left.has(route));
	return { published: routes.length, reached, missing: open };
}

/** Formats a coverage as lines: the count, the missing routes by their first segment, those left out. */
export function formatCoverage({ published, reached, missing: open }: Coverage): string {
	const groups: Record<string, string[]> = {};
	for (const route of open) (groups[route.split('/')[1]] ??= []).push(shortenRoute(route));
	return [
		`${reached.length} of ${published} published operations reached`,
		...Object.entries(groups).map(([group, routes]) => `  ${group}: ${routes.join(', ')}`),
		...absent.map(({ route, reason }) => `  left out on purpose: ${route} (${reason})`),
	].join('\n');
}

/** `POST /cases/{case-id}/assign` to `POST {}/assign`: its group has the first segment. */
const shortenRoute = (route: string) =>
	route
		.replace(/ \/[^/]+\/?/, ' ')
		.replace(/{.+?}/g, '{}')
		.trim();
