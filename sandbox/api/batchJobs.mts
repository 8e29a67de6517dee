import {
	type BatchJobRequest,
	createBatchJob,
	getBatchJobErrors,
	requireSupported,
} from '../domain/batchJobs/batchJob.mts';
import { anyObject, boolean, defineBody, defineObject, text } from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';
import { buildPageLink } from '../http/queryString.mts';
import { BadRequestError } from '../state/errors.mts';
import type { JsonObject } from '../state/json.mts';

/** Everything under `/batch-jobs`. Persona documents no permission for it. */
export const batchJobs: Endpoint[] = [
	{
		include: [],
		route: 'POST /batch-jobs',
		body: defineBody({
			'data*': defineObject({
				'attributes*': defineObject({
					'operation*': text,
					'object*': text,
					'lookup-field*': text,
					'emit-events': boolean,
					'account-type-id': text,
					'rows*': { type: 'array', minItems: 1, maxItems: 1000, items: anyObject },
				}),
			}),
		}),
		handle: ({ state, attributes }) => {
			const job = attributes as unknown as BatchJobRequest;
			requireSupported(job);
			return { object: createBatchJob(state, job), status: 202 };
		},
	},
	{
		include: [],
		route: 'GET /batch-jobs/:id',
		handle: (request) => ({ object: getTarget(request, 'batch-job') }),
	},
	{
		noFields: true,
		paged: true,
		route: 'GET /batch-jobs/:id/errors',
		handle: (request) => ({ json: listErrors(request) }),
	},
];

/** Reads a member of `page`, which must be a whole number. */
function readNumber(page: JsonObject, name: string): number | undefined {
	if (page[name] === undefined) return undefined;
	const number = Number(page[name]);
	if (!Number.isInteger(number)) throw new BadRequestError(`page.${name} must be an integer`);
	return number;
}

/** A page of the rows that failed. Its cursor is the number of a row, unlike that of any other list. */
function listErrors(request: ApiRequest) {
	const { state, inflection, query, params } = request;
	const job = getTarget(request, 'batch-job');
	const { failedRows, globalErrors } = getBatchJobErrors(job);
	const page = (query.page ?? {}) as JsonObject;
	const [after, before, size = 50] = ['after', 'before', 'size'].map((name) =>
		readNumber(page, name),
	);
	if (size < 1 || size > 100) throw new BadRequestError('page.size must be between 1 and 100');
	if (after !== undefined && before !== undefined) {
		throw new BadRequestError('page.after cannot be combined with page.before');
	}
	const isListed = ({ number }: { number: number }) =>
		number > (after ?? 0) && number < (before ?? Infinity);
	const listed = failedRows.filter(isListed);
	const rows = before === undefined ? listed.slice(0, size) : listed.slice(-size);
	const [first, last] = [rows[0], rows[rows.length - 1]];
	const hasEarlier = rows.length > 0 && failedRows[0].number < first.number;
	const hasLater = rows.length > 0 && failedRows[failedRows.length - 1].number > last.number;
	const path = `/api/v1/batch-jobs/${params.id}/errors`;
	const buildLink = (name: string, number: number) =>
		buildPageLink(path, query, { [name]: String(number), size: String(size) });
	return state.serialize(
		{
			data: rows.map(({ row, number, message }) => ({
				type: 'batch-job-row-error',
				id: `${job.id}:${number}`,
				attributes: { row, 'error-message': message, 'row-number': number },
			})),
			meta: { 'error-count': failedRows.length, 'global-errors': globalErrors },
			links: {
				prev: hasEarlier ? buildLink('before', first.number) : null,
				next: hasLater ? buildLink('after', last.number) : null,
			},
		},
		inflection,
	);
}
