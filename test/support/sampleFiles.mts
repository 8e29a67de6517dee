import type { IBinaryKeyData } from 'n8n-workflow';

const fileOf = (fileName: string, mimeType: string, content: string) => ({
	fileName,
	mimeType,
	fileExtension: fileName.split('.')[1],
	data: Buffer.from(content).toString('base64'),
});

const csv = (name: string, content: string) => fileOf(`${name}.csv`, 'text/csv', content);

/** The binary fields that an input item has in examples and in the contract; for each import type one of its name. */
export const sampleFiles: IBinaryKeyData = {
	data: fileOf('selfie.png', 'image/png', 'a picture'),
	data2: fileOf('note.txt', 'text/plain', 'a note'),
	people: csv('people', 'name_first,name_last\nJane,Doe\n'),
	emailAddress: csv('emails', 'value,match_type\njane@example.com,email_address\n'),
	geolocation: csv('places', 'latitude,longitude,radius_meters\n37.77,-122.42,500\n'),
	governmentIdNumber: csv('ids', 'id_number,id_class\nA1234567,pp\n'),
	ipAddress: csv('ips', 'value\n203.0.113.7\n'),
	phoneNumber: csv('phones', 'value\n+14155550123\n'),
};

/** What Persona gets of one of these files. */
export const sent = (field: keyof typeof sampleFiles) => ({
	data: sampleFiles[field].data,
	filename: sampleFiles[field].fileName,
});
