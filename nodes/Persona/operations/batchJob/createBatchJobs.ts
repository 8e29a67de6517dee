import { number, toggle, expert } from '../../fields/kinds';
import type { Operation, Variants } from '../../engine/types';
import { buildWaitField } from '../waitForResult';

/** The most rows that Persona takes in a job. */
const MAX_ROWS = 1_000;

/** Row that writes the rows of all input items with as few jobs as possible. */
export const createBatchJobs = (variants: Variants): Operation => ({
	name: 'Create',
	description:
		'Update or create many accounts, or update many inquiries, from all input items at once. Returns one item for each job of up to 1,000 rows; an item whose row Persona refuses fails with the reason.',
	route: 'POST /batch-jobs',
	guarded: true,
	variants,
	nodeFields: {
		waitForResult: toggle(
			'Wait for Result',
			'wait until Persona has processed all rows, so that each item whose row was refused fails with the reason. Without it, the jobs are returned as soon as they have started.',
			{ default: true, topLevel: true },
		),
		rowsPerJob: expert(
			number(
				'Rows per Job',
				'How many rows to send with one job at most, from 1 to 1000. Use fewer if Persona says that a request is too large.',
				{ default: MAX_ROWS, typeOptions: { minValue: 1, maxValue: MAX_ROWS } },
			),
		),
		waitAtMost: buildWaitField('a job before its items fail'),
	},
	prepare: async (context) => await (await import('./prepareBatchJobs')).prepareBatchJobs(context),
});
