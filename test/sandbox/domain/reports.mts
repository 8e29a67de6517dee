import {
	type JsonObject,
	type Sandbox,
	fixtures,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import { listEventNames, send, waitUntil } from '../../support/apiClient.mts';

describe('reports of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.1 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createReport = (data: JsonObject) => send(sandbox, 'POST', '/reports', { data });
	const createWatchlistReport = (query: JsonObject) =>
		createReport({ type: 'report/watchlist', attributes: { query } });
	const getStatus = (id: string) => sandbox.control.find(id)?.attributes.status;

	it('are pending at first and ready later, with an event', async () => {
		const { data } = await createWatchlistReport({ term: 'Jane Doe' });
		expect(data.attributes).toMatchObject({ status: 'pending', 'completed-at': null });
		await waitUntil(() => getStatus(data.id) === 'ready');
		expect(listEventNames(sandbox)).toContain('report/watchlist.ready');
		expect(listEventNames(sandbox)).not.toContain('report/watchlist.matched');
	});

	it('have matches for the test persona Match', async () => {
		const { data } = await createWatchlistReport({ 'name-first': 'Jane', 'name-last': 'Match' });
		await waitUntil(() => listEventNames(sandbox).includes('report/watchlist.matched'));
		const report = await send(sandbox, 'GET', `/reports/${data.id}`);
		expect(report.data.attributes['has-match']).toBe(true);
		expect(report.data.attributes['matched-lists']).toHaveLength(1);
	});

	it('end as errored for the test persona Error', async () => {
		const { data } = await createWatchlistReport({ term: 'Error' });
		await waitUntil(() => getStatus(data.id) === 'errored');
		expect(listEventNames(sandbox)).toContain('report/watchlist.errored');
	});

	it('have the type of their template, or else that of the request', async () => {
		const query = { term: 'Acme' };
		const template = {
			'report-template-id': fixtures.getReportTemplate('business-watchlist'),
			query,
		};
		expect((await createReport({ attributes: template })).data.type).toBe(
			'report/business-watchlist',
		);
		expect((await createReport({ attributes: { query } })).status).toBe(400);
		expect((await createReport({ type: 'report/magic', attributes: { query } })).status).toBe(422);
		expect(
			(await createReport({ attributes: { query, 'report-template-id': 'rptp_x' } })).status,
		).toBe(404);
	});

	it('reject a query with missing, unknown or malformed members', async () => {
		expect((await createWatchlistReport({ birthdate: '1990-01-01' })).status).toBe(422);
		expect((await createWatchlistReport({ term: 'x', shoe: '43' })).status).toBe(400);
		const email = await createReport({ type: 'report/email-address', attributes: { query: {} } });
		expect(email.status).toBe(400);
		expect(email.errors[0].details).toBe('data.attributes.query.email_address is missing');
		const wrong = await createWatchlistReport({ term: 'x', birthdate: 'soon' });
		expect(wrong.status).toBe(422);
		expect(wrong.errors[0].source?.pointer).toBe('/data/attributes/query/birthdate');
	});

	it('list their runs and the actions of reviewers, newest first', async () => {
		const { data } = await createWatchlistReport({ term: 'Match' });
		await waitUntil(() => getStatus(data.id) === 'ready');
		const postAction = (verb: string, body?: unknown) =>
			send(sandbox, 'POST', `/reports/${data.id}/${verb}`, body);
		await postAction('pause');
		await postAction('resume');
		const dismissed = await postAction('dismiss', {
			data: { attributes: { reason: 'another person' } },
		});
		expect(dismissed.data.attributes['has-match']).toBe(false);
		const { list } = await send(sandbox, 'GET', `/reports/${data.id}/history`);
		expect(list.map(({ type }) => type)).toEqual(['dismiss', 'resume', 'pause', 'run']);
		expect(list[3]).toMatchObject({ 'run-type': 'manual', matches: 1 });
		expect(listEventNames(sandbox)).toContain('report/watchlist.dismissed');
	});

	it('lose their query when they are redacted, even while pending', async () => {
		const { data } = await createWatchlistReport({ term: 'Jane Match' });
		await send(sandbox, 'DELETE', `/reports/${data.id}`);
		await new Promise((resolve) => setTimeout(resolve, 200));
		const { text } = await send(sandbox, 'GET', `/reports/${data.id}`);
		expect(text).not.toContain('Jane');
	});

	it('are listed by the reference ID of their account', async () => {
		const meta = { 'auto-create-account-reference-id': 'user-1' };
		const data = { type: 'report/watchlist', attributes: { query: { term: 'x' } } };
		const created = await send(sandbox, 'POST', '/reports', { data, meta });
		await createWatchlistReport({ term: 'y' });
		const { list } = await send(sandbox, 'GET', '/reports?filter[reference-id]=user-1');
		expect(list.map(({ id }) => id)).toEqual([created.data.id]);
	});
});
