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
} from '../../support/requestRecorder.mts';

const KEY = 'persona_sandbox_demo';

interface Place {
	type: string;
	id: string;
	from: string;
}

interface Entry extends Place {
	fileName: string;
	kind: string;
	alsoAt?: Place[];
	mimeType: string;
	byteSize: number;
	sha256: string;
	fetchedAt: string;
	reason?: string;
}

interface Manifest extends Entry {
	files: Entry[];
	missing: Entry[];
}

const sumOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const bytesOf = ({ binary }: INodeExecutionData, field = 'data') =>
	Buffer.from(binary?.[field].data ?? '', 'base64');

const upload = (content: string, filename: string) => ({
	data: Buffer.from(content).toString('base64'),
	filename,
});

const collect = async (
	baseUrl: string,
	inquiryId: string,
	{ parameters, ...more }: Partial<NodeRunOptions> = {},
) => {
	const { items, error } = await runNode({
		credentials: { baseUrl, apiKey: KEY },
		parameters: {
			resource: 'inquiry',
			operation: 'collectEvidence',
			inquiryId: { __rl: true, mode: 'id', value: inquiryId },
			...parameters,
		},
		...more,
	});
	return { items, error, manifest: items.at(-1)?.json as unknown as Manifest };
};

const missingIn = ({ missing }: Manifest) =>
	missing.map(({ type, from, reason }) => [type, from, reason]);

describe('the evidence of an inquiry', () => {
	let sandbox: Sandbox;
	/** Stands in front of the sandbox and keeps the sum of each answer, by its path. */
	let witness: RequestRecorder;
	let before: (path: string) => Promise<unknown>;
	const served = new Map<string, string>();
	const texts: string[] = [];

	async function pass({ path, query, headers }: RecordedRequest): Promise<FakeResponse> {
		await before(path);
		const names = ['authorization', 'persona-version', 'key-inflection'];
		const answer = await fetch(`${sandbox.apiUrl}${path}?${String(new URLSearchParams(query))}`, {
			headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
		});
		const body = Buffer.from(await answer.arrayBuffer());
		const type = String(answer.headers.get('content-type'));
		if (type.includes('json')) texts.push(body.toString());
		served.set(path, sumOf(body));
		return { status: answer.status, headers: { 'content-type': type }, body };
	}

	beforeAll(async () => {
		sandbox = await startSandbox({
			reportSeconds: 0,
			rateLimit: { maxRequests: 1e6, windowSeconds: 60 },
		});
		witness = await startRequestRecorder(pass);
	});
	afterAll(async () => {
		await witness?.stop();
		await sandbox?.close();
	});

	const made = async (path: string, attributes: object, more: object = {}) => {
		const { data } = await send(sandbox, 'POST', path, { data: { attributes, ...more } });
		return data;
	};

	function startOver() {
		before = async () => {};
		served.clear();
		texts.length = 0;
		witness.requests.length = 0;
		sandbox.control.reset();
		sandbox.control.fileRequests.length = 0;
	}

	/** An approved inquiry with three verifications and three reports, which links to 12 files. */
	async function inquiryWithFiles(): Promise<string> {
		startOver();
		const account = await made('/accounts', { 'selfie-photo': { data: upload('me', 'me.jpg') } });
		const transaction = await made('/transactions', {
			'transaction-type-id': fixtures.transactionType,
			fields: { receipt: upload('receipt', 'a.pdf'), selfie_photo: upload('us', 'b.jpg') },
		});
		const fields = { 'name-last': 'Match', proof_of_address: upload('bill', 'Bill 1.PDF') };
		const body = buildInquiry(fields, { 'account-id': account.id });
		const { data: inquiry } = await send(sandbox, 'POST', '/inquiries', body);
		const query = { term: 'Jane Match' };
		const types = ['watchlist', 'politically-exposed-person', 'adverse-media'];
		const reports = await Promise.all(
			types.map(async (type) => await made('/reports', { query }, { type: `report/${type}` })),
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

	const related = (inquiryId: string, name: string) => {
		const inquiry = sandbox.control.find(inquiryId);
		return inquiry ? sandbox.control.store.getRelated(inquiry, name) : [];
	};

	describe('as a whole', () => {
		let inquiryId: string;
		let items: INodeExecutionData[];
		let manifest: Manifest;

		beforeAll(async () => {
			inquiryId = await inquiryWithFiles();
			const collected = await collect(witness.baseUrl, inquiryId);
			expect(collected.error).toBeUndefined();
			({ items, manifest } = collected);
		});

		it('is complete, with sums of the very bytes that Persona served', async () => {
			const [text] = texts;
			const links = [...new Set(text.match(/http[^"]+access_token=[^"]+/g))];
			const linked = await Promise.all(
				links.map(async (url) => sumOf(Buffer.from(await (await fetch(url)).arrayBuffer()))),
			);
			expect(new Set(linked).size).toBe(12);
			const sums = new Set([...served.values(), ...linked]);
			expect(manifest.files.map(({ sha256 }) => sha256).sort()).toEqual([...sums].sort());
			expect(manifest.files).toHaveLength(12 + 7 + 1);
			expect(manifest.missing).toEqual([]);
			expect(items).toHaveLength(21);
			for (const item of items) {
				const { fileName, mimeType, byteSize, sha256 } = item.json as unknown as Entry;
				expect([byteSize, sha256]).toEqual([bytesOf(item).length, sumOf(bytesOf(item))]);
				expect(item.binary?.data).toMatchObject({ fileName, mimeType });
				expect(item.pairedItem).toEqual({ item: 0 });
			}
			expect(items.map(({ json }) => json.inquiryId)).toEqual(items.map(() => inquiryId));
		});

		it('has every link of the inquiry, and of all it includes, in the manifest', async () => {
			const places = manifest.files.flatMap(({ alsoAt = [], ...file }) => [file, ...alsoAt]);
			const named = places.map(({ type, id, from }) => `${type} ${id} ${from}`);
			expect(new Set(named).size).toBe(named.length);
			const { data, included } = JSON.parse(texts[0]) as { data: Place; included: Place[] };
			const inJson = [data, ...included].flatMap((object) => {
				const count = JSON.stringify(object).split('access_token=').length - 1;
				return Array<string>(count).fill(object.id);
			});
			const fromFields = places.filter(({ from }) => !from.startsWith('GET '));
			expect(fromFields.map(({ id }) => id).sort()).toEqual(inJson.sort());
		});

		it('names each file by what it shows and whose it is', async () => {
			const id = Object.fromEntries(
				['account', 'reports', 'transaction', 'verifications']
					.flatMap((name) => related(inquiryId, name))
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

		it('ends with the manifest, as the item and as a file with a sum of its own', async () => {
			const [last] = items.slice(-1);
			const { kind, fileName, mimeType, byteSize, sha256, ...content } = last.json;
			expect(JSON.parse(bytesOf(last).toString())).toEqual(content);
			expect({ kind, fileName, mimeType, byteSize, sha256 }).toEqual({
				kind: 'manifest',
				fileName: `${inquiryId}-manifest.json`,
				mimeType: 'application/json',
				byteSize: bytesOf(last).length,
				sha256: sumOf(bytesOf(last)),
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
			expect(bytesOf(last).toString()).not.toMatch(/access_token|http/);
		});

		it('never shows the API key to the file host', async () => {
			expect(sandbox.control.fileRequests.length).toBeGreaterThanOrEqual(12);
			for (const { headers } of sandbox.control.fileRequests) {
				expect(headers).not.toHaveProperty('authorization');
				expect(JSON.stringify(headers)).not.toContain(KEY);
			}
		});
	});

	it('keeps the JSON of the inquiry, and of all it includes, byte for byte', async () => {
		const inquiryId = await inquiryWithFiles();
		const parameters = { collect: ['json'] };
		const { items } = await collect(witness.baseUrl, inquiryId, { parameters });
		expect(items).toHaveLength(2);
		expect(bytesOf(items[0]).toString()).toBe(texts[0]);
		expect(texts[0]).toContain('"verification/selfie"');
		expect(witness.requests).toHaveLength(1);
		expect(sandbox.control.fileRequests).toEqual([]);
	});

	it.each([
		[['selfie'], ['selfie']],
		['={{ "pdf, idImage" }}', ['pdf', 'idImage']],
		[[], ['pdf', 'document', 'idImage', 'selfie', 'json']],
	])('has of %j nothing else', async (wanted, kinds) => {
		const inquiryId = await inquiryWithFiles();
		const parameters = { collect: wanted };
		const { manifest } = await collect(witness.baseUrl, inquiryId, { parameters });
		expect([...new Set(manifest.files.map(({ kind }) => kind))]).toEqual(kinds);
	});

	it('refuses what it cannot collect before it asks Persona', async () => {
		startOver();
		const parameters = { collect: '={{ "pdf, passwords" }}' };
		const { error } = await collect(witness.baseUrl, 'inq_1', { parameters });
		expect(error?.message).toBe("'Collect' has an unknown value 'passwords'");
		expect(error?.description).toBe('It can be document, idImage, json, pdf, selfie.');
		expect(witness.requests).toEqual([]);
	});

	it('comes as one item where that is wanted, in fields in the order of the manifest', async () => {
		const { items, manifest } = await collect(witness.baseUrl, await inquiryWithFiles(), {
			parameters: { binaryPropertyName: 'file', options: { output: 'oneItem' } },
		});
		expect(items).toHaveLength(1);
		expect(sumOf(bytesOf(items[0], 'file'))).toBe(manifest.sha256);
		const fields = manifest.files.map((_, index) => `file_${index + 1}`);
		expect(Object.keys(items[0].binary ?? {})).toEqual(['file', ...fields]);
		const sums = fields.map((field) => sumOf(bytesOf(items[0], field)));
		expect(sums).toEqual(manifest.files.map(({ sha256 }) => sha256));
	});

	it('has files whose links have expired meanwhile, by reading the inquiry once more', async () => {
		const inquiryId = await inquiryWithFiles();
		for (const { attributes } of sandbox.control.store.getCollection('api-key').findAll()) {
			attributes['file-access-token-expires-in'] = 1;
		}
		before = async (path) => {
			if (path.endsWith('/print')) await new Promise((resolve) => setTimeout(resolve, 160));
		};
		const { manifest } = await collect(witness.baseUrl, inquiryId);
		const statuses = sandbox.control.fileRequests.map(({ status }) => status);
		expect(statuses.slice(0, 2)).toEqual([403, 200]);
		expect(witness.requests.filter(({ path }) => path === `/inquiries/${inquiryId}`)).toHaveLength(
			1 + statuses.filter((status) => status === 403).length,
		);
		expect([manifest.files.length, manifest.missing]).toEqual([20, []]);
	});

	it('names what Persona refuses, with the reason, and has all the rest', async () => {
		const inquiryId = await inquiryWithFiles();
		const [first, second, third] = related(inquiryId, 'reports').map(({ id }) => id);
		const { control } = sandbox;
		const details = 'The report is being made';
		const body = { errors: [{ title: 'Conflict', details }] };
		control.addFault({ path: `/reports/${first}/print`, kind: 'status', status: 403 });
		control.addFault({ path: `/reports/${second}/print`, kind: 'status', status: 409, body });
		// One that is not tried again, which would take its time.
		control.addFault({ path: `/reports/${third}/print`, kind: 'status', status: 501 });
		control.addFault({ path: '/files/.+mp4', kind: 'status', status: 404, times: 2 });
		control.addFault({ path: '/files/.+-Bill_1.PDF', kind: 'status', status: 403, times: 2 });
		const { manifest, error } = await collect(witness.baseUrl, inquiryId);
		expect(error).toBeUndefined();
		expect(missingIn(manifest)).toEqual([
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
				expect.stringMatching(/^Persona is unavailable/),
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

	it('names what was redacted', async () => {
		const inquiryId = await inquiryWithFiles();
		await send(sandbox, 'DELETE', `/inquiries/${inquiryId}`);
		const redactedAt = () => related(inquiryId, 'verifications')[0].attributes['redacted-at'];
		await waitUntil(() => typeof redactedAt() === 'string');
		const { manifest } = await collect(witness.baseUrl, inquiryId);
		expect(missingIn(manifest)).toContainEqual([
			'verification/selfie',
			'redacted-at',
			expect.stringMatching(/^Redacted at .+: Persona has deleted its personal data for good$/),
		]);
		expect(missingIn(manifest).map(([type]) => type)).toContain('inquiry');
	});

	it('fails with its item alone when the inquiry cannot be read', async () => {
		const inquiryId = await inquiryWithFiles();
		const { items } = await collect(witness.baseUrl, '={{ $json.id }}', {
			items: [{ id: 'inq_none' }, { id: inquiryId }],
			onError: 'continueRegularOutput',
		});
		expect(items[0].json.error).toBe('Persona has no object with this ID');
		expect(items.slice(1).map(({ pairedItem }) => pairedItem)).toEqual(
			Array.from({ length: 21 }, () => ({ item: 1 })),
		);
	});

	it('is not half a manifest when the execution is stopped', async () => {
		const inquiryId = await inquiryWithFiles();
		const stop = new AbortController();
		before = async (path) => {
			if (path.startsWith('/verifications/')) stop.abort();
		};
		const { items } = await collect(witness.baseUrl, inquiryId, { signal: stop.signal });
		expect(items).toEqual([]);
		expect(sandbox.control.fileRequests).toEqual([]);
	});
});

describe('evidence out of the ordinary', () => {
	const servers: RequestRecorder[] = [];
	afterEach(async () => {
		await Promise.all(servers.splice(0).map(async (server) => await server.stop()));
	});

	/** The evidence of what an API says that links to files; `link` makes the address of one. */
	async function evidenceOf(document: (link: (path: string) => string) => object | string) {
		const serve = async (answer: (request: RecordedRequest) => FakeResponse) => {
			servers.push(await startRequestRecorder(answer));
			return servers[servers.length - 1].baseUrl;
		};
		const host = await serve(({ path }) => ({
			headers: { 'content-type': 'image/jpeg; charset=binary' },
			body: Buffer.from(path),
		}));
		const said = document((path) => `${host}/${path}?access_token=good`);
		const api = await serve(() => ({
			body: Buffer.from(typeof said === 'string' ? said : JSON.stringify(said)),
		}));
		const parameters = { collect: ['document', 'idImage', 'selfie'] };
		return await collect(api, 'inq_1', { parameters });
	}

	const inquiry = (relationships: object, attributes: object = {}) => ({
		type: 'inquiry',
		id: 'inq_1',
		attributes: { status: 'declined', 'reference-id': 'user-42', ...attributes },
		relationships,
	});

	it('has different files under different names, and plain ones', async () => {
		const { manifest } = await evidenceOf((link) => ({
			data: inquiry(
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

	it('names objects that Persona has left out', async () => {
		const verification = { type: 'verification/selfie', id: 'ver_1' };
		const { manifest } = await evidenceOf(() => ({
			data: inquiry({ verifications: { data: [verification] }, account: { data: null } }),
		}));
		expect(missingIn(manifest)).toEqual([
			[
				'verification/selfie',
				'included',
				'Persona did not return it: it is gone, or the API key may not read it',
			],
		]);
		expect(manifest).toMatchObject({ decision: 'declined', referenceId: 'user-42', files: [] });
	});

	it.each(['<html>Sign in to the hotel network</html>', 'null', '{"data": []}'])(
		'is none when the answer is %s',
		async (answer) => {
			const { error } = await evidenceOf(() => answer);
			expect(error?.message).toBe('Persona did not return an inquiry');
		},
	);
});
