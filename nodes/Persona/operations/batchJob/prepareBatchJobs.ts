import type { IDataObject } from 'n8n-workflow';
import type { ItemContext, PreparedItem, Run } from '../../engine/types';
import { createIdempotencyKey } from '../../transport/apiRequest';
import { createJob, finishItem, toJobItem, type BatchJob, type BatchJobSettings } from './batchJob';
import { buildRow, type RowTarget } from './batchJobRow';

/** The jobs of a run that are being filled. */
interface BatchJobsOfRun {
	/** The last job of each kind, by what its items have in common. */
	openJobs: Map<string, BatchJob>;
	/** The job and the content of the row for each object, and the first item that has it. */
	rowsByObject: Map<string, { job: BatchJob; content: string; itemIndex: number }>;
}

const jobsByRun = new WeakMap<Run, BatchJobsOfRun>();

function getJobs(run: Run): BatchJobsOfRun {
	const jobs = jobsByRun.get(run) ?? { openJobs: new Map(), rowsByObject: new Map() };
	jobsByRun.set(run, jobs);
	return jobs;
}

const readJobSettings = (context: ItemContext): BatchJobSettings => ({
	rowsPerJob: Math.floor(context.readSetting<number>('rowsPerJob')),
	waitForResult: context.readSetting('waitForResult'),
	waitAtMost: context.readSetting('waitAtMost'),
	output: context.readOutput(),
});

/** What the chosen job works on. The variant has set the attributes. */
function getTarget(context: ItemContext, attributes: IDataObject): RowTarget {
	const lookupField = String(attributes['lookup-field']);
	const { variants } = context.run.row;
	const fields = variants?.options[context.readParameter<string>(variants.name)]?.attributes;
	return {
		object: String(attributes.object),
		operation: String(attributes.operation),
		lookupField,
		label: fields?.[`rows.${lookupField}`]?.displayName ?? lookupField,
	};
}

/** Adds the row of an item to a job of its kind, and opens another one where that is full. */
async function addRow(context: ItemContext): Promise<BatchJob> {
	const { itemIndex } = context;
	const { openJobs, rowsByObject } = getJobs(context.run);
	const settings = readJobSettings(context);
	const request = await context.buildRequest();
	const { rows: given, ...attributes } = (request.body?.data as { attributes: IDataObject })
		.attributes;
	const target = getTarget(context, attributes);
	const row = buildRow(context, given as IDataObject, target);
	// The members of equal rows may have another order.
	const content = createIdempotencyKey(attributes, row);
	const object = `${target.object} ${String(row[target.lookupField])}`;
	const same = rowsByObject.get(object);
	if (same) {
		if (same.content !== content) {
			context.fail(
				`'${target.label}' is the same as in item ${same.itemIndex} (counted from 0), but the rest of the row differs`,
				'Persona does not say which of two rows for the same object is written last. Merge the items, or send them in two runs.',
			);
		}
		const { rowNumbers } = same.job;
		rowNumbers.set(itemIndex, rowNumbers.get(same.itemIndex) as number);
		return same.job;
	}
	const kind = JSON.stringify([attributes, request.idempotencyKey, settings]);
	let job = openJobs.get(kind);
	if (!job || job.rows.size >= job.settings.rowsPerJob) {
		const body = { data: { attributes } };
		job = {
			...{ context, request: { ...request, body }, settings },
			...{ rows: new Map(), rowNumbers: new Map() },
		};
		openJobs.set(kind, job);
	}
	job.rows.set(content, { row, number: job.rows.size + 1 });
	job.rowNumbers.set(itemIndex, job.rows.size);
	rowsByObject.set(object, { job, content, itemIndex });
	return job;
}

/** The first item of each job sends it; all items wait together, and each fails with its own row. */
export async function prepareBatchJobs(context: ItemContext): Promise<PreparedItem> {
	const job = await addRow(context);
	const run = async () => {
		const { document, commonError } = await createJob(job);
		if (commonError) context.fail(commonError.message, commonError.description);
		const indexes = [...job.rowNumbers.keys()];
		if (!document || indexes[0] !== context.itemIndex) return [];
		return [toJobItem(job, document, indexes)];
	};
	if (!job.settings.waitForResult) return { run };
	return {
		run,
		// Where the job could not be created, each item has its error already.
		afterAll: async (output) =>
			(await createJob(job)).document ? await finishItem(context, job) : output,
	};
}
