import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { sampleFiles, toPersonaFile } from '../sampleFiles.mts';

/** The binary fields of each item: valid ones, an empty one, and one whose name is a path. */
export const inputFiles: IBinaryKeyData = {
	...sampleFiles,
	empty: { ...sampleFiles.data, data: '' },
	folder: { ...sampleFiles.data, fileName: '../../etc/selfie.png' },
};

/** What Persona receives of the valid ones. */
export const sentFiles: Record<string, IDataObject> = {
	data: toPersonaFile('data'),
	data2: toPersonaFile('data2'),
	folder: toPersonaFile('data'),
};
