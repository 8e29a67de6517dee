import { type JsonObject, type Sandbox, fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { listEventNames, send, waitUntil } from '../support/apiClient.mts';

describe('reports of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.1 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const order = (data: JsonObject) => send(sandbox, 'POST', '/reports', { data });
	const watchlist = (query: JsonObject) =>
		order({ type: 'report/watchlist', attributes: { query } });
	const status = (id: string) => sandbox.control.find(id)?.attributes.status;

	it('are pending at first and ready after a while, which an event tells', async () => {
		const { data } = await watchlist({ term: 'Jane Doe' });
		expect(data.attributes).toMatchObject({ status: 'pending', 'completed-at': null });
		await waitUntil(() => status(data.id) === 'ready');
		expect(listEventNames(sandbox)).toContain('report/watchlist.ready');
		expect(listEventNames(sandbox)).not.toContain('report/watchlist.matched');
	});

	it('match somebody called Match', async () => {
		const { data } = await watchlist({ 'name-first': 'Jane', 'name-last': 'Match' });
		await waitUntil(() => listEventNames(sandbox).includes('report/watchlist.matched'));
		const report = await send(sandbox, 'GET', `/reports/${data.id}`);
		expect(report.data.attributes['has-match']).toBe(true);
		expect(report.data.attributes['matched-lists']).toHaveLength(1);
	});

	it('end as errored for somebody called Error', async () => {
		const { data } = await watchlist({ term: 'Error' });
		await waitUntil(() => status(data.id) === 'errored');
		expect(listEventNames(sandbox)).toContain('report/watchlist.errored');
	});

	it('take their type from the template, else from the request', async () => {
		const query = { term: 'Acme' };
		const template = {
			'report-template-id': fixtures.getReportTemplate('business-watchlist'),
			query,
		};
		expect((await order({ attributes: template })).data.type).toBe('report/business-watchlist');
		expect((await order({ attributes: { query } })).status).toBe(400);
		expect((await order({ type: 'report/magic', attributes: { query } })).status).toBe(422);
		expect((await order({ attributes: { query, 'report-template-id': 'rptp_x' } })).status).toBe(
			404,
		);
	});

	it('refuse a query that lacks something, or has something foreign or malformed', async () => {
		expect((await watchlist({ birthdate: '1990-01-01' })).status).toBe(422);
		expect((await watchlist({ term: 'x', shoe: '43' })).status).toBe(400);
		const email = await order({ type: 'report/email-address', attributes: { query: {} } });
		expect(email.status).toBe(400);
		expect(email.errors[0].details).toBe('data.attributes.query.email_address is missing');
		const wrong = await watchlist({ term: 'x', birthdate: 'soon' });
		expect(wrong.status).toBe(422);
		expect(wrong.errors[0].source?.pointer).toBe('/data/attributes/query/birthdate');
	});

	it('remember their runs and what people did to them, newest first', async () => {
		const { data } = await watchlist({ term: 'Match' });
		await waitUntil(() => status(data.id) === 'ready');
		const act = (verb: string, body?: unknown) =>
			send(sandbox, 'POST', `/reports/${data.id}/${verb}`, body);
		await act('pause');
		await act('resume');
		const dismissed = await act('dismiss', { data: { attributes: { reason: 'another person' } } });
		expect(dismissed.data.attributes['has-match']).toBe(false);
		const { list } = await send(sandbox, 'GET', `/reports/${data.id}/history`);
		expect(list.map(({ type }) => type)).toEqual(['dismiss', 'resume', 'pause', 'run']);
		expect(list[3]).toMatchObject({ 'run-type': 'manual', matches: 1 });
		expect(listEventNames(sandbox)).toContain('report/watchlist.dismissed');
	});

	it('lose what they were asked when they are redacted, also before they are ready', async () => {
		const { data } = await watchlist({ term: 'Jane Match' });
		await send(sandbox, 'DELETE', `/reports/${data.id}`);
		await new Promise((resolve) => setTimeout(resolve, 200));
		const { text } = await send(sandbox, 'GET', `/reports/${data.id}`);
		expect(text).not.toContain('Jane');
	});

	it('are listed by the reference ID of their account', async () => {
		const meta = { 'auto-create-account-reference-id': 'user-1' };
		const data = { type: 'report/watchlist', attributes: { query: { term: 'x' } } };
		const created = await send(sandbox, 'POST', '/reports', { data, meta });
		await watchlist({ term: 'y' });
		const { list } = await send(sandbox, 'GET', '/reports?filter[reference-id]=user-1');
		expect(list.map(({ id }) => id)).toEqual([created.data.id]);
	});
});
