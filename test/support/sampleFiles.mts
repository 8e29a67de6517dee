import type { IBinaryKeyData } from 'n8n-workflow';

const fileOf = (fileName: string, mimeType: string, content: string) => ({
	fileName,
	mimeType,
	fileExtension: fileName.split('.')[1],
	data: Buffer.from(content).toString('base64'),
});

/** The binary fields that an input item has in examples and in the contract. */
export const sampleFiles: IBinaryKeyData = {
	data: fileOf('selfie.png', 'image/png', 'a picture'),
	data2: fileOf('note.txt', 'text/plain', 'a note'),
	people: fileOf('people.csv', 'text/csv', 'name_first,name_last\nJane,Doe\n'),
};

/** What Persona gets of one of these files. */
export const sent = (field: keyof typeof sampleFiles) => ({
	data: sampleFiles[field].data,
	filename: sampleFiles[field].fileName,
});
