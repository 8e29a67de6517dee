import { choice, choices } from '../../fields/kinds';
import type { Operation } from '../../engine/types';
import { EVIDENCE_KINDS } from './evidenceKind';

/** Row that returns everything about an inquiry as files, with a manifest of their sources and checksums. */
export const collectEvidence: Operation = {
	name: 'Collect Evidence',
	action: 'Collect evidence of inquiry',
	description:
		'Fetch the PDFs, ID images, selfies, documents and JSON of an inquiry as files. A manifest lists their SHA-256 checksums and what is missing.',
	route: 'GET /inquiries/{inquiry-id}',
	include: [],
	nodeFields: {
		collect: choices('Collect', 'Files to fetch', EVIDENCE_KINDS, {
			default: Object.keys(EVIDENCE_KINDS),
			topLevel: true,
		}),
		output: choice(
			'Output',
			'How to return the files. One Item per File suits nodes that upload or write files. One Item with All Files puts them into the item of the manifest, in the fields data_1, data_2 and so on.',
			{ itemPerFile: 'One Item per File', oneItem: 'One Item with All Files' },
			{ default: 'itemPerFile' },
		),
	},
	returns: 'files',
	prepare: async (context) => await (await import('./prepareEvidence')).prepareEvidence(context),
};
