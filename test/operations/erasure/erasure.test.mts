import type { IDataObject } from 'n8n-workflow';
import {
	fixtures,
	startSandbox,
	type JsonObject,
	type Sandbox,
} from '../../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../../support/apiClient.mts';
import { runNode, type NodeRunOptions } from '../../support/runNode.mts';

const API_KEY = 'persona_sandbox_demo';

/** A key that may only read accounts and inquiries. */
const LIMITED_API_KEY = 'persona_sandbox_limited';

interface OutputEntry extends IDataObject {
	order: number;
	type: string;
	id: string;
	route: string;
	result: string;
	reason: string | null;
	redactedAt: string | null;
	why: string;
	object?: IDataObject;
}

interface ErasureOutput extends IDataObject {
	confirmationCode: string;
	count: number;
	complete: boolean;
	objects: OutputEntry[];
	redactedAlong: OutputEntry[];
	notErased: OutputEntry[];
}

const toIdLocator = (value: string) => ({ __rl: true, mode: 'id', value });

const toReferenceLocator = (value: string) => ({ __rl: true, mode: 'referenceId', value });

const getResults = ({ objects }: ErasureOutput) => objects.map(({ id, result }) => [id, result]);

describe('an erasure', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		const permissions = ['account.read', 'inquiry.read'];
		sandbox = await startSandbox({
			apiKeys: [API_KEY, { value: LIMITED_API_KEY, permissions }],
			rateLimit: { maxRequests: 1e6, windowSeconds: 60 },
			reportSeconds: 0,
		});
	});
	beforeEach(() => {
		sandbox.control.clearFaults();
		sandbox.control.reset();
	});
	afterAll(async () => await sandbox?.close());

	async function run(
		operation: string,
		accountId: object,
		parameters: IDataObject = {},
		options: Partial<NodeRunOptions> = {},
	) {
		sandbox.control.requests.length = 0;
		const { items, error } = await runNode({
			credentials: { baseUrl: sandbox.apiUrl, apiKey: API_KEY },
			parameters: { resource: 'account', operation, accountId, ...parameters } as never,
			...options,
		});
		const outputs = items.map(({ json }) => json as ErasureOutput);
		return { json: outputs[0], outputs, error };
	}

	const preview = async (account: object, options?: Partial<NodeRunOptions>) =>
		(await run('previewErasure', account, {}, options)).json;

	const erase = async (id: string, confirmationCode: string, options?: Partial<NodeRunOptions>) =>
		await run('erase', toIdLocator(id), { confirmationCode }, options);

	const getPaths = (method: string) =>
		sandbox.control.requests
			.filter((request) => request.method === method)
			.map(({ path }) => path.replace('/api/v1', ''));

	const createObject = async (path: string, attributes: JsonObject) => {
		const { data } = await send(sandbox, 'POST', path, { data: { attributes } });
		return data.id;
	};

	const setRelated = (id: string, name: string, ids: string[]) => {
		const references = ids.map((relatedId) => ({
			type: sandbox.control.find(relatedId)?.type ?? '',
			id: relatedId,
		}));
		const { relationships = {} } = sandbox.control.find(id) ?? {};
		relationships[name] = { data: name === 'transaction' ? references[0] : references };
	};

	const getRelatedIds = (id: string, name: string) => {
		const object = sandbox.control.find(id);
		return (object ? sandbox.control.store.getRelated(object, name) : []).map(
			(related) => related.id,
		);
	};

	const createCase = async (...ids: string[]) => {
		const attributes = { 'case-template-id': fixtures.caseTemplate, fields: { notes: 'Jane Doe' } };
		const body = { data: { attributes }, meta: { 'object-ids': ids } };
		return (await send(sandbox, 'POST', '/cases', body)).data.id;
	};

	const createReport = async (
		attributes: JsonObject,
		meta: object = { 'auto-create-account': false },
	) => {
		const data = { type: 'report/watchlist', attributes };
		const { id } = (await send(sandbox, 'POST', '/reports', { data, meta })).data;
		await waitUntil(() => sandbox.control.find(id)?.attributes.status === 'ready');
		return id;
	};

	async function createInquiry(reference: string, actions: string[]) {
		const fields = { 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1994-04-12' };
		const meta = { 'auto-create-account-reference-id': reference };
		const { id } = (await send(sandbox, 'POST', '/inquiries', buildInquiry(fields, {}, meta))).data;
		if (actions.length > 0) {
			await send(sandbox, 'POST', `/inquiries/${id}/perform-simulate-actions`, {
				meta: { 'simulate-actions': actions.map((type) => ({ type })) },
			});
		}
		return { inquiry: id, account: getRelatedIds(id, 'account')[0] };
	}

	/** Creates a person with every type of object that can be found, and returns their IDs. */
	async function createPerson(reference = 'user-42') {
		const { inquiry, account } = await createInquiry(reference, [
			'start_inquiry',
			'complete_inquiry',
		]);
		const accountAttributes = { 'name-first': 'Jane', 'email-address': 'jane.doe@example.com' };
		await send(sandbox, 'PATCH', `/accounts/${account}`, {
			data: { attributes: accountAttributes },
		});
		const startedInquiry = (await createInquiry(reference, ['start_inquiry'])).inquiry;
		const query = { 'name-first': 'Jane', 'name-last': 'Doe' };
		const accountReport = await createReport({ 'account-id': account, query }, {});
		const inquiryReport = await createReport({ query });
		setRelated(inquiry, 'reports', [inquiryReport]);
		const transaction = await createObject('/transactions', {
			'transaction-type-id': fixtures.transactionType,
			fields: { note: 'Jane Doe' },
		});
		setRelated(inquiry, 'transaction', [transaction]);
		setRelated(transaction, 'related-objects', [inquiry, account]);
		const cases = [await createCase(account, inquiry), await createCase(inquiryReport)];
		const verifications = getRelatedIds(inquiry, 'verifications');
		const reports = [inquiryReport, accountReport];
		const cascaded = ['documents', 'selfies'].flatMap((name) => getRelatedIds(inquiry, name));
		return {
			account,
			inquiry,
			startedInquiry,
			reports,
			verifications,
			transaction,
			cases,
			cascaded,
		};
	}

	it('is previewed in its order, and nothing is redacted', async () => {
		const jane = await createPerson();
		await createPerson('user-43');
		const json = await preview(toReferenceLocator('user-42'));
		expect(json).toMatchObject({ accountId: jane.account, referenceId: 'user-42', count: 10 });
		expect(json).toMatchObject({ alreadyRedacted: 0, notErased: [] });
		expect(json.confirmationCode).toMatch(/^[0-9a-f]{12}$/);
		const baseTypes = json.objects.map(({ type }) => type.split('/')[0]);
		expect([...new Set(baseTypes)]).toEqual([
			...['report', 'verification', 'inquiry', 'transaction', 'case', 'account'],
		]);
		const { account, inquiry, startedInquiry, reports, verifications, transaction, cases } = jane;
		expect(json.objects.map(({ id }) => id).sort()).toEqual(
			[
				account,
				inquiry,
				startedInquiry,
				...reports,
				...verifications,
				transaction,
				...cases,
			].sort(),
		);
		expect(json.objects.at(-1)).toEqual({
			...{ order: 10, type: 'account', id: account, status: 'Default', redactedAt: null },
			...{ createdAt: expect.any(String) as string, route: `DELETE /accounts/${account}` },
		});
		expect(json.redactedAlong.map((entry) => [entry.id, entry.with])).toEqual(
			jane.cascaded.map((id) => [id, inquiry]),
		);
		expect(jane.cascaded.length).toBeGreaterThan(1);
		expect(JSON.stringify(json)).not.toMatch(/Jane|Doe/);
		// The account, inquiries by both IDs, each inquiry in full, reports, the transaction, cases.
		expect(getPaths('GET')).toHaveLength(1 + 2 + 2 + 1 + 1 + 5);
		expect(sandbox.control.requests).toHaveLength(12);
	});

	it('is previewed equally by reference ID and by account', async () => {
		const { account } = await createPerson();
		const both = [
			await preview(toReferenceLocator('user-42')),
			await preview(toIdLocator(account)),
		];
		expect(both[0]).toEqual(both[1]);
	});

	it('redacts everything that the preview listed, in its order, and leaves no personal data', async () => {
		const { account } = await createPerson();
		const previewed = await preview(toIdLocator(account));
		const { json } = await erase(account, previewed.confirmationCode);
		expect(json).toMatchObject({ accountId: account, referenceId: 'user-42', complete: true });
		expect(json).toMatchObject({ count: 10, redacted: 10, refused: 0, failed: 0 });
		expect(getPaths('DELETE')).toEqual(previewed.objects.map(({ route }) => route.split(' ')[1]));
		for (const entry of json.objects) {
			expect(entry).toEqual({
				...{ order: entry.order, type: entry.type, id: entry.id, route: entry.route },
				...{ createdAt: expect.any(String) as string, at: expect.any(String) as string },
				...{ result: 'redacted', statusCode: 200, reason: null },
				requestId: expect.stringMatching(/^req_/) as string,
			});
		}
		const remaining = Object.keys(sandbox.control.store.countByFamily())
			// Events and API logs do not belong to the person.
			.filter((family) => !['event', 'api-log'].includes(family))
			.flatMap((family) => sandbox.control.store.getCollection(family).findAll())
			.filter((object) => /\b(Jane|Doe|1994-04-12)\b/i.test(JSON.stringify(object)));
		expect(remaining.map(({ type }) => type)).toEqual([]);
	});

	it('redacts nothing of another person', async () => {
		const { account } = await createPerson();
		const other = await createPerson('user-43');
		const { confirmationCode } = await preview(toIdLocator(account));
		await erase(account, confirmationCode);
		const { alreadyRedacted, count } = await preview(toIdLocator(other.account));
		expect([alreadyRedacted, count]).toEqual([0, 10]);
	});

	it('redacts nothing with the code of another person', async () => {
		const { account } = await createPerson();
		const other = await createPerson('user-43');
		const { confirmationCode } = await preview(toIdLocator(other.account));
		const { error } = await erase(account, confirmationCode);
		expect(error?.message).toBe(
			"'Confirmation Code' does not match what the account has now: 10 objects",
		);
		expect(getPaths('DELETE')).toEqual([]);
	});

	it.each(['inquiry', 'report', 'case', 'document'])(
		'redacts nothing where there is one more %s than the preview listed',
		async (added) => {
			const { account, inquiry } = await createInquiry('user-42', []);
			const { confirmationCode } = await preview(toIdLocator(account));
			if (added === 'inquiry') await createInquiry('user-42', []);
			if (added === 'report')
				await createReport({ 'account-id': account, query: { term: 'Doe' } }, {});
			if (added === 'case') await createCase(account);
			if (added === 'document') {
				sandbox.control.store.add({ type: 'document/generic', id: 'doc_new', attributes: {} });
				setRelated(inquiry, 'documents', [...getRelatedIds(inquiry, 'documents'), 'doc_new']);
			}
			const { error } = await erase(account, confirmationCode);
			expect(error?.message).toContain(`${added === 'document' ? 2 : 3} objects`);
			expect(error?.description).toContain('Nothing was redacted');
			expect(getPaths('DELETE')).toEqual([]);
		},
	);

	it.each([
		[' ', "'Confirmation Code' is empty"],
		['yes', "'Confirmation Code' is not a confirmation code"],
		['../../webhooks', "'Confirmation Code' is not a confirmation code"],
		['0123456789abc', "'Confirmation Code' is not a confirmation code"],
		['={{ {a: 1} }}', "'Confirmation Code' must be text"],
		['={{ ["0123456789ab"] }}', "'Confirmation Code' must be text"],
	])('sends no request with the code %p', async (code, message) => {
		const { error } = await erase('act_1', code);
		expect([error?.message, sandbox.control.requests]).toEqual([message, []]);
	});

	it.each([' ', '../webhooks', 'act_1/consolidate'])(
		'sends no request for the account %p',
		async (id) => {
			const { error } = await erase(id, '0123456789ab');
			expect(error?.message).toMatch(/^'Account' is (empty|not an ID)$/);
			expect(sandbox.control.requests).toEqual([]);
		},
	);

	it('records what failed, keeps the account, and continues with the same code', async () => {
		const { account, startedInquiry, reports } = await createPerson();
		const { confirmationCode } = await preview(toIdLocator(account));
		sandbox.control.addFault({
			...{ method: 'DELETE', path: `/inquiries/${startedInquiry}`, kind: 'status' },
			// A status that the client does not retry.
			status: 501,
		});
		const first = (await erase(account, confirmationCode)).json;
		expect(first).toMatchObject({ complete: false, redacted: 8, failed: 2, count: 10 });
		expect(Object.fromEntries(getResults(first))).toMatchObject({
			[reports[0]]: 'redacted',
			[startedInquiry]: 'failed',
			[account]: 'notTried',
		});
		const failed = first.objects.find(({ id }) => id === startedInquiry);
		expect(failed).toMatchObject({ statusCode: 501 });
		expect(failed?.reason).toContain('The request was refused with status 501');
		const second = (await erase(account, confirmationCode)).json;
		expect(second).toMatchObject({ complete: true, redacted: 3, alreadyRedacted: 7, failed: 0 });
		// A transaction does not say whether it was redacted.
		expect(getPaths('DELETE').map((path) => path.split('/')[1])).toEqual([
			...['inquiries', 'transactions', 'accounts'],
		]);
	});

	it('continues with the same code after it was stopped', async () => {
		const { account, inquiry } = await createPerson();
		const { confirmationCode } = await preview(toIdLocator(account));
		sandbox.control.addFault({ method: 'DELETE', path: `/inquiries/${inquiry}`, kind: 'stall' });
		const stop = new AbortController();
		const running = erase(account, confirmationCode, { signal: stop.signal });
		await waitUntil(() => getPaths('DELETE').includes(`/inquiries/${inquiry}`));
		stop.abort();
		await running;
		expect(getPaths('DELETE')).not.toContain(`/accounts/${account}`);
		const { json } = await erase(account, confirmationCode);
		expect(json).toMatchObject({ complete: true, refused: 0, failed: 0 });
	});

	it('counts an object as redacted whose response was lost', async () => {
		const { account, reports } = await createPerson();
		const { confirmationCode } = await preview(toIdLocator(account));
		const path = `/reports/${reports[0]}`;
		sandbox.control.addFault({ method: 'DELETE', path, kind: 'resetAfter' });
		const { json } = await erase(account, confirmationCode);
		expect(json).toMatchObject({ complete: true, redacted: 10, alreadyRedacted: 0 });
		expect(getPaths('DELETE').filter((deleted) => deleted === path)).toHaveLength(2);
	});

	it('records what Persona rejects, continues with the rest, and completes once it is unlocked', async () => {
		const { account, inquiry, verifications, cases } = await createPerson();
		const [locked, unlocked] = verifications;
		await send(sandbox, 'POST', `/verifications/${locked}/investigation-lock`);
		const { confirmationCode } = await preview(toIdLocator(account));
		const { json } = await erase(account, confirmationCode);
		expect(json).toMatchObject({ complete: false, refused: 3, failed: 0 });
		expect(Object.fromEntries(getResults(json))).toMatchObject({
			...{ [locked]: 'refused', [unlocked]: 'redacted', [inquiry]: 'refused' },
			...{ [cases[0]]: 'redacted', [account]: 'refused' },
		});
		const { reason } = json.objects.find(({ id }) => id === locked) ?? {};
		expect(reason).toContain('Verification is under investigation');
		await send(sandbox, 'POST', `/verifications/${locked}/investigation-unlock`);
		expect((await erase(account, confirmationCode)).json).toMatchObject({ complete: true });
	});

	it('does not treat an account as redacted that has new values', async () => {
		const { account } = await createInquiry('user-42', []);
		const { confirmationCode } = await preview(toIdLocator(account));
		expect((await erase(account, confirmationCode)).json).toMatchObject({ complete: true });
		const attributes = { 'email-address': 'jane.doe@example.com' };
		await send(sandbox, 'PATCH', `/accounts/${account}`, { data: { attributes } });
		expect(await preview(toIdLocator(account))).toMatchObject({ count: 2, alreadyRedacted: 1 });
		const { json } = await erase(account, confirmationCode);
		expect(getPaths('DELETE')).toEqual([`/accounts/${account}`]);
		expect(json).toMatchObject({ complete: false, refused: 1, alreadyRedacted: 1 });
	});

	it('retains a case that also involves other people until it is redacted separately', async () => {
		const { account, inquiry } = await createInquiry('user-42', []);
		const other = await createInquiry('user-43', []);
		const shared = await createCase(account, other.inquiry, inquiry);
		const previewed = await preview(toIdLocator(account));
		expect(previewed).toMatchObject({
			count: 2,
			notErased: [
				{
					...{ type: 'case', id: shared, redactedAt: null },
					why: `It also involves objects that are not known to belong to this account: ${other.inquiry}`,
				},
			],
		});
		const { json } = await erase(account, previewed.confirmationCode);
		expect(json).toMatchObject({ complete: false, redacted: 2, notErased: previewed.notErased });
		expect(getPaths('DELETE').some((path) => path.includes(shared))).toBe(false);
		await send(sandbox, 'DELETE', `/cases/${shared}`);
		expect((await erase(account, previewed.confirmationCode)).json).toMatchObject({
			complete: true,
		});
	});

	it('redacts nothing where a retained case has become about this person alone', async () => {
		const { account, inquiry } = await createInquiry('user-42', []);
		const other = await createInquiry('user-43', []);
		const shared = await createCase(account, other.inquiry, inquiry);
		const { confirmationCode } = await preview(toIdLocator(account));
		const meta = { 'object-ids': [other.inquiry] };
		await send(sandbox, 'POST', `/cases/${shared}/remove-objects`, { meta });
		const { error } = await erase(account, confirmationCode);
		expect(error?.message).toContain('does not match');
		expect(getPaths('DELETE')).toEqual([]);
	});

	it('redacts nothing where there is a new case that it would retain', async () => {
		const { account } = await createInquiry('user-42', []);
		const other = await createInquiry('user-43', []);
		const { confirmationCode } = await preview(toIdLocator(account));
		await createCase(account, other.inquiry);
		const { error } = await erase(account, confirmationCode);
		expect(error?.message).toContain('does not match');
		expect(getPaths('DELETE')).toEqual([]);
	});

	it('retains a transaction whose redaction would include objects of other people', async () => {
		const jane = await createPerson();
		const other = await createInquiry('user-43', []);
		setRelated(jane.transaction, 'related-objects', [jane.inquiry, other.inquiry]);
		const previewed = await preview(toIdLocator(jane.account));
		expect(previewed.notErased).toMatchObject([{ type: 'transaction', id: jane.transaction }]);
		expect(previewed.notErased[0].why).toContain(other.inquiry);
		const { json } = await erase(jane.account, previewed.confirmationCode);
		expect(json).toMatchObject({ complete: false, redacted: 9 });
		expect(sandbox.control.find(other.inquiry)?.attributes['redacted-at']).toBeNull();
	});

	it('retains a transaction whose objects Persona does not list completely', async () => {
		const jane = await createPerson();
		setRelated(
			jane.transaction,
			'related-objects',
			Array.from({ length: 100 }, () => jane.inquiry),
		);
		const { notErased } = await preview(toIdLocator(jane.account));
		expect(notErased).toMatchObject([{ id: jane.transaction }]);
		expect(notErased[0].why).toContain('no more than 100');
	});

	it('retains inquiries with the reference ID that belong to another account', async () => {
		const jane = await createInquiry('user-42', []);
		const other = await createInquiry('user-43', []);
		const { attributes = {} } = sandbox.control.find(other.inquiry) ?? {};
		attributes['reference-id'] = 'user-42';
		const { count, notErased } = await preview(toReferenceLocator('user-42'));
		expect([count, notErased]).toMatchObject([2, [{ id: other.inquiry }]]);
		expect(notErased[0].why).toBe(
			`It has the reference ID, but belongs to another account, ${other.account}`,
		);
		expect(jane.account).not.toBe(other.account);
	});

	it('finds inquiries that have the reference ID and no account', async () => {
		const { account } = await createInquiry('user-42', []);
		const { inquiry } = await createInquiry('user-43', []);
		const { attributes = {}, relationships = {} } = sandbox.control.find(inquiry) ?? {};
		attributes['reference-id'] = 'user-42';
		relationships.account = { data: null };
		const { objects } = await preview(toIdLocator(account));
		expect(objects.map(({ id }) => id)).toContain(inquiry);
	});

	it('returns no objects and no code for an unknown reference ID', async () => {
		expect(await preview(toReferenceLocator('nobody'))).toMatchObject({
			...{ accountId: null, referenceId: 'nobody', confirmationCode: null },
			...{ count: 0, objects: [], notErased: [] },
		});
		const { error } = await run('previewErasure', toIdLocator('act_nobody'));
		expect(error?.message).toBe('Persona has no object with this ID');
	});

	it.each([
		[' ', "'Account' is empty"],
		['user-42, user-43', "'Account' contains a comma"],
		['={{ {a: 1} }}', "'Account' must be text"],
	])('sends no request with the reference ID %p', async (value, message) => {
		const { error } = await run('previewErasure', toReferenceLocator(value));
		expect([error?.message, sandbox.control.requests]).toEqual([message, []]);
	});

	it('ignores an account whose reference ID is only similar', async () => {
		const { account } = await createInquiry('user-42', []);
		const { attributes = {} } = sandbox.control.find(account) ?? {};
		sandbox.control.addFault({
			...{ path: '/accounts', kind: 'status', status: 200 },
			body: { data: [{ type: 'account', id: account, attributes }], links: {} },
		});
		expect(await preview(toReferenceLocator('USER-42'))).toMatchObject({
			accountId: null,
			count: 0,
		});
	});

	it('lists what the API key may not read, and is never complete then', async () => {
		const { account, inquiry } = await createPerson();
		const credentials = { baseUrl: sandbox.apiUrl, apiKey: LIMITED_API_KEY };
		setRelated(inquiry, 'reports', []);
		const previewed = await preview(toIdLocator(account), { credentials });
		expect(previewed.notErased.map(({ type, id }) => [type, id])).toEqual([
			['report', null],
			['transaction', getRelatedIds(inquiry, 'transaction')[0]],
			['case', null],
		]);
		const { json } = await erase(account, previewed.confirmationCode, { credentials });
		expect(json).toMatchObject({ complete: false, redacted: 0, refused: 5 });
		const { reason } = json.objects[0];
		expect(reason).toContain('verification.write');
	});

	it('reads inquiries without related objects where the API key may not read those', async () => {
		const { account, verifications, reports } = await createPerson();
		sandbox.control.addFault({ path: '/inquiries/.+', kind: 'status', status: 403 });
		const { objects } = await preview(toIdLocator(account));
		const ids = objects.map(({ id }) => id);
		expect(ids).toEqual(expect.arrayContaining([...verifications, ...reports]));
	});

	it('finds more than one page of inquiries', async () => {
		const { account } = await createInquiry('user-42', []);
		sandbox.control.seedInquiries(101, { accountIds: [account] });
		expect(await preview(toIdLocator(account))).toMatchObject({ count: 103 });
	});

	it('redacts an account once that is in two items', async () => {
		const { account } = await createInquiry('user-42', []);
		const { confirmationCode } = await preview(toIdLocator(account));
		const { outputs } = await erase(account, confirmationCode, { items: [{}, {}] });
		expect(outputs.map(({ redacted, alreadyRedacted }) => [redacted, alreadyRedacted])).toEqual([
			[2, 0],
			[0, 2],
		]);
		expect(getPaths('DELETE')).toHaveLength(2);
	});

	it('returns the objects as Persona sent them as raw output', async () => {
		const { account } = await createInquiry('user-42', []);
		const previewed = await run('previewErasure', toIdLocator(account), { output: 'raw' });
		const [inquiry] = previewed.json.objects;
		expect(inquiry.object).toMatchObject({ id: inquiry.id, attributes: { status: 'created' } });
		const { confirmationCode } = previewed.json;
		const { json } = await run('erase', toIdLocator(account), {
			confirmationCode,
			output: 'raw',
		});
		const times = json.objects.map(
			({ object }) => (object?.attributes as JsonObject)['redacted-at'],
		);
		expect(times).toEqual([expect.any(String), expect.any(String)]);
	});
});
