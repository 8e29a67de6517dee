import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../../support/apiClient.mts';
import { type WebhookReceiver, startWebhookReceiver } from '../../support/webhookReceiver.mts';

const KEYS = ['persona_sandbox_demo', 'persona_production_demo'];

describe('environments of the sandbox', () => {
	let sandbox: Sandbox;
	let receiver: WebhookReceiver;

	beforeAll(async () => {
		sandbox = await startSandbox({ apiKeys: KEYS, searchLagSeconds: 0, reportSeconds: 0.01 });
		receiver = await startWebhookReceiver();
	});
	afterAll(async () => {
		await sandbox.close();
		await receiver.close();
	});
	beforeEach(() => sandbox.control.reset());

	const [inSandbox, inProduction] = KEYS.map(
		(key) => (method: string, path: string, body?: unknown) =>
			send(sandbox, method, path, body, { Authorization: `Bearer ${key}` }),
	);
	const account = { data: { attributes: { 'reference-id': 'user-1' } } };

	it('see no object of each other, by its ID, in lists or in searches', async () => {
		const { id } = (await inSandbox('POST', '/inquiries', buildInquiry())).data;
		expect((await inProduction('GET', `/inquiries/${id}`)).status).toBe(404);
		expect((await inProduction('POST', `/inquiries/${id}/approve`)).status).toBe(404);
		expect((await inProduction('GET', '/inquiries')).list).toEqual([]);
		expect((await inProduction('POST', '/inquiries/search', {})).list).toEqual([]);
		expect((await inProduction('GET', '/events')).list).toEqual([]);
		const logged = (await inProduction('GET', '/api-logs')).list;
		expect(logged.map(({ attributes }) => attributes.request)).toMatchObject(
			logged.map(() => ({ method: expect.any(String) })),
		);
		expect(logged).toHaveLength(5);
		expect((await inSandbox('GET', '/inquiries')).list.map((each) => each.id)).toEqual([id]);
	});

	it('refer to no object of each other', async () => {
		const { id } = (await inSandbox('POST', '/accounts', account)).data;
		const other = buildInquiry({}, { 'account-id': id });
		expect((await inProduction('POST', '/inquiries', other)).status).toBe(404);
		// The same reference ID is free in the other environment.
		expect((await inProduction('POST', '/accounts', account)).status).toBe(201);
		expect((await inSandbox('POST', '/accounts', account)).status).toBe(409);
	});

	it('deliver their own events only, also those of what happens later', async () => {
		const attributes = { name: 'x', url: receiver.url, 'enabled-events': ['*'] };
		const { id } = (await inProduction('POST', '/webhooks', { data: { attributes } })).data;
		await inProduction('POST', `/webhooks/${id}/enable`);
		const query = { term: 'Jane Doe' };
		const report = { data: { type: 'report/watchlist', attributes: { query } } };
		const listReportEvents = async (call: typeof inSandbox) =>
			(await call('GET', '/events?filter[name]=report/watchlist.ready')).list;
		await inSandbox('POST', '/reports', report);
		await inProduction('POST', '/reports', report);
		await waitUntil(() => receiver.deliveries.length === 2);
		expect(await listReportEvents(inSandbox)).toHaveLength(1);
		expect(await listReportEvents(inProduction)).toHaveLength(1);
		const names = sandbox.control.deliveries.map(({ eventName }) => eventName);
		expect(names.sort()).toEqual(['account.created', 'report/watchlist.ready']);
	});
});
