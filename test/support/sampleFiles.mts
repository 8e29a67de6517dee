import type { IBinaryKeyData } from 'n8n-workflow';

const buildFile = (fileName: string, mimeType: string, content: string) => ({
	fileName,
	mimeType,
	fileExtension: fileName.split('.')[1],
	data: Buffer.from(content).toString('base64'),
});

const buildCsv = (name: string, content: string) => buildFile(`${name}.csv`, 'text/csv', content);

/** An event as Persona delivers it; the binary field `delivery` has it. */
export const sampleEvent = {
	type: 'event',
	id: 'evt_1',
	attributes: {
		name: 'inquiry.approved',
		'created-at': '2026-11-02T09:30:00.000Z',
		payload: { data: { type: 'inquiry', id: 'inq_1', attributes: { status: 'approved' } } },
		context: { 'added-tags': ['vip'] },
	},
};

/** The binary fields of input items in the examples and contract tests. Those for imports have the name of their type. */
export const sampleFiles: IBinaryKeyData = {
	data: buildFile('selfie.png', 'image/png', 'a picture'),
	data2: buildFile('note.txt', 'text/plain', 'a note'),
	delivery: buildFile('delivery.json', 'application/json', JSON.stringify({ data: sampleEvent })),
	people: buildCsv('people', 'name_first,name_last\nJane,Doe\n'),
	emailAddress: buildCsv('emails', 'value,match_type\njane@example.com,email_address\n'),
	geolocation: buildCsv('places', 'latitude,longitude,radius_meters\n37.77,-122.42,500\n'),
	governmentIdNumber: buildCsv('ids', 'id_number,id_class\nA1234567,pp\n'),
	ipAddress: buildCsv('ips', 'value\n203.0.113.7\n'),
	phoneNumber: buildCsv('phones', 'value\n+14155550123\n'),
};

/** One of these files as Persona receives it. */
export const toPersonaFile = (field: keyof typeof sampleFiles) => ({
	data: sampleFiles[field].data,
	filename: sampleFiles[field].fileName,
});
