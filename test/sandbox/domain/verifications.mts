import {
	fixtures,
	type Sandbox,
	startSandbox,
	type StoredObject,
} from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

const person = { 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1994-04-12' };

describe('verifications, documents and devices of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ rateLimit: { maxRequests: 1e4, windowSeconds: 60 } });
	});
	afterAll(() => sandbox.close());

	const getRelatedIds = (object: StoredObject, relationship: string) =>
		[object.relationships?.[relationship].data ?? []].flat().map(({ id }) => id);

	/** Creates an inquiry with a finished verification of this kind. */
	const createVerifiedInquiry = async (
		kind: string,
		isPassed = true,
		target = sandbox,
	): Promise<StoredObject> => {
		const { data } = await send(target, 'POST', '/inquiries', buildInquiry(person));
		const type = `create_${isPassed ? 'passed' : 'failed'}_verification`;
		const template = { 'verification-template-id': fixtures.getVerificationTemplate(kind) };
		const path = `/inquiries/${data.id}/perform-simulate-actions`;
		const actions = [{ type: 'start_inquiry' }, { type, data: template }];
		const meta = { 'simulate-actions': actions };
		return (await send(target, 'POST', path, { meta })).data;
	};

	const createVerification = async (kind: string, isPassed = true) =>
		getRelatedIds(await createVerifiedInquiry(kind, isPassed), 'verifications')[0];

	const fetchStatus = async (method: string, path: string) =>
		(await send(sandbox, method, path)).status;

	it('are returned by the typed route of their own kind only', async () => {
		const id = await createVerification('database');
		expect(await fetchStatus('GET', `/verification/databases/${id}`)).toBe(200);
		expect(await fetchStatus('GET', `/verifications/${id}`)).toBe(200);
		for (const path of ['database-standards', 'selfies', 'documents']) {
			expect(await fetchStatus('GET', `/verification/${path}/${id}`)).toBe(404);
		}
		expect(await fetchStatus('GET', `/verification/databases/${id}?include=document`)).toBe(400);
	});

	it('show the person of the inquiry, and why they failed', async () => {
		const id = await createVerification('aamva', false);
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

	it('cannot be created from an unknown template', async () => {
		const { data } = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		const action = {
			type: 'create_passed_verification',
			data: { 'verification-template-id': 'vtmpl_Unknown' },
		};
		const path = `/inquiries/${data.id}/perform-simulate-actions`;
		const reply = await send(sandbox, 'POST', path, { meta: { 'simulate-actions': [action] } });
		expect(reply.status).toBe(404);
	});

	it('cannot be redacted twice or while they are under investigation', async () => {
		const id = await createVerification('government-id');
		expect(await fetchStatus('POST', `/verifications/${id}/investigation-lock`)).toBe(200);
		expect(await fetchStatus('DELETE', `/verifications/${id}`)).toBe(409);
		const { data } = await send(sandbox, 'GET', `/verifications/${id}`);
		expect(data.attributes).toMatchObject({ 'name-first': 'Jane', 'redacted-at': null });
		expect(await fetchStatus('POST', `/verifications/${id}/investigation-unlock`)).toBe(200);
		expect(await fetchStatus('DELETE', `/verifications/${id}`)).toBe(200);
		expect(await fetchStatus('DELETE', `/verifications/${id}`)).toBe(409);
	});

	it('redact their document and its files when they are redacted', async () => {
		const inquiry = await createVerifiedInquiry('document');
		const [document] = getRelatedIds(inquiry, 'documents');
		const path = `/documents/${document}?include=document-files`;
		const before = await send(sandbox, 'GET', path);
		const [{ url }] = before.data.attributes.files as { url: string }[];
		expect((await fetch(url)).status).toBe(200);
		expect(before.data.attributes.fields).toMatchObject({ name_full: 'Jane Doe' });
		await send(sandbox, 'DELETE', `/verifications/${getRelatedIds(inquiry, 'verifications')[0]}`);
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
	])('of the kind %s have a document of the type %s', async (kind, type) => {
		const [id] = getRelatedIds(await createVerifiedInquiry(kind), 'documents');
		const { data } = await send(sandbox, 'GET', `/documents/${id}`);
		expect(data.type).toBe(type);
		const generic = await fetchStatus('GET', `/document/generics/${id}`);
		expect(generic).toBe(type === 'document/generic' ? 200 : 404);
		const governmentId = await fetchStatus('GET', `/document/government-ids/${id}`);
		expect(governmentId).toBe(type === 'document/government-id' ? 200 : 404);
	});

	it('are printed as PDF', async () => {
		const id = await createVerification('selfie');
		const { headers, text } = await send(sandbox, 'GET', `/verifications/${id}/print`);
		expect(headers.get('content-type')).toBe('application/pdf');
		expect(text).toMatch(/^%PDF-1/);
	});

	it('have photos and recordings in the format they declare', async () => {
		const id = await createVerification('selfie');
		const { data } = await send(sandbox, 'GET', `/verifications/${id}`);
		const fetchFile = async (name: string) => {
			const response = await fetch(String(data.attributes[name]));
			const bytes = Buffer.from(await response.arrayBuffer());
			return [response.headers.get('content-type'), bytes.subarray(0, 8).toString('latin1')];
		};
		expect(await fetchFile('center-photo-url')).toEqual(['image/png', '\x89PNG\r\n\x1a\n']);
		expect(await fetchFile('video-url')).toEqual(['video/mp4', '\0\0\0\x18ftyp']);
	});

	it('have new links to files when they are read again', async () => {
		const shortLived = await startSandbox({ fileLinkSeconds: 1 });
		const [id] = getRelatedIds(
			await createVerifiedInquiry('government-id', true, shortLived),
			'verifications',
		);
		const fetchLink = async () => {
			const { data } = await send(shortLived, 'GET', `/verifications/${id}`);
			return String(data.attributes['front-photo-url']);
		};
		const first = await fetchLink();
		await new Promise((resolve) => setTimeout(resolve, 1050));
		const statuses = [await fetch(first), await fetch(await fetchLink())].map(
			({ status }) => status,
		);
		await shortLived.close();
		expect(statuses).toEqual([403, 200]);
	});

	it('list the device of a session', async () => {
		const inquiry = await createVerifiedInquiry('selfie');
		const other = await createVerifiedInquiry('selfie');
		const [session] = getRelatedIds(inquiry, 'sessions');
		const devices = `/devices?filter[inquiry-session-id]=${session}`;
		const { list, links } = await send(sandbox, 'GET', devices);
		expect(list.map(({ type }) => type)).toEqual(['device']);
		expect(links).toEqual({ prev: null, next: null });
		const { data } = await send(sandbox, 'GET', `/devices/${list[0].id}`);
		expect(data.attributes['device-fingerprint']).toMatch(/^\w{32}$/);
		const path = `/devices?filter[inquiry-session-id]=${getRelatedIds(other, 'sessions')[0]}`;
		const [{ id }] = (await send(sandbox, 'GET', path)).list;
		expect(id).not.toBe(data.id);
		expect(await fetchStatus('GET', '/devices')).toBe(400);
	});
});
