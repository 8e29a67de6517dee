import type { ItemContext } from '../../engine/types';
import type { ApiResponse } from '../../transport/apiResponse';
import { toNodeError } from '../../transport/errors';
import {
	getAllRelated,
	getBaseType,
	type PersonaObject,
	type ResourceIdentifier,
} from '../../transport/jsonApi';
import { buildBaseName, type EvidenceFile } from './evidenceFile';
import { sanitizeFileName } from './evidenceKind';

/** The paths of the objects that Persona prints, by their base type. */
const PRINT_PATHS: Record<string, string> = {
	inquiry: 'inquiries',
	report: 'reports',
	verification: 'verifications',
};

/** Why Persona returned no file; undefined where it did. */
function describeFailure(
	{ run }: ItemContext,
	response: ApiResponse,
	permission: string,
): string | undefined {
	if (response.statusCode === 200) return undefined;
	const { message, description } = toNodeError(run.node.getNode(), response, { permission });
	return [message, description].filter((text) => text).join('. ');
}

/** Fetches the PDFs of an inquiry, its reports and its verifications, one request each. Never throws. */
export async function* fetchPrints(
	context: ItemContext,
	inquiry: PersonaObject,
): AsyncGenerator<EvidenceFile> {
	const { client } = context.run;
	const objects: ResourceIdentifier[] = [inquiry, ...getAllRelated(inquiry)];
	const printable = objects.filter(({ type }) => getBaseType(type) in PRINT_PATHS);
	client.rateLimiter.expectedRequests += printable.length;
	for (const { type, id } of printable) {
		const baseType = getBaseType(type);
		const path = `/${PRINT_PATHS[baseType]}/${id}/print`;
		const response = await client.request({ method: 'GET', path, expects: 'pdf' });
		client.rateLimiter.expectedRequests--;
		yield {
			source: { kind: 'pdf', type, id, from: `GET ${path}`, alsoAt: [] },
			name: `${buildBaseName(sanitizeFileName(type), id, inquiry)}.pdf`,
			response,
			reason: describeFailure(context, response, `${baseType}.read`),
		};
	}
}
