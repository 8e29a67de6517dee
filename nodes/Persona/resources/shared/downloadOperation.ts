import type { Operation } from '../../engine/types';

/**
 * The operation that fetches the files which an object links to: `named` is its name with the
 * article, `route` its path, and `include` names the related objects that may have files as well.
 */
export const buildDownloadOperation = (
	named: string,
	route: `/${string}`,
	include: string[] = [],
): Record<string, Operation> => ({
	downloadFiles: {
		name: 'Download Files',
		action: `Download the files of ${named}`,
		description: `Download the files in the fields of ${named}, one item per file${
			include.length > 0 ? '. Use Include to download the files of related objects as well.' : ''
		}`,
		route: `GET ${route}`,
		include,
		returns: 'files',
	},
});
