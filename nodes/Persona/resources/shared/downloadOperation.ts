import type { Operation } from '../../engine/types';

/**
 * Builds the row that downloads the files that an object links to. `path` is that of the object; `include` has the related objects that may have files.
 */
export const buildDownloadOperation = (
	objectName: string,
	path: `/${string}`,
	include: string[] = [],
): Record<string, Operation> => ({
	downloadFiles: {
		name: 'Download Files',
		action: `Download files of ${objectName}`,
		description: `Get the files in its fields for n8n, e.g. to archive them, one item per file${
			include.length > 0 ? '. Use Include for the files of related objects as well.' : ''
		}`,
		route: `GET ${path}`,
		include,
		returns: 'files',
	},
});
