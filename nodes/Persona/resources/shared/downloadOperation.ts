import type { Operation } from '../../engine/types';

/**
 * Builds the row that downloads the files that an object links to. `objectName` has its article, e.g.
 * `an inquiry`; `path` is that of the object; `include` has the related objects that may have files.
 */
export const buildDownloadOperation = (
	objectName: string,
	path: `/${string}`,
	include: string[] = [],
): Record<string, Operation> => ({
	downloadFiles: {
		name: 'Download Files',
		action: `Download the files of ${objectName}`,
		description: `Download the files in the fields of ${objectName}, one item per file${
			include.length > 0 ? '. Use Include to download the files of related objects as well.' : ''
		}`,
		route: `GET ${path}`,
		include,
		returns: 'files',
	},
});
