import type { IDataObject } from 'n8n-workflow';
import {
	fixtures,
	startSandbox,
	type JsonObject,
	type Sandbox,
} from '../../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../../support/apiClient.mts';
import { runNode, type NodeRunOptions } from '../../support/runNode.mts';

const KEY = 'persona_sandbox_demo';

/** May read accounts and inquiries and nothing else. */
const POOR_KEY = 'persona_sandbox_poor';

interface Entry extends IDataObject {
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

interface Output extends IDataObject {
	confirmationCode: string;
	count: number;
	complete: boolean;
	objects: Entry[];
	redactedAlong: Entry[];
	notErased: Entry[];
}

const byId = (value: string) => ({ __rl: true, mode: 'id', value });

const byReference = (value: string) => ({ __rl: true, mode: 'referenceId', value });

const resultsOf = ({ objects }: Output) => objects.map(({ id, result }) => [id, result]);

describe('an erasure', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		const permissions = ['account.read', 'inquiry.read'];
		sandbox = await startSandbox({
			apiKeys: [KEY, { value: POOR_KEY, permissions }],
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
		more: IDataObject = {},
		options: Partial<NodeRunOptions> = {},
	) {
		sandbox.control.requests.length = 0;
		const { items, error } = await runNode({
			credentials: { baseUrl: sandbox.apiUrl, apiKey: KEY },
			parameters: { resource: 'account', operation, accountId, ...more } as never,
			...options,
		});
		const outputs = items.map(({ json }) => json as Output);
		return { json: outputs[0], outputs, error };
	}

	const preview = async (account: object, options?: Partial<NodeRunOptions>) =>
		(await run('previewErasure', account, {}, options)).json;

	const erase = async (id: string, confirmationCode: string, options?: Partial<NodeRunOptions>) =>
		await run('erase', byId(id), { confirmationCode }, options);

	const asked = (method: string) =>
		sandbox.control.requests
			.filter((request) => request.method === method)
			.map(({ path }) => path.replace('/api/v1', ''));

	const made = async (path: string, attributes: JsonObject, more: object = {}) => {
		const { data } = await send(sandbox, 'POST', path, { data: { attributes, ...more } });
		return data.id;
	};

	const relate = (id: string, name: string, ids: string[]) => {
		const refs = ids.map((one) => ({ type: sandbox.control.find(one)?.type ?? '', id: one }));
		const { relationships = {} } = sandbox.control.find(id) ?? {};
		relationships[name] = { data: name === 'transaction' ? refs[0] : refs };
	};

	const relatedTo = (id: string, name: string) => {
		const object = sandbox.control.find(id);
		return (object ? sandbox.control.store.getRelated(object, name) : []).map((one) => one.id);
	};

	const newCase = async (...ids: string[]) => {
		const attributes = { 'case-template-id': fixtures.caseTemplate, fields: { notes: 'Jane Doe' } };
		const body = { data: { attributes }, meta: { 'object-ids': ids } };
		return (await send(sandbox, 'POST', '/cases', body)).data.id;
	};

	const report = async (
		attributes: JsonObject,
		meta: object = { 'auto-create-account': false },
	) => {
		const data = { type: 'report/watchlist', attributes };
		const { id } = (await send(sandbox, 'POST', '/reports', { data, meta })).data;
		await waitUntil(() => sandbox.control.find(id)?.attributes.status === 'ready');
		return id;
	};

	async function inquiryOf(reference: string, actions: string[]) {
		const fields = { 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1994-04-12' };
		const meta = { 'auto-create-account-reference-id': reference };
		const { id } = (await send(sandbox, 'POST', '/inquiries', buildInquiry(fields, {}, meta))).data;
		if (actions.length > 0) {
			await send(sandbox, 'POST', `/inquiries/${id}/perform-simulate-actions`, {
				meta: { 'simulate-actions': actions.map((type) => ({ type })) },
			});
		}
		return { inquiry: id, account: relatedTo(id, 'account')[0] };
	}

	/** Somebody of whom there is everything that can be found, and what it consists of. */
	async function somebody(reference = 'user-42') {
		const { inquiry, account } = await inquiryOf(reference, ['start_inquiry', 'complete_inquiry']);
		const flat = { 'name-first': 'Jane', 'email-address': 'jane.doe@example.com' };
		await send(sandbox, 'PATCH', `/accounts/${account}`, { data: { attributes: flat } });
		const started = (await inquiryOf(reference, ['start_inquiry'])).inquiry;
		const query = { 'name-first': 'Jane', 'name-last': 'Doe' };
		const ofAccount = await report({ 'account-id': account, query }, {});
		const ofInquiry = await report({ query });
		relate(inquiry, 'reports', [ofInquiry]);
		const transaction = await made('/transactions', {
			'transaction-type-id': fixtures.transactionType,
			fields: { note: 'Jane Doe' },
		});
		relate(inquiry, 'transaction', [transaction]);
		relate(transaction, 'related-objects', [inquiry, account]);
		const cases = [await newCase(account, inquiry), await newCase(ofInquiry)];
		const verifications = relatedTo(inquiry, 'verifications');
		const reports = [ofInquiry, ofAccount];
		const along = ['documents', 'selfies'].flatMap((name) => relatedTo(inquiry, name));
		return { account, inquiry, started, reports, verifications, transaction, cases, along };
	}

	it('is previewed in its order, without anything being redacted', async () => {
		const jane = await somebody();
		await somebody('user-43');
		const json = await preview(byReference('user-42'));
		expect(json).toMatchObject({ accountId: jane.account, referenceId: 'user-42', count: 10 });
		expect(json).toMatchObject({ alreadyRedacted: 0, notErased: [] });
		expect(json.confirmationCode).toMatch(/^[0-9a-f]{12}$/);
		const families = json.objects.map(({ type }) => type.split('/')[0]);
		expect([...new Set(families)]).toEqual([
			...['report', 'verification', 'inquiry', 'transaction', 'case', 'account'],
		]);
		const { account, inquiry, started, reports, verifications, transaction, cases } = jane;
		expect(json.objects.map(({ id }) => id).sort()).toEqual(
			[account, inquiry, started, ...reports, ...verifications, transaction, ...cases].sort(),
		);
		expect(json.objects.at(-1)).toEqual({
			...{ order: 10, type: 'account', id: account, status: 'Default', redactedAt: null },
			...{ createdAt: expect.any(String) as string, route: `DELETE /accounts/${account}` },
		});
		expect(json.redactedAlong.map((one) => [one.id, one.with])).toEqual(
			jane.along.map((id) => [id, inquiry]),
		);
		expect(jane.along.length).toBeGreaterThan(1);
		expect(JSON.stringify(json)).not.toMatch(/Jane|Doe/);
		// The account, inquiries by either ID and each whole, reports, the transaction, cases by each.
		expect(asked('GET')).toHaveLength(1 + 2 + 2 + 1 + 1 + 5);
		expect(sandbox.control.requests).toHaveLength(12);
	});

	it('is the same by reference ID and by account', async () => {
		const { account } = await somebody();
		const both = [await preview(byReference('user-42')), await preview(byId(account))];
		expect(both[0]).toEqual(both[1]);
	});

	it('redacts all that the preview listed, in its order, and leaves nothing of the person', async () => {
		const { account } = await somebody();
		const listed = await preview(byId(account));
		const { json } = await erase(account, listed.confirmationCode);
		expect(json).toMatchObject({ accountId: account, referenceId: 'user-42', complete: true });
		expect(json).toMatchObject({ count: 10, redacted: 10, refused: 0, failed: 0 });
		expect(asked('DELETE')).toEqual(listed.objects.map(({ route }) => route.split(' ')[1]));
		for (const entry of json.objects) {
			expect(entry).toEqual({
				...{ order: entry.order, type: entry.type, id: entry.id, route: entry.route },
				...{ createdAt: expect.any(String) as string, at: expect.any(String) as string },
				...{ result: 'redacted', statusCode: 200, reason: null },
				requestId: expect.stringMatching(/^req_/) as string,
			});
		}
		const left = Object.keys(sandbox.control.store.countByFamily())
			// What happened and who asked is no object of the person's own.
			.filter((family) => !['event', 'api-log'].includes(family))
			.flatMap((family) => sandbox.control.store.getCollection(family).findAll())
			.filter((thing) => /Jane|Doe|1994-04-12/i.test(JSON.stringify(thing)));
		expect(left.map(({ type }) => type)).toEqual([]);
	});

	it('redacts nothing of anybody else', async () => {
		const { account } = await somebody();
		const other = await somebody('user-43');
		const { confirmationCode } = await preview(byId(account));
		await erase(account, confirmationCode);
		const { alreadyRedacted, count } = await preview(byId(other.account));
		expect([alreadyRedacted, count]).toEqual([0, 10]);
	});

	it('redacts nothing with the code of somebody else', async () => {
		const { account } = await somebody();
		const other = await somebody('user-43');
		const { confirmationCode } = await preview(byId(other.account));
		const { error } = await erase(account, confirmationCode);
		expect(error?.message).toBe(
			"'Confirmation Code' does not match what the account has now: 10 objects",
		);
		expect(asked('DELETE')).toEqual([]);
	});

	it.each(['inquiry', 'report', 'case', 'document'])(
		'redacts nothing when the person has one more %s than the preview listed',
		async (what) => {
			const { account, inquiry } = await inquiryOf('user-42', []);
			const { confirmationCode } = await preview(byId(account));
			if (what === 'inquiry') await inquiryOf('user-42', []);
			if (what === 'report') await report({ 'account-id': account, query: { term: 'Doe' } }, {});
			if (what === 'case') await newCase(account);
			if (what === 'document') {
				sandbox.control.store.add({ type: 'document/generic', id: 'doc_new', attributes: {} });
				relate(inquiry, 'documents', [...relatedTo(inquiry, 'documents'), 'doc_new']);
			}
			const { error } = await erase(account, confirmationCode);
			expect(error?.message).toContain(`${what === 'document' ? 2 : 3} objects`);
			expect(error?.description).toContain('Nothing was redacted');
			expect(asked('DELETE')).toEqual([]);
		},
	);

	it.each([
		[' ', "'Confirmation Code' is empty"],
		['yes', "'Confirmation Code' is not a confirmation code"],
		['../../webhooks', "'Confirmation Code' is not a confirmation code"],
		['0123456789abc', "'Confirmation Code' is not a confirmation code"],
		['={{ {a: 1} }}', "'Confirmation Code' must be text"],
		['={{ ["0123456789ab"] }}', "'Confirmation Code' must be text"],
	])('asks Persona nothing with the code %p', async (code, message) => {
		const { error } = await erase('act_1', code);
		expect([error?.message, sandbox.control.requests]).toEqual([message, []]);
	});

	it.each([' ', '../webhooks', 'act_1/consolidate'])(
		'asks Persona nothing of the account %p',
		async (id) => {
			const { error } = await erase(id, '0123456789ab');
			expect(error?.message).toMatch(/^'Account' is (empty|not an ID)$/);
			expect(sandbox.control.requests).toEqual([]);
		},
	);

	it('records what failed, holds the account back and goes on with the same code', async () => {
		const { account, started, reports } = await somebody();
		const { confirmationCode } = await preview(byId(account));
		sandbox.control.addFault({
			...{ method: 'DELETE', path: `/inquiries/${started}`, kind: 'status' },
			// Of an outage the client would make several tries.
			status: 520,
		});
		const first = (await erase(account, confirmationCode)).json;
		expect(first).toMatchObject({ complete: false, redacted: 8, failed: 2, count: 10 });
		expect(Object.fromEntries(resultsOf(first))).toMatchObject({
			[reports[0]]: 'redacted',
			[started]: 'failed',
			[account]: 'notTried',
		});
		const failed = first.objects.find(({ id }) => id === started);
		expect(failed).toMatchObject({ statusCode: 520 });
		expect(failed?.reason).toContain('Persona is unavailable');
		const second = (await erase(account, confirmationCode)).json;
		expect(second).toMatchObject({ complete: true, redacted: 3, alreadyRedacted: 7, failed: 0 });
		// A transaction does not say whether it is redacted.
		expect(asked('DELETE').map((path) => path.split('/')[1])).toEqual([
			...['inquiries', 'transactions', 'accounts'],
		]);
	});

	it('goes on with the same code after it was stopped in the middle', async () => {
		const { account, inquiry } = await somebody();
		const { confirmationCode } = await preview(byId(account));
		sandbox.control.addFault({ method: 'DELETE', path: `/inquiries/${inquiry}`, kind: 'stall' });
		const stop = new AbortController();
		const running = erase(account, confirmationCode, { signal: stop.signal });
		await waitUntil(() => asked('DELETE').includes(`/inquiries/${inquiry}`));
		stop.abort();
		await running;
		expect(asked('DELETE')).not.toContain(`/accounts/${account}`);
		const { json } = await erase(account, confirmationCode);
		expect(json).toMatchObject({ complete: true, refused: 0, failed: 0 });
	});

	it('counts as redacted what was redacted although the answer was lost', async () => {
		const { account, reports } = await somebody();
		const { confirmationCode } = await preview(byId(account));
		const path = `/reports/${reports[0]}`;
		sandbox.control.addFault({ method: 'DELETE', path, kind: 'resetAfter' });
		const { json } = await erase(account, confirmationCode);
		expect(json).toMatchObject({ complete: true, redacted: 9, alreadyRedacted: 1 });
		expect(asked('DELETE').filter((one) => one === path)).toHaveLength(2);
	});

	it('records what Persona refuses, goes on with the rest, and ends once it is unlocked', async () => {
		const { account, inquiry, verifications, cases } = await somebody();
		const [locked, free] = verifications;
		await send(sandbox, 'POST', `/verifications/${locked}/investigation-lock`);
		const { confirmationCode } = await preview(byId(account));
		const { json } = await erase(account, confirmationCode);
		expect(json).toMatchObject({ complete: false, refused: 3, failed: 0 });
		expect(Object.fromEntries(resultsOf(json))).toMatchObject({
			...{ [locked]: 'refused', [free]: 'redacted', [inquiry]: 'refused' },
			...{ [cases[0]]: 'redacted', [account]: 'refused' },
		});
		const { reason } = json.objects.find(({ id }) => id === locked) ?? {};
		expect(reason).toContain('Verification is under investigation');
		await send(sandbox, 'POST', `/verifications/${locked}/investigation-unlock`);
		expect((await erase(account, confirmationCode)).json).toMatchObject({ complete: true });
	});

	it('does not take an account for redacted that was filled again', async () => {
		const { account } = await inquiryOf('user-42', []);
		const { confirmationCode } = await preview(byId(account));
		expect((await erase(account, confirmationCode)).json).toMatchObject({ complete: true });
		const attributes = { 'email-address': 'jane.doe@example.com' };
		await send(sandbox, 'PATCH', `/accounts/${account}`, { data: { attributes } });
		expect(await preview(byId(account))).toMatchObject({ count: 2, alreadyRedacted: 1 });
		const { json } = await erase(account, confirmationCode);
		expect(asked('DELETE')).toEqual([`/accounts/${account}`]);
		expect(json).toMatchObject({ complete: false, refused: 1, alreadyRedacted: 1 });
	});

	it('leaves a case that is also about others until somebody has redacted it', async () => {
		const { account, inquiry } = await inquiryOf('user-42', []);
		const other = await inquiryOf('user-43', []);
		const shared = await newCase(account, other.inquiry, inquiry);
		const listed = await preview(byId(account));
		expect(listed).toMatchObject({
			count: 2,
			notErased: [
				{
					...{ type: 'case', id: shared, redactedAt: null },
					why: `It also involves objects that are not known to belong to this account: ${other.inquiry}`,
				},
			],
		});
		const { json } = await erase(account, listed.confirmationCode);
		expect(json).toMatchObject({ complete: false, redacted: 2, notErased: listed.notErased });
		expect(asked('DELETE').some((path) => path.includes(shared))).toBe(false);
		await send(sandbox, 'DELETE', `/cases/${shared}`);
		expect((await erase(account, listed.confirmationCode)).json).toMatchObject({ complete: true });
	});

	it('redacts nothing when what the preview left has become the one of this person alone', async () => {
		const { account, inquiry } = await inquiryOf('user-42', []);
		const other = await inquiryOf('user-43', []);
		const shared = await newCase(account, other.inquiry, inquiry);
		const { confirmationCode } = await preview(byId(account));
		const meta = { 'object-ids': [other.inquiry] };
		await send(sandbox, 'POST', `/cases/${shared}/remove-objects`, { meta });
		const { error } = await erase(account, confirmationCode);
		expect(error?.message).toContain('does not match');
		expect(asked('DELETE')).toEqual([]);
	});

	it('redacts nothing when there is something new that it would leave', async () => {
		const { account } = await inquiryOf('user-42', []);
		const other = await inquiryOf('user-43', []);
		const { confirmationCode } = await preview(byId(account));
		await newCase(account, other.inquiry);
		const { error } = await erase(account, confirmationCode);
		expect(error?.message).toContain('does not match');
		expect(asked('DELETE')).toEqual([]);
	});

	it('leaves a transaction whose redaction would redact what is of others', async () => {
		const jane = await somebody();
		const other = await inquiryOf('user-43', []);
		relate(jane.transaction, 'related-objects', [jane.inquiry, other.inquiry]);
		const listed = await preview(byId(jane.account));
		expect(listed.notErased).toMatchObject([{ type: 'transaction', id: jane.transaction }]);
		expect(listed.notErased[0].why).toContain(other.inquiry);
		const { json } = await erase(jane.account, listed.confirmationCode);
		expect(json).toMatchObject({ complete: false, redacted: 9 });
		expect(sandbox.control.find(other.inquiry)?.attributes['redacted-at']).toBeNull();
	});

	it('leaves a transaction of which Persona does not name all that is in it', async () => {
		const jane = await somebody();
		relate(
			jane.transaction,
			'related-objects',
			Array.from({ length: 100 }, () => jane.inquiry),
		);
		const { notErased } = await preview(byId(jane.account));
		expect(notErased).toMatchObject([{ id: jane.transaction }]);
		expect(notErased[0].why).toContain('no more than 100');
	});

	it('names inquiries with the reference ID that are of another account, and leaves them', async () => {
		const jane = await inquiryOf('user-42', []);
		const other = await inquiryOf('user-43', []);
		const { attributes = {} } = sandbox.control.find(other.inquiry) ?? {};
		attributes['reference-id'] = 'user-42';
		const { count, notErased } = await preview(byReference('user-42'));
		expect([count, notErased]).toMatchObject([2, [{ id: other.inquiry }]]);
		expect(notErased[0].why).toBe(
			`It has the reference ID, but belongs to another account, ${other.account}`,
		);
		expect(jane.account).not.toBe(other.account);
	});

	it('finds inquiries that have the reference ID and no account', async () => {
		const { account } = await inquiryOf('user-42', []);
		const { inquiry } = await inquiryOf('user-43', []);
		const { attributes = {}, relationships = {} } = sandbox.control.find(inquiry) ?? {};
		attributes['reference-id'] = 'user-42';
		relationships.account = { data: null };
		const { objects } = await preview(byId(account));
		expect(objects.map(({ id }) => id)).toContain(inquiry);
	});

	it('says that there is nobody, and gives no code for it', async () => {
		expect(await preview(byReference('nobody'))).toMatchObject({
			...{ accountId: null, referenceId: 'nobody', confirmationCode: null },
			...{ count: 0, objects: [], notErased: [] },
		});
		const { error } = await run('previewErasure', byId('act_nobody'));
		expect(error?.message).toBe('Persona has no object with this ID');
	});

	it.each([
		[' ', "'Account' is empty"],
		['user-42, user-43', "'Account' contains a comma"],
		['={{ {a: 1} }}', "'Account' must be text"],
	])('asks Persona nothing with the reference ID %p', async (value, message) => {
		const { error } = await run('previewErasure', byReference(value));
		expect([error?.message, sandbox.control.requests]).toEqual([message, []]);
	});

	it('takes no account for the one that only resembles the reference ID', async () => {
		const { account } = await inquiryOf('user-42', []);
		const { attributes = {} } = sandbox.control.find(account) ?? {};
		sandbox.control.addFault({
			...{ path: '/accounts', kind: 'status', status: 200 },
			body: { data: [{ type: 'account', id: account, attributes }], links: {} },
		});
		expect(await preview(byReference('USER-42'))).toMatchObject({ accountId: null, count: 0 });
	});

	it('says what the API key may not read, and is never complete then', async () => {
		const { account, inquiry } = await somebody();
		const credentials = { baseUrl: sandbox.apiUrl, apiKey: POOR_KEY };
		relate(inquiry, 'reports', []);
		const listed = await preview(byId(account), { credentials });
		expect(listed.notErased.map(({ type, id }) => [type, id])).toEqual([
			['report', null],
			['transaction', relatedTo(inquiry, 'transaction')[0]],
			['case', null],
		]);
		const { json } = await erase(account, listed.confirmationCode, { credentials });
		expect(json).toMatchObject({ complete: false, redacted: 0, refused: 5 });
		const { reason } = json.objects[0];
		expect(reason).toContain('verification.write');
	});

	it('reads inquiries alone where the API key may read no more of them', async () => {
		const { account, verifications, reports } = await somebody();
		sandbox.control.addFault({ path: '/inquiries/.+', kind: 'status', status: 403 });
		const { objects } = await preview(byId(account));
		const ids = objects.map(({ id }) => id);
		expect(ids).toEqual(expect.arrayContaining([...verifications, ...reports]));
	});

	it('finds more than a page of inquiries', async () => {
		const { account } = await inquiryOf('user-42', []);
		sandbox.control.seedInquiries(101, { accountIds: [account] });
		expect(await preview(byId(account))).toMatchObject({ count: 103 });
	});

	it('is done once for an account that comes twice', async () => {
		const { account } = await inquiryOf('user-42', []);
		const { confirmationCode } = await preview(byId(account));
		const { outputs } = await erase(account, confirmationCode, { items: [{}, {}] });
		expect(outputs.map(({ redacted, alreadyRedacted }) => [redacted, alreadyRedacted])).toEqual([
			[2, 0],
			[0, 2],
		]);
		expect(asked('DELETE')).toHaveLength(2);
	});

	it('gives the objects as Persona has them when they are not simplified', async () => {
		const { account } = await inquiryOf('user-42', []);
		const listed = await run('previewErasure', byId(account), { simplify: false });
		const [inquiry] = listed.json.objects;
		expect(inquiry.object).toMatchObject({ id: inquiry.id, attributes: { status: 'created' } });
		const { confirmationCode } = listed.json;
		const { json } = await run('erase', byId(account), { confirmationCode, simplify: false });
		const times = json.objects.map(
			({ object }) => (object?.attributes as JsonObject)['redacted-at'],
		);
		expect(times).toEqual([expect.any(String), expect.any(String)]);
	});
});
