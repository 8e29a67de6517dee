import { fixtures, type Sandbox, startSandbox, type StoredObject } from '../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../support/apiClient.mts';

const person = { 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1994-04-12' };

describe('verifications, documents and devices of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ rateLimit: { maxRequests: 1e4, windowSeconds: 60 } });
	});
	afterAll(() => sandbox.close());

	const idsOf = (thing: StoredObject, relationship: string) =>
		[thing.relationships?.[relationship].data ?? []].flat().map(({ id }) => id);

	/** An inquiry about Jane in which a verification of this kind has ended. */
	const verified = async (kind: string, passed = true, where = sandbox): Promise<StoredObject> => {
		const { data } = await send(where, 'POST', '/inquiries', buildInquiry(person));
		const type = `create_${passed ? 'passed' : 'failed'}_verification`;
		const template = { 'verification-template-id': fixtures.getVerificationTemplate(kind) };
		const path = `/inquiries/${data.id}/perform-simulate-actions`;
		const actions = [{ type: 'start_inquiry' }, { type, data: template }];
		const meta = { 'simulate-actions': actions };
		return (await send(where, 'POST', path, { meta })).data;
	};

	const verification = async (kind: string, passed = true) =>
		idsOf(await verified(kind, passed), 'verifications')[0];

	const statusOf = async (method: string, path: string) =>
		(await send(sandbox, method, path)).status;

	it('answer a typed route with its own kind alone', async () => {
		const id = await verification('database');
		expect(await statusOf('GET', `/verification/databases/${id}`)).toBe(200);
		expect(await statusOf('GET', `/verifications/${id}`)).toBe(200);
		for (const path of ['database-standards', 'selfies', 'documents']) {
			expect(await statusOf('GET', `/verification/${path}/${id}`)).toBe(404);
		}
		expect(await statusOf('GET', `/verification/databases/${id}?include=document`)).toBe(400);
	});

	it('are about the person of the inquiry, and say why they failed', async () => {
		const id = await verification('aamva', false);
		const { data } = await send(sandbox, 'GET', `/verifications/${id}`);
		expect(data.attributes).toMatchObject({
			status: 'failed',
			...person,
			checks: [
				{
					name: 'aamva_identification_number_comparison',
					status: 'failed',
					reasons: ['no_match'],
					requirement: 'required',
				},
			],
		});
	});

	it('know no template of another kind than Persona has', async () => {
		const { data } = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		const action = {
			type: 'create_passed_verification',
			data: { 'verification-template-id': 'vtmpl_Unknown' },
		};
		const path = `/inquiries/${data.id}/perform-simulate-actions`;
		const reply = await send(sandbox, 'POST', path, { meta: { 'simulate-actions': [action] } });
		expect(reply.status).toBe(404);
	});

	it('cannot be redacted while they are under investigation, nor twice', async () => {
		const id = await verification('government-id');
		expect(await statusOf('POST', `/verifications/${id}/investigation-lock`)).toBe(200);
		expect(await statusOf('DELETE', `/verifications/${id}`)).toBe(409);
		const { data } = await send(sandbox, 'GET', `/verifications/${id}`);
		expect(data.attributes).toMatchObject({ 'name-first': 'Jane', 'redacted-at': null });
		expect(await statusOf('POST', `/verifications/${id}/investigation-unlock`)).toBe(200);
		expect(await statusOf('DELETE', `/verifications/${id}`)).toBe(200);
		expect(await statusOf('DELETE', `/verifications/${id}`)).toBe(409);
	});

	it('take their document and its files along when they are redacted', async () => {
		const inquiry = await verified('document');
		const [document] = idsOf(inquiry, 'documents');
		const path = `/documents/${document}?include=document-files`;
		const before = await send(sandbox, 'GET', path);
		const [{ url }] = before.data.attributes.files as { url: string }[];
		expect((await fetch(url)).status).toBe(200);
		expect(before.data.attributes.fields).toMatchObject({ name_full: 'Jane Doe' });
		await send(sandbox, 'DELETE', `/verifications/${idsOf(inquiry, 'verifications')[0]}`);
		const after = await send(sandbox, 'GET', path);
		expect(after.data.attributes).toMatchObject({
			status: 'processed',
			kind: 'document',
			files: [],
			fields: {},
		});
		expect(after.included[0].attributes).toMatchObject({ name: null, originals: [] });
		expect(after.text).not.toContain('Jane');
		expect((await fetch(url)).status).toBe(404);
	});

	it.each([
		['document', 'document/generic'],
		['government-id', 'document/government-id'],
		['government-id-nfc', 'document/government-id-nfc'],
		['mdoc', 'document/mdoc'],
	])('of the kind %s leave a document of the type %s behind', async (kind, type) => {
		const [id] = idsOf(await verified(kind), 'documents');
		const { data } = await send(sandbox, 'GET', `/documents/${id}`);
		expect(data.type).toBe(type);
		const generic = await statusOf('GET', `/document/generics/${id}`);
		expect(generic).toBe(type === 'document/generic' ? 200 : 404);
		const governmentId = await statusOf('GET', `/document/government-ids/${id}`);
		expect(governmentId).toBe(type === 'document/government-id' ? 200 : 404);
	});

	it('are printed as a PDF with what they found', async () => {
		const id = await verification('selfie');
		const { headers, text } = await send(sandbox, 'GET', `/verifications/${id}/print`);
		expect(headers.get('content-type')).toBe('application/pdf');
		expect(text).toMatch(/^%PDF-1/);
	});

	it('have photos and recordings that are what they say', async () => {
		const id = await verification('selfie');
		const { data } = await send(sandbox, 'GET', `/verifications/${id}`);
		const open = async (name: string) => {
			const answer = await fetch(String(data.attributes[name]));
			const bytes = Buffer.from(await answer.arrayBuffer());
			return [answer.headers.get('content-type'), bytes.subarray(0, 8).toString('latin1')];
		};
		expect(await open('center-photo-url')).toEqual(['image/png', '\x89PNG\r\n\x1a\n']);
		expect(await open('video-url')).toEqual(['video/mp4', '\0\0\0\x18ftyp']);
	});

	it('give a new link to who reads them again when the first has expired', async () => {
		const brief = await startSandbox({ fileLinkSeconds: 1 });
		const [id] = idsOf(await verified('government-id', true, brief), 'verifications');
		const link = async () => {
			const { data } = await send(brief, 'GET', `/verifications/${id}`);
			return String(data.attributes['front-photo-url']);
		};
		const first = await link();
		await new Promise((resolve) => setTimeout(resolve, 1050));
		const statuses = [await fetch(first), await fetch(await link())].map(({ status }) => status);
		await brief.close();
		expect(statuses).toEqual([403, 200]);
	});

	it('show the device of each session to who asks for that session', async () => {
		const inquiry = await verified('selfie');
		const other = await verified('selfie');
		const [session] = idsOf(inquiry, 'sessions');
		const devices = `/devices?filter[inquiry-session-id]=${session}`;
		const { list, links } = await send(sandbox, 'GET', devices);
		expect(list.map(({ type }) => type)).toEqual(['device']);
		expect(links).toEqual({ prev: null, next: null });
		const { data } = await send(sandbox, 'GET', `/devices/${list[0].id}`);
		expect(data.attributes['device-fingerprint']).toMatch(/^\w{32}$/);
		const path = `/devices?filter[inquiry-session-id]=${idsOf(other, 'sessions')[0]}`;
		const [{ id }] = (await send(sandbox, 'GET', path)).list;
		expect(id).not.toBe(data.id);
		expect(await statusOf('GET', '/devices')).toBe(400);
	});
});
