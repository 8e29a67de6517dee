import type { IDataObject } from 'n8n-workflow';
import type { ItemContext } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import { getAttributes } from '../../transport/jsonApi';
import { paginate } from '../../transport/pagination';
import { isBlank } from '../../utils/isBlank';
import { getRecords, isRecord } from '../../utils/isRecord';

/** What Persona says about the rows of a job that it did not write. */
export interface RowErrors {
	/** Why each row failed, by its number in the job, counted from 1; null if Persona does not say. */
	reasons: Map<number, string | null>;
	/** Errors of the whole run, each as a sentence; with them, no row is known to be written. */
	globalErrors: string[];
	/** It is not known which rows failed: the counts of Persona differ, or it names what is no row of the job. */
	isIncomplete: boolean;
}

/** Formats an error of a whole run, e.g. "Could not connect (failed_to_write)". */
function formatGlobalError(error: IDataObject): string {
	const { message, 'error-type': type } = error;
	const words = [message, type].filter((text) => typeof text === 'string' && text !== '');
	return words.length === 2
		? `${String(message)} (${String(type)})`
		: words.join('') || 'Persona does not say why';
}

/**
 * Fetches all errors of a job with this many rows, page by page. `runData` is what the job itself counts.
 * Throws if they cannot be read.
 */
export async function fetchRowErrors(
	context: ItemContext,
	jobId: string,
	rowCount: number,
	runData: unknown,
): Promise<RowErrors> {
	let meta: IDataObject = {};
	const fetchPage = async (request: ApiRequest) => {
		const document = await context.requestList(request);
		meta = document.meta ?? {};
		return document;
	};
	const request: ApiRequest = { method: 'GET', path: `/batch-jobs/${jobId}/errors` };
	const reasons = new Map<number, string | null>();
	let listed = 0;
	for await (const { object } of paginate(fetchPage, request, Infinity)) {
		const { 'row-number': given, 'error-message': message } = getAttributes(object);
		listed++;
		const number = Number(given);
		if (!Number.isInteger(number) || number < 1 || number > rowCount) continue;
		reasons.set(number, typeof message === 'string' && !isBlank(message) ? message : null);
	}
	const { 'error-count': count, 'global-errors': globalErrors = [] } = meta;
	const { 'success-count': written = rowCount } = isRecord(runData) ? runData : {};
	const isCounted = typeof count === 'number' && count <= reasons.size;
	return {
		reasons,
		globalErrors: getRecords(globalErrors).map(formatGlobalError),
		isIncomplete:
			!isCounted ||
			reasons.size < listed ||
			Number(written) + reasons.size < rowCount ||
			!Array.isArray(globalErrors) ||
			!globalErrors.every(isRecord),
	};
}
