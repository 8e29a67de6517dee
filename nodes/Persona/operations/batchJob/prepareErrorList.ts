import { prepareList } from '../../engine/prepare';
import type { PrepareItem } from '../../engine/types';
import { getRecords } from '../../utils/isRecord';

/**
 * Prepares the list of the rows of a job that failed. Errors of the whole run are in the metadata of
 * each row; a job that has failed no row by itself is returned as an item with them, so that they are
 * not lost.
 */
export const prepareErrorList: PrepareItem = async (context) => {
	const jobId = context.readId('batch-job-id');
	if (!/^\d{0,9}$/.test(context.readSetting<string>('startAfter').trim())) {
		context.fail("'Start After' is not the number of a row", 'Use digits, e.g. 500.');
	}
	return await prepareList(context, ({ meta }) =>
		getRecords(meta?.['global-errors']).length > 0 ? [{ type: 'batch-job', id: jobId }] : [],
	);
};
