import { ApiError, NotFoundError, UnprocessableError } from '../../state/errors.mts';
import { inflect } from '../../state/inflection.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { createAccount, findAccountByReference, setAccountFields } from '../accounts/account.mts';
import { toTypedValues } from '../shared/fields.mts';
import { requireNotRedacted } from '../shared/requireNotRedacted.mts';
import { setTags } from '../shared/tags.mts';
import { detectTraits, parseDelaySeconds } from '../shared/testPersonas.mts';

/** What a job does with its rows, by Persona's names. */
export interface BatchJobRequest {
	operation: string;
	object: string;
	'lookup-field': string;
	'account-type-id'?: string;
	'emit-events'?: boolean;
	rows: JsonObject[];
}

/** A row that was not written. */
interface FailedRow {
	row: JsonObject;
	number: number;
	message: string;
}

/** What the errors of a job are made of. */
export interface BatchJobErrors {
	failedRows: FailedRow[];
	globalErrors: JsonObject[];
}

/** The lookup fields that Persona accepts for each kind of job. */
const LOOKUP_FIELDS: Record<string, string[]> = {
	'account update': ['token', 'reference_id'],
	'account upsert': ['reference_id'],
	'inquiry update': ['token'],
};

const errorsByJob = new WeakMap<StoredObject, BatchJobErrors>();

/** The errors of a job so far. */
export const getBatchJobErrors = (job: StoredObject): BatchJobErrors =>
	errorsByJob.get(job) ?? { failedRows: [], globalErrors: [] };

/**
 * Throws 422 for a job that Persona does not offer. That it refuses these when the job is created, and
 * not row by row, is our inference: the description only says what is supported.
 */
export function requireSupported(request: BatchJobRequest) {
	const { operation, object, 'lookup-field': lookup, rows } = request;
	const attributes = '/data/attributes';
	const lookups = LOOKUP_FIELDS[`${object} ${operation}`];
	if (!lookups) {
		throw new UnprocessableError(
			`operation ${operation} is not supported for ${object}`,
			`${attributes}/operation`,
		);
	}
	if (!lookups.includes(lookup)) {
		throw new UnprocessableError(
			`lookup_field ${lookup} is not supported for ${operation} of ${object}`,
			`${attributes}/lookup-field`,
		);
	}
	const isTyped = request['account-type-id'] ?? rows.every((row) => row.account_type_id);
	if (operation === 'upsert' && !isTyped) {
		throw new UnprocessableError(
			'account_type_id is required on the pipeline or on each row',
			`${attributes}/account-type-id`,
		);
	}
}

/** Creates a job, which writes its rows after `reportSeconds`. Names in rows can make it take longer. */
export function createBatchJob(state: SandboxState, request: BatchJobRequest): StoredObject {
	const { rows } = request;
	const job = state.createObject('batch-job', 'mprtpr', {
		status: 'pending',
		'run-count': 1,
		'started-at': null,
		'ended-at': null,
		'created-at': getTimestamp(),
		'updated-at': getTimestamp(),
		'redacted-at': null,
		'run-data': {
			'column-names': [...new Set(rows.flatMap((row) => Object.keys(row)))],
			'error-count': 0,
			'rows-read': 0,
			'row-count': rows.length,
			'success-count': 0,
			'created-count': 0,
			'updated-count': 0,
		},
	});
	const delays = rows.map((row) => parseDelaySeconds(toKebabCase(row)) ?? 0);
	const seconds = Math.max(state.settings.reportSeconds, ...delays);
	state.schedule(0, () => {
		if (job.attributes.status !== 'pending') return;
		setStatus(job, 'running', { 'started-at': getTimestamp() });
		state.emitEvent('batch-job.started', job);
	});
	const start = () => runJob(state, job, request);
	startsByJob.set(job, start);
	if (seconds < Infinity) state.schedule(seconds * 1000, start);
	return job;
}

/** What happens to a job in the dashboard; `killed` is a status without an event. */
export type BatchJobChange = 'paused' | 'resumed' | 'canceled' | 'killed';

/** Writes the rows of a job that is running. */
const startsByJob = new WeakMap<StoredObject, () => void>();

/** Changes a job that has not ended; a resumed job writes its rows at once. Throws where that is not possible. */
export function changeBatchJob(state: SandboxState, job: StoredObject, change: BatchJobChange) {
	const { status } = job.attributes;
	const from = change === 'resumed' ? ['paused'] : ['pending', 'running', 'paused'];
	if (!from.includes(String(status))) throw new Error(`The job is ${String(status)}`);
	if (change === 'resumed') {
		const runCount = Number(job.attributes['run-count']) + 1;
		setStatus(job, 'running', { 'run-count': runCount });
	} else {
		setStatus(job, change, { 'ended-at': change === 'paused' ? null : getTimestamp() });
	}
	if (change !== 'killed') state.emitEvent(`batch-job.${change}`, job);
	if (change === 'resumed') startsByJob.get(job)?.();
}

function runJob(state: SandboxState, job: StoredObject, request: BatchJobRequest) {
	const { rows } = request;
	if (job.attributes.status !== 'running') return;
	const failedRows: FailedRow[] = [];
	const counts = { 'created-count': 0, 'updated-count': 0 };
	// A person called Error breaks the run, as it breaks reports.
	const isErrored = rows.some((row) => detectTraits(toKebabCase(row)).has('breaksReports'));
	for (const [index, row] of isErrored ? [] : rows.entries()) {
		try {
			counts[writeRow(state, request, row) ? 'created-count' : 'updated-count']++;
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			failedRows.push({ row, number: index + 1, message: error.message });
		}
	}
	errorsByJob.set(job, {
		failedRows,
		globalErrors: isErrored
			? [
					{
						'error-type': 'failed_to_write',
						message: 'Could not connect to the destination',
						retryable: false,
					},
				]
			: [],
	});
	const runData = job.attributes['run-data'] as JsonObject;
	Object.assign(runData, counts, {
		'error-count': failedRows.length,
		'rows-read': rows.length,
		'success-count': counts['created-count'] + counts['updated-count'],
	});
	const status = isErrored ? 'errored' : 'completed';
	setStatus(job, status, { 'ended-at': getTimestamp() });
	state.emitEvent(`batch-job.${status}`, job);
}

function setStatus(job: StoredObject, status: string, more: JsonObject) {
	Object.assign(job.attributes, { status, 'updated-at': getTimestamp(), ...more });
}

const toKebabCase = (row: JsonObject): JsonObject =>
	Object.fromEntries(Object.entries(row).map(([name, value]) => [inflect(name, 'kebab'), value]));

/** Writes a row and returns whether that created an object. Throws `ApiError` for a row that is refused. */
function writeRow(state: SandboxState, request: BatchJobRequest, row: JsonObject): boolean {
	const { object, 'lookup-field': lookup } = request;
	const value = row[lookup];
	if (typeof value !== 'string' || value === '') {
		throw new UnprocessableError(`${lookup} is missing`);
	}
	const { [lookup]: _, tags, ...values } = row;
	if (object === 'inquiry') {
		writeInquiry(state, value, values, tags);
		return false;
	}
	return writeAccount(state, request, value, values, tags);
}

/** The words in which Persona's example refuses a row whose object does not exist. */
const createNoRecordError = (value: string) =>
	new NotFoundError(`No record found with unique id "${value}"`);

const readTags = (tags: Json): string[] =>
	Array.isArray(tags) ? tags.map(String) : String(tags).split(/\s*[,;]\s*/);

function writeInquiry(state: SandboxState, id: string, values: JsonObject, tags?: Json) {
	const inquiry = state.store.getCollection('inquiry').get(id);
	if (!inquiry) throw createNoRecordError(id);
	requireNotRedacted(inquiry);
	const before = inquiry.attributes.fields as JsonObject;
	inquiry.attributes.fields = { ...before, ...toTypedValues(state, values) };
	inquiry.attributes['updated-at'] = getTimestamp();
	// Updating an inquiry like this emits no events, whatever `emit-events` says.
	if (tags) setTags(state, inquiry, readTags(tags), false);
}

function writeAccount(
	state: SandboxState,
	request: BatchJobRequest,
	value: string,
	{ account_type_id: ownType, ...values }: JsonObject,
	tags?: Json,
): boolean {
	const { operation, 'lookup-field': lookup, 'emit-events': emitsEvents = true } = request;
	const existing =
		lookup === 'token'
			? state.store.getCollection('account').get(value)
			: findAccountByReference(state, value);
	if (!existing && operation === 'update') throw createNoRecordError(value);
	if (existing) requireNotRedacted(existing);
	const typeId = String(ownType ?? request['account-type-id'] ?? '');
	const type = state.store.getCollection('account-type').get(typeId);
	if (!existing && !type) throw new NotFoundError(`Account type ${typeId} does not exist`);
	const { birthdate, reference_id: newReference } = values;
	if (birthdate && !/^\d{4}-\d{2}-\d{2}$/.test(String(birthdate))) {
		throw new UnprocessableError('birthdate must be a date as YYYY-MM-DD');
	}
	const account = existing ?? createAccount(state, value, type);
	const { reference_id: __, ...fields } = values;
	setAccountFields(account, {}, fields);
	if (newReference !== undefined) account.attributes['reference-id'] = newReference;
	if (!existing) state.emitEvent('account.created', account);
	else if (emitsEvents) state.emitEvent('account.updated-fields', account);
	if (tags) setTags(state, account, readTags(tags), emitsEvents);
	return !existing;
}
