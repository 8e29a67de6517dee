import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { sampleFiles, sent } from '../sampleFiles.mts';

/** The binary fields of each item: good ones, an empty one, and one named like a path. */
export const binary: IBinaryKeyData = {
	...sampleFiles,
	empty: { ...sampleFiles.data, data: '' },
	folder: { ...sampleFiles.data, fileName: '../../etc/selfie.png' },
};

/** What Persona gets of those that can be sent. */
export const files: Record<string, IDataObject> = {
	data: sent('data'),
	data2: sent('data2'),
	folder: sent('data'),
};
