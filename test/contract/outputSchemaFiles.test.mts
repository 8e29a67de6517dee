import { listRows, listSchemaRows } from './outputSchemaFiles.mts';

/** While others record, some may be missing. */
const itUnlessRecording = process.env.UPDATE_SCHEMAS === '1' ? it.skip : it;

describe('output schemas', () => {
	itUnlessRecording('exist for every operation, and for no other', () => {
		expect(listSchemaRows().sort()).toEqual(listRows().sort());
	});
});
