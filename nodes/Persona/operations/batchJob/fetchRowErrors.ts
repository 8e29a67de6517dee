import type { IDataObject } from 'n8n-workflow';
import type { ItemContext } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import { getAttributes } from '../../transport/jsonApi';
import { paginate } from '../../transport/pagination';
import { getRecords } from '../../utils/isRecord';

/** What Persona says about the rows of a job that it did not write. */
export interface RowErrors {
	/** Why each row failed, by its number in the job, counted from 1; null if Persona does not say. */
	reasons: Map<number, string | null>;
	/** Errors of the whole run, each as a sentence; with them, no row is known to be written. */
	globalErrors: string[];
	/** Persona counts more failed rows than it names, or does not count them. */
	isIncomplete: boolean;
}

/** Formats an error of a whole run, e.g. "Could not connect (failed_to_write)". */
function formatGlobalError(error: IDataObject): string {
	const { message, 'error-type': type } = error;
	const words = [message, type].filter((text) => typeof text === 'string' && text !== '');
	return words.length === 2 ? `${String(message)} (${String(type)})` : words.join('');
}

/** Fetches all errors of a job, page by page. Throws if they cannot be read. */
export async function fetchRowErrors(context: ItemContext, jobId: string): Promise<RowErrors> {
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
		const { 'row-number': number, 'error-message': message } = getAttributes(object);
		listed++;
		reasons.set(Number(number), typeof message === 'string' ? message : null);
	}
	const { 'error-count': count } = meta;
	const isCounted = typeof count === 'number' && count <= reasons.size;
	return {
		reasons,
		globalErrors: getRecords(meta['global-errors']).map(formatGlobalError),
		isIncomplete: !isCounted || reasons.size < listed,
	};
}
