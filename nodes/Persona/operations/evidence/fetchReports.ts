import type { ItemContext } from '../../engine/types';
import type { ApiResponse } from '../../transport/apiResponse';
import {
	getAllRelated,
	getBaseType,
	getIncluded,
	type ObjectDocument,
} from '../../transport/jsonApi';

/** A report that Persona does not include with an inquiry, as it was read by itself. */
export interface SeparateReport {
	path: string;
	document: ObjectDocument;
	response: ApiResponse;
}

/**
 * Fetches the reports that Persona references without including them, one request each: its description
 * includes no Screening report with an inquiry. Leaves out what cannot be read. Never throws.
 */
export async function fetchReports(
	{ run: { client } }: ItemContext,
	document: ObjectDocument,
): Promise<SeparateReport[]> {
	const includedIds = new Set(getIncluded(document).map(({ id }) => id));
	const references = getAllRelated(document.data).filter(
		({ type, id }) => getBaseType(type) === 'report' && !includedIds.has(id),
	);
	client.rateLimiter.expectedRequests += references.length;
	const reports: SeparateReport[] = [];
	for (const { id } of references) {
		const path = `/reports/${id}`;
		const response = await client.request({
			method: 'GET',
			path,
			expects: 'object',
			keepsBytes: true,
		} as const);
		client.rateLimiter.expectedRequests--;
		if (response.statusCode !== 200) continue;
		reports.push({ path, document: response.body as ObjectDocument, response });
	}
	return reports;
}
