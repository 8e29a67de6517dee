import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { StoppedByFailure } from '../../engine/itemErrors';
import type { ItemContext } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import { getAttributes, type ObjectDocument } from '../../transport/jsonApi';
import { toOutput, type Output } from '../../transport/output';
import { buildReadRequest, pollUntilDone, readStarted } from '../waitForResult';
import { fetchRowErrors } from './fetchRowErrors';

/** What the user wants of the jobs. */
export interface BatchJobSettings {
	rowsPerJob: number;
	waitForResult: boolean;
	/** How long to wait for each job, in seconds. */
	waitAtMost: number;
	output: Output;
}

/** The texts of an error that several items have. */
interface SharedError {
	message: string;
	description: string;
	/** Another item has failed, so the job was not waited for. */
	isStopped?: boolean;
}

/** How a job ended, and why rows failed. */
interface JobResult {
	document?: ObjectDocument;
	/** By the number of the row, counted from 1. */
	rowErrors: Map<number, SharedError>;
	/** Why all other rows failed, if they did. */
	commonError?: SharedError;
}

/** Several rows that are sent with one request. */
export interface BatchJob {
	/** The first item of the job, which sends its requests. */
	context: ItemContext;
	/** The request without its rows. */
	request: ApiRequest;
	settings: BatchJobSettings;
	/** Rows by their content, with their numbers counted from 1: equal rows are sent once. */
	rows: Map<string, { row: IDataObject; number: number }>;
	/** The number of the row of each item, by the index of the item. */
	rowNumbers: Map<number, number>;
	created?: Promise<JobResult>;
	result?: Promise<JobResult>;
}

/** The longest part of Persona's reason that is shown. */
const MAX_REASON_LENGTH = 300;

const toSharedError = (error: unknown): SharedError => {
	const { message, description } = error as NodeOperationError;
	const isStopped = error instanceof StoppedByFailure;
	return { message, description: description ?? '', isStopped };
};

/** Creates the job, or says why that failed; an error is one of all its items. */
async function sendJob({ context, request, rows }: BatchJob): Promise<JobResult> {
	const { attributes } = request.body?.data as { attributes: IDataObject };
	const content = [...rows.values()].map(({ row }) => row);
	const whole: ApiRequest = {
		...request,
		body: { data: { attributes: { ...attributes, rows: content } } },
	};
	// Several jobs may share the user's key, and Persona would carry out only the first of them.
	if (request.idempotencyKey) whole.idempotencyKey = context.deriveIdempotencyKey(whole);
	try {
		const document: ObjectDocument = await context.requestDocument(whole);
		return { document, rowErrors: new Map() };
	} catch (error) {
		return { rowErrors: new Map(), commonError: toSharedError(error) };
	}
}

/** The output of a job: the items whose rows are in it get it together. */
export const toJobItem = (
	{ settings }: BatchJob,
	document: ObjectDocument,
	itemIndexes: number[],
): INodeExecutionData => ({
	json: toOutput(document, document.data, settings.output),
	pairedItem: itemIndexes.map((item) => ({ item })),
});

/** Sends a job once, whichever of its items comes first. Never throws. */
export const createJob = async (job: BatchJob): Promise<JobResult> =>
	await (job.created ??= sendJob(job));

/** What to do about a row whose object Persona does not find; nothing for another reason. */
function adviseMissing({ context, request }: BatchJob, reason: string | null): string {
	if (!reason?.startsWith('No record found')) return '';
	const { attributes } = request.body?.data as { attributes: IDataObject };
	const { object, 'lookup-field': lookup } = attributes;
	const jobs = Object.values(context.run.row.variants?.options ?? {});
	const other = jobs.find(({ alignAttributes }) => {
		const job = alignAttributes?.({}) ?? {};
		const isSame = job.object === object && job['lookup-field'] === lookup;
		return isSame && job.operation === 'upsert';
	});
	return other
		? ` To create what does not exist yet, choose '${other.name}' in 'Job'.`
		: ` The environment of the API key has no such ${String(object)}: check the ID.`;
}

/** Waits until Persona is done with a job and reads which rows failed. Throws if it cannot be known. */
async function waitForJob(job: BatchJob, created: ObjectDocument): Promise<JobResult> {
	const { context, settings, rows } = job;
	const { output, waitAtMost } = settings;
	const { id } = created.data;
	const label = `Batch Job ${id}`;
	const type = 'batch-job';
	const request = buildReadRequest(output, '/batch-jobs/{batch-job-id}', type, id);
	const fetch = async () => await context.requestDocument(request);
	const readOperation = 'Batch Job > Get';
	const pending = { type, label, readOperation, timeoutSeconds: waitAtMost, fetch };
	const { document, status, isFailed } = await pollUntilDone(context, created, pending);
	const runData = getAttributes(document.data)['run-data'];
	const { reasons, globalErrors, isIncomplete } = await readStarted(
		context,
		{ label, readOperation: 'Batch Job > Get Errors' },
		async () => await fetchRowErrors(context, id, rows.size, runData),
	);
	const rowErrors = new Map<number, SharedError>();
	for (const [number, reason] of reasons) {
		rowErrors.set(number, {
			message:
				reason === null
					? 'Persona refused this row without saying why'
					: `Persona refused this row: ${reason.slice(0, MAX_REASON_LENGTH)}`,
			description: `It is row ${number} of ${rows.size} in ${label}, of which ${reasons.size} failed. Get Errors lists them with this ID.${adviseMissing(job, reason)}`,
		});
	}
	const unknown = `It is not known whether this row was written. Read the job with Get and Get Errors. To run the same rows again is safe: they set the same values.`;
	const commonMessage =
		globalErrors.length > 0
			? `${label} failed as a whole: ${globalErrors.join('; ').slice(0, MAX_REASON_LENGTH)}`
			: isFailed
				? `${label} ended with the status '${status}'`
				: isIncomplete && `Persona does not name all rows of ${label} that failed`;
	return {
		document,
		rowErrors,
		...(commonMessage && { commonError: { message: commonMessage, description: unknown } }),
	};
}

/**
 * Returns the output of one item once its job is done: the job, for the first item whose row was
 * written, and nothing for the others. Fails the item if its row failed or is not known to be written.
 */
export async function finishItem(
	context: ItemContext,
	job: BatchJob,
): Promise<INodeExecutionData[]> {
	const created = await createJob(job);
	const { document: started } = created;
	job.result ??= started
		? waitForJob(job, started).catch((error: unknown) => ({
				rowErrors: new Map<number, SharedError>(),
				commonError: toSharedError(error),
			}))
		: Promise.resolve(created);
	const { document, rowErrors, commonError } = await job.result;
	const findError = (itemIndex: number) =>
		rowErrors.get(job.rowNumbers.get(itemIndex) ?? 0) ?? commonError;
	const error = findError(context.itemIndex);
	if (error?.isStopped) throw new StoppedByFailure(context, error.description);
	if (error) return context.fail(error.message, error.description);
	const written = [...job.rowNumbers.keys()].filter((index) => !findError(index));
	return document && written[0] === context.itemIndex ? [toJobItem(job, document, written)] : [];
}
