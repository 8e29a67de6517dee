import { createHash } from 'node:crypto';
import type { INodeExecutionData } from 'n8n-workflow';
import { version } from '../../../package.json';
import { fixtures, startSandbox, type Sandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../../support/apiClient.mts';
import { runNode, type NodeRunOptions } from '../../support/runNode.mts';
import {
	startRequestRecorder,
	type RecordedRequest,
	type FakeResponse,
	type RequestRecorder,
} from '../../../tools/services/requestRecorder.mts';

const API_KEY = 'persona_sandbox_demo';

interface FileLocation {
	type: string;
	id: string;
	from: string;
}

interface ManifestEntry extends FileLocation {
	fileName: string;
	kind: string;
	alsoAt?: FileLocation[];
	mimeType: string;
	byteSize: number;
	sha256: string;
	fetchedAt: string;
	reason?: string;
}

interface Manifest extends ManifestEntry {
	files: ManifestEntry[];
	missing: ManifestEntry[];
}

const hashBytes = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const getBytes = ({ binary }: INodeExecutionData, field = 'data') =>
	Buffer.from(binary?.[field].data ?? '', 'base64');

const buildUpload = (content: string, filename: string) => ({
	data: Buffer.from(content).toString('base64'),
	filename,
});

const collect = async (
	baseUrl: string,
	inquiryId: string,
	{ parameters, ...options }: Partial<NodeRunOptions> = {},
) => {
	const { items, error } = await runNode({
		credentials: { baseUrl, apiKey: API_KEY },
		parameters: {
			resource: 'inquiry',
			operation: 'collectEvidence',
			inquiryId: { __rl: true, mode: 'id', value: inquiryId },
			...parameters,
		},
		...options,
	});
	return { items, error, manifest: items.at(-1)?.json as unknown as Manifest };
};

const summarizeMissing = ({ missing }: Manifest) =>
	missing.map(({ type, from, reason }) => [type, from, reason]);

describe('Collect Evidence', () => {
	let sandbox: Sandbox;
	/** A proxy in front of the sandbox that keeps the hash of each response, by its path. */
	let proxy: RequestRecorder;
	/** Called with the path before each request is forwarded. */
	let onRequest: (path: string) => Promise<unknown>;
	const hashByPath = new Map<string, string>();
	const jsonTexts: string[] = [];

	async function forward({ path, query, headers }: RecordedRequest): Promise<FakeResponse> {
		await onRequest(path);
		const names = ['authorization', 'persona-version', 'key-inflection'];
		const response = await fetch(`${sandbox.apiUrl}${path}?${String(new URLSearchParams(query))}`, {
			headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
		});
		const body = Buffer.from(await response.arrayBuffer());
		const type = String(response.headers.get('content-type'));
		if (type.includes('json')) jsonTexts.push(body.toString());
		hashByPath.set(path, hashBytes(body));
		return { status: response.status, headers: { 'content-type': type }, body };
	}

	beforeAll(async () => {
		sandbox = await startSandbox({
			reportSeconds: 0,
			rateLimit: { maxRequests: 1e6, windowSeconds: 60 },
		});
		proxy = await startRequestRecorder(forward);
	});
	afterAll(async () => {
		await proxy?.stop();
		await sandbox?.close();
	});

	const createObject = async (path: string, attributes: object, more: object = {}) => {
		const { data } = await send(sandbox, 'POST', path, { data: { attributes, ...more } });
		return data;
	};

	function reset() {
		onRequest = async () => {};
		hashByPath.clear();
		jsonTexts.length = 0;
		proxy.requests.length = 0;
		sandbox.control.reset();
		sandbox.control.fileRequests.length = 0;
	}

	/** Creates an approved inquiry with three verifications and three reports. It links to 12 files. */
	async function createInquiryWithFiles(): Promise<string> {
		reset();
		const account = await createObject('/accounts', {
			'selfie-photo': { data: buildUpload('me', 'me.jpg') },
		});
		const transaction = await createObject('/transactions', {
			'transaction-type-id': fixtures.transactionType,
			fields: {
				receipt: buildUpload('receipt', 'a.pdf'),
				selfie_photo: buildUpload('us', 'b.jpg'),
			},
		});
		const fields = { 'name-last': 'Match', proof_of_address: buildUpload('bill', 'Bill 1.PDF') };
		const body = buildInquiry(fields, { 'account-id': account.id });
		const { data: inquiry } = await send(sandbox, 'POST', '/inquiries', body);
		const query = { term: 'Jane Match' };
		const types = ['watchlist', 'politically-exposed-person', 'adverse-media'];
		const reports = await Promise.all(
			types.map(
				async (type) => await createObject('/reports', { query }, { type: `report/${type}` }),
			),
		);
		const { control } = sandbox;
		const { relationships = {} } = control.find(inquiry.id) ?? {};
		relationships.transaction = { data: { type: 'transaction', id: transaction.id } };
		relationships.reports = { data: reports.map(({ type, id }) => ({ type, id })) };
		await waitUntil(() =>
			reports.every(({ id }) => control.find(id)?.attributes.status !== 'pending'),
		);
		const document = { 'verification-template-id': fixtures.getVerificationTemplate('document') };
		const actions = [
			{ type: 'create_passed_verification', data: document },
			{ type: 'complete_inquiry' },
			{ type: 'approve_inquiry' },
		];
		await send(sandbox, 'POST', `/inquiries/${inquiry.id}/perform-simulate-actions`, {
			meta: { 'simulate-actions': actions },
		});
		return inquiry.id;
	}

	const getRelated = (inquiryId: string, name: string) => {
		const inquiry = sandbox.control.find(inquiryId);
		return inquiry ? sandbox.control.store.getRelated(inquiry, name) : [];
	};

	describe('of all kinds', () => {
		let inquiryId: string;
		let items: INodeExecutionData[];
		let manifest: Manifest;

		beforeAll(async () => {
			inquiryId = await createInquiryWithFiles();
			const collected = await collect(proxy.baseUrl, inquiryId);
			expect(collected.error).toBeUndefined();
			({ items, manifest } = collected);
		});

		it('returns all files with hashes of the bytes that Persona sent', async () => {
			const [text] = jsonTexts;
			const links = [...new Set(text.match(/http[^"]+access_token=[^"]+/g))];
			const linked = await Promise.all(
				links.map(async (url) => hashBytes(Buffer.from(await (await fetch(url)).arrayBuffer()))),
			);
			expect(new Set(linked).size).toBe(12);
			const hashes = new Set([...hashByPath.values(), ...linked]);
			expect(manifest.files.map(({ sha256 }) => sha256).sort()).toEqual([...hashes].sort());
			expect(manifest.files).toHaveLength(12 + 7 + 1);
			expect(manifest.missing).toEqual([]);
			expect(items).toHaveLength(21);
			for (const item of items) {
				const { fileName, mimeType, byteSize, sha256 } = item.json as unknown as ManifestEntry;
				expect([byteSize, sha256]).toEqual([getBytes(item).length, hashBytes(getBytes(item))]);
				expect(item.binary?.data).toMatchObject({ fileName, mimeType });
				expect(item.pairedItem).toEqual({ item: 0 });
			}
			expect(items.map(({ json }) => json.inquiryId)).toEqual(items.map(() => inquiryId));
		});

		it('lists every file link of the inquiry and its included objects in the manifest', async () => {
			const places = manifest.files.flatMap(({ alsoAt = [], ...file }) => [file, ...alsoAt]);
			const named = places.map(({ type, id, from }) => `${type} ${id} ${from}`);
			expect(new Set(named).size).toBe(named.length);
			const { data, included } = JSON.parse(jsonTexts[0]) as {
				data: FileLocation;
				included: FileLocation[];
			};
			const idsInJson = [data, ...included].flatMap((object) => {
				const count = JSON.stringify(object).split('access_token=').length - 1;
				return Array<string>(count).fill(object.id);
			});
			const fromFields = places.filter(({ from }) => !from.startsWith('GET '));
			expect(fromFields.map(({ id }) => id).sort()).toEqual(idsInJson.sort());
		});

		it('names each file after its content and its object', async () => {
			const id = Object.fromEntries(
				['account', 'reports', 'transaction', 'verifications']
					.flatMap((name) => getRelated(inquiryId, name))
					.map((object) => [object.type.replace(/.*\//, ''), object.id]),
			);
			const names = [
				'pdf inquiry.pdf',
				`pdf report-watchlist-${id.watchlist}.pdf`,
				`pdf report-politically-exposed-person-${id['politically-exposed-person']}.pdf`,
				`pdf report-adverse-media-${id['adverse-media']}.pdf`,
				`pdf verification-document-${id.document}.pdf`,
				`pdf verification-government-id-${id['government-id']}.pdf`,
				`pdf verification-selfie-${id.selfie}.pdf`,
				`document document-${id.document}.png`,
				`document document-normalized-${id.document}.png`,
				`idImage government-id-front-${id['government-id']}.png`,
				`idImage government-id-back-${id['government-id']}.png`,
				`selfie selfie-center-${id.selfie}.png`,
				`selfie selfie-left-${id.selfie}.png`,
				`selfie selfie-right-${id.selfie}.png`,
				`selfie selfie-video-${id.selfie}.mp4`,
				'document proof-of-address.pdf',
				`selfie account-selfie-${id.account}.jpg`,
				`document transaction-receipt-${id.transaction}.pdf`,
				`selfie transaction-selfie-${id.transaction}.jpg`,
				'json inquiry.json',
			];
			const found = manifest.files.map(({ kind, fileName }) => `${kind} ${fileName}`);
			expect(found).toEqual(names.map((name) => name.replace(' ', ` ${inquiryId}-`)));
		});

		it('returns the manifest last, as an item and as a file with its own hash', async () => {
			const [last] = items.slice(-1);
			const { kind, fileName, mimeType, byteSize, sha256, ...content } = last.json;
			expect(JSON.parse(getBytes(last).toString())).toEqual(content);
			expect({ kind, fileName, mimeType, byteSize, sha256 }).toEqual({
				kind: 'manifest',
				fileName: `${inquiryId}-manifest.json`,
				mimeType: 'application/json',
				byteSize: getBytes(last).length,
				sha256: hashBytes(getBytes(last)),
			});
			expect(content).toMatchObject({
				inquiryId,
				referenceId: null,
				status: 'approved',
				decision: 'approved',
				collectedAt: expect.stringMatching(/^\d{4}-.+Z$/),
				packageVersion: version,
				collected: ['document', 'idImage', 'json', 'pdf', 'selfie'],
				missing: [],
			});
			expect(getBytes(last).toString()).not.toMatch(/access_token|http/);
		});

		it('never sends the API key to the file host', async () => {
			expect(sandbox.control.fileRequests.length).toBeGreaterThanOrEqual(12);
			for (const { headers } of sandbox.control.fileRequests) {
				expect(headers).not.toHaveProperty('authorization');
				expect(JSON.stringify(headers)).not.toContain(API_KEY);
			}
		});
	});

	it('keeps the JSON of the inquiry and its included objects byte for byte', async () => {
		const inquiryId = await createInquiryWithFiles();
		const parameters = { collect: ['json'] };
		const { items } = await collect(proxy.baseUrl, inquiryId, { parameters });
		expect(items).toHaveLength(2);
		expect(getBytes(items[0]).toString()).toBe(jsonTexts[0]);
		expect(jsonTexts[0]).toContain('"verification/selfie"');
		expect(proxy.requests).toHaveLength(1);
		expect(sandbox.control.fileRequests).toEqual([]);
	});

	it.each([
		[['selfie'], ['selfie']],
		['={{ "pdf, idImage" }}', ['pdf', 'idImage']],
	])('collects only the kinds %j', async (selected, kinds) => {
		const inquiryId = await createInquiryWithFiles();
		const parameters = { collect: selected };
		const { manifest } = await collect(proxy.baseUrl, inquiryId, { parameters });
		expect([...new Set(manifest.files.map(({ kind }) => kind))]).toEqual(kinds);
	});

	it('fetches nothing if no kind is chosen', async () => {
		reset();
		const { error } = await collect(proxy.baseUrl, 'inq_1', { parameters: { collect: [] } });
		expect(error?.message).toBe("'Collect' is empty");
		expect(proxy.requests).toEqual([]);
	});

	it('rejects an unknown kind before the first request', async () => {
		reset();
		const parameters = { collect: '={{ "pdf, passwords" }}' };
		const { error } = await collect(proxy.baseUrl, 'inq_1', { parameters });
		expect(error?.message).toBe("'Collect' has an unknown value");
		expect(error?.description).toBe('It can be document, idImage, json, pdf, selfie.');
		expect(proxy.requests).toEqual([]);
	});

	it('returns all files in one item, in fields in the order of the manifest', async () => {
		const { items, manifest } = await collect(proxy.baseUrl, await createInquiryWithFiles(), {
			parameters: { binaryPropertyName: 'file', options: { output: 'oneItem' } },
		});
		expect(items).toHaveLength(1);
		expect(hashBytes(getBytes(items[0], 'file'))).toBe(manifest.sha256);
		const fields = manifest.files.map((_, index) => `file_${index + 1}`);
		expect(Object.keys(items[0].binary ?? {})).toEqual(['file', ...fields]);
		const hashes = fields.map((field) => hashBytes(getBytes(items[0], field)));
		expect(hashes).toEqual(manifest.files.map(({ sha256 }) => sha256));
	});

	it('fetches the inquiry again where file links have expired', async () => {
		const inquiryId = await createInquiryWithFiles();
		for (const { attributes } of sandbox.control.store.getCollection('api-key').findAll()) {
			attributes['file-access-token-expires-in'] = 1;
		}
		onRequest = async (path) => {
			if (path.endsWith('/print')) await new Promise((resolve) => setTimeout(resolve, 160));
		};
		const { manifest } = await collect(proxy.baseUrl, inquiryId);
		const statuses = sandbox.control.fileRequests.map(({ status }) => status);
		expect(statuses.slice(0, 2)).toEqual([403, 200]);
		expect(proxy.requests.filter(({ path }) => path === `/inquiries/${inquiryId}`)).toHaveLength(
			1 + statuses.filter((status) => status === 403).length,
		);
		expect([manifest.files.length, manifest.missing]).toEqual([20, []]);
	});

	it('lists files that Persona denies with the reason, and returns the others', async () => {
		const inquiryId = await createInquiryWithFiles();
		const [first, second, third] = getRelated(inquiryId, 'reports').map(({ id }) => id);
		const { control } = sandbox;
		const details = 'The report is being made';
		const body = { errors: [{ title: 'Conflict', details }] };
		control.addFault({ path: `/reports/${first}/print`, kind: 'status', status: 403 });
		control.addFault({ path: `/reports/${second}/print`, kind: 'status', status: 409, body });
		// A status that the client does not retry.
		control.addFault({ path: `/reports/${third}/print`, kind: 'status', status: 501 });
		control.addFault({ path: '/files/.+mp4', kind: 'status', status: 404, times: 2 });
		control.addFault({ path: '/files/.+-Bill_1.PDF', kind: 'status', status: 403, times: 2 });
		const { manifest, error } = await collect(proxy.baseUrl, inquiryId);
		expect(error).toBeUndefined();
		expect(summarizeMissing(manifest)).toEqual([
			[
				'report/watchlist',
				`GET /reports/${first}/print`,
				expect.stringMatching(/^This API key is not allowed to do that\. .*report\.read/),
			],
			[
				'report/politically-exposed-person',
				`GET /reports/${second}/print`,
				expect.stringContaining(`${details}.`),
			],
			[
				'report/adverse-media',
				`GET /reports/${third}/print`,
				expect.stringMatching(/^The request was refused with status 501/),
			],
			['verification/selfie', 'video-url', 'Persona no longer has this file (404)'],
			[
				'inquiry',
				'fields.proof_of_address.value.url',
				'The link to the file has expired, and a new link was denied as well (403)',
			],
		]);
		expect(manifest.files).toHaveLength(20 - 5);
	});

	/** Adds a Screening report to the inquiry, as a workflow of Persona does. */
	async function addScreening(inquiryId: string) {
		const query = { term: 'Jane Match' };
		const { type, id } = await createObject('/reports', { query }, { type: 'report/screening' });
		await waitUntil(() => sandbox.control.find(id)?.attributes.status !== 'pending');
		const reports = sandbox.control.find(inquiryId)?.relationships?.reports.data as object[];
		reports.push({ type, id });
		return id;
	}

	it('keeps the JSON of a Screening report, which Persona never includes with an inquiry', async () => {
		const inquiryId = await createInquiryWithFiles();
		const id = await addScreening(inquiryId);
		const parameters = { collect: ['json', 'pdf'] };
		const { items, manifest } = await collect(proxy.baseUrl, inquiryId, { parameters });
		const fileName = `${inquiryId}-report-screening-${id}.json`;
		const item = items.find(({ json }) => json.fileName === fileName);
		expect(item?.json).toMatchObject({ kind: 'json', id, from: `GET /reports/${id}` });
		expect(item?.json.sha256).toBe(hashByPath.get(`/reports/${id}`));
		expect(getBytes(item as INodeExecutionData).toString()).toContain('"matched-records"');
		const prints = manifest.files.filter(({ kind }) => kind === 'pdf');
		expect(prints.map(({ type }) => type)).toContain('report/screening');
		expect(manifest.missing).toEqual([]);
	});

	it.each<[string, string, (id: string) => Promise<unknown>]>([
		[
			'Persona denies',
			'Persona did not return it: it is gone, or the API key may not read it',
			async (id) => {
				const path = `/reports/${id}$`;
				sandbox.control.addFault({ method: 'GET', path, kind: 'status', status: 403 });
			},
		],
		[
			'is redacted',
			'Persona has deleted its personal data for good',
			async (id) => await send(sandbox, 'DELETE', `/reports/${id}`),
		],
	])('lists a Screening report that %s as missing', async (_, reason, spoil) => {
		const inquiryId = await createInquiryWithFiles();
		await spoil(await addScreening(inquiryId));
		const parameters = { collect: ['json'] };
		const { manifest } = await collect(proxy.baseUrl, inquiryId, { parameters });
		expect(summarizeMissing(manifest)).toEqual([
			['report/screening', expect.any(String), expect.stringContaining(reason)],
		]);
	});

	it('lists redacted objects', async () => {
		const inquiryId = await createInquiryWithFiles();
		await send(sandbox, 'DELETE', `/inquiries/${inquiryId}`);
		const redactedAt = () => getRelated(inquiryId, 'verifications')[0].attributes['redacted-at'];
		await waitUntil(() => typeof redactedAt() === 'string');
		const { manifest } = await collect(proxy.baseUrl, inquiryId);
		expect(summarizeMissing(manifest)).toContainEqual([
			'verification/selfie',
			'redacted-at',
			expect.stringMatching(/^Redacted at .+: Persona has deleted its personal data for good$/),
		]);
		expect(summarizeMissing(manifest).map(([type]) => type)).toContain('inquiry');
	});

	it('fails only the item whose inquiry cannot be read', async () => {
		const inquiryId = await createInquiryWithFiles();
		const { items } = await collect(proxy.baseUrl, '={{ $json.id }}', {
			items: [{ id: 'inq_none' }, { id: inquiryId }],
			onError: 'continueRegularOutput',
		});
		expect(items[0].json.error).toBe('Persona has no object with this ID');
		expect(items.slice(1).map(({ pairedItem }) => pairedItem)).toEqual(
			Array.from({ length: 21 }, () => ({ item: 1 })),
		);
	});

	it('returns no incomplete manifest where the execution is stopped', async () => {
		const inquiryId = await createInquiryWithFiles();
		const stop = new AbortController();
		onRequest = async (path) => {
			if (path.startsWith('/verifications/')) stop.abort();
		};
		const { items } = await collect(proxy.baseUrl, inquiryId, { signal: stop.signal });
		expect(items).toEqual([]);
		expect(sandbox.control.fileRequests).toEqual([]);
	});
});

describe('Collect Evidence from unusual responses', () => {
	const servers: RequestRecorder[] = [];
	afterEach(async () => {
		await Promise.all(servers.splice(0).map(async (server) => await server.stop()));
	});

	/** Collects the evidence of a document from a fake server; `link` builds the URL of a file. */
	async function collectFrom(document: (link: (path: string) => string) => object | string) {
		const startServer = async (respond: (request: RecordedRequest) => FakeResponse) => {
			servers.push(await startRequestRecorder(respond));
			return servers[servers.length - 1].baseUrl;
		};
		const host = await startServer(({ path }) => ({
			headers: { 'content-type': 'image/jpeg; charset=binary' },
			body: Buffer.from(path),
		}));
		const content = document((path) => `${host}/${path}?access_token=good`);
		const api = await startServer(() => ({
			body: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
		}));
		const parameters = { collect: ['document', 'idImage', 'selfie'] };
		return await collect(api, 'inq_1', { parameters });
	}

	const buildInquiryObject = (relationships: object, attributes: object = {}) => ({
		type: 'inquiry',
		id: 'inq_1',
		attributes: { status: 'declined', 'reference-id': 'user-42', ...attributes },
		relationships,
	});

	it('gives different files different and safe names', async () => {
		const { manifest } = await collectFrom((link) => ({
			data: buildInquiryObject(
				{},
				{
					fields: {
						'../größe': { type: 'file', value: { filename: '../x', url: link('a') } },
						file: { type: 'file', value: { filename: '.htaccess', url: link('b') } },
						File: { type: 'file', value: { filename: 'A.JPEG', url: link('c') } },
						FILE: { type: 'file', value: { filename: 'B.jpeg', url: link('d') } },
					},
				},
			),
		}));
		expect(manifest.files.map(({ fileName }) => fileName)).toEqual([
			'inq_1-gr-e.jpeg',
			'inq_1-file.jpeg',
			'inq_1-File-2.jpeg',
			'inq_1-FILE-3.jpeg',
		]);
	});

	it.each([null, {}, 'none', [null, 'ver_1', 7, {}]])(
		'takes included objects that are %j as not included',
		async (included) => {
			const { manifest, error } = await collectFrom((link) => ({
				data: buildInquiryObject(
					{ verifications: { data: [{ type: 'verification/selfie', id: 'ver_1' }] }, account: {} },
					{ fields: { file: { type: 'file', value: { filename: 'a.jpeg', url: link('a') } } } },
				),
				included,
			}));
			expect(error).toBeUndefined();
			expect(manifest.files).toHaveLength(1);
			expect(summarizeMissing(manifest).map(([type]) => type)).toEqual(['verification/selfie']);
		},
	);

	it('lists objects that Persona did not include', async () => {
		const verification = { type: 'verification/selfie', id: 'ver_1' };
		const { manifest } = await collectFrom(() => ({
			data: buildInquiryObject({
				verifications: { data: [verification] },
				account: { data: null },
			}),
		}));
		expect(summarizeMissing(manifest)).toEqual([
			[
				'verification/selfie',
				'included',
				'Persona did not return it: it is gone, or the API key may not read it',
			],
		]);
		expect(manifest).toMatchObject({ decision: 'declined', referenceId: 'user-42', files: [] });
	});

	it.each(['<html>Sign in to the hotel network</html>', 'null', '{"data": []}'])(
		'fails where the response is %s',
		async (response) => {
			const { error } = await collectFrom(() => response);
			expect(error?.message).toMatch(/^The answer is not Persona's, but begins with .*'API URL'/);
		},
	);
});
