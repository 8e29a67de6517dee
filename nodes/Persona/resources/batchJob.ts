import { text, expert } from '../fields/kinds';
import type { Resource } from '../engine/types';
import { batchJobTypes } from '../operations/batchJob/batchJobTypes';
import { createBatchJobs } from '../operations/batchJob/createBatchJobs';
import { prepareErrorList } from '../operations/batchJob/prepareErrorList';

/** Batch jobs: rows that Persona writes in the background. */
export const batchJobs: Resource = {
	name: 'Batch Job',
	value: 'batchJob',
	operations: {
		create: createBatchJobs({ label: 'Job', name: 'jobType', options: batchJobTypes }),
		get: {
			name: 'Get',
			description: 'Read whether a job has finished, and how many rows were written or failed',
			route: 'GET /batch-jobs/{batch-job-id}',
		},
		getErrors: {
			name: 'Get Errors',
			action: 'Get errors of batch job',
			description: 'List the rows of a job that failed, in the order of the rows, with the reasons',
			route: 'GET /batch-jobs/{batch-job-id}/errors',
			type: 'batch-job-row-error',
			noIncludeAndFields: true,
			// Persona's cursor here is the number of a row.
			nodeFields: {
				startAfter: expert(text('Start After', 'Number of the row after which to begin', '500')),
			},
			returns: 'list',
			prepare: prepareErrorList,
		},
	},
};
