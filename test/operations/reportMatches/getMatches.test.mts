import type { IDataObject } from 'n8n-workflow';
import { startSandbox, type JsonObject, type Sandbox } from '../../../sandbox/sandbox.mts';
import { send, waitUntil } from '../../support/apiClient.mts';
import { runNode } from '../../support/runNode.mts';

describe('Get Matches', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			reportSeconds: 0,
			rateLimit: { maxRequests: 1e6, windowSeconds: 60 },
		});
	});
	afterAll(async () => await sandbox?.close());

	/** Creates a report and waits until Persona has finished it. */
	async function createReport(kind: string, query: JsonObject, attributes: JsonObject = {}) {
		const { data } = await send(sandbox, 'POST', '/reports', {
			data: { type: `report/${kind}`, attributes: { query } },
		});
		await waitUntil(() => sandbox.control.find(data.id)?.attributes.status !== 'pending');
		Object.assign(sandbox.control.find(data.id)?.attributes ?? {}, attributes);
		return data.id;
	}

	async function getMatches(reportId: string, parameters: JsonObject = {}) {
		const { items, error } = await runNode({
			credentials: { baseUrl: sandbox.apiUrl, apiKey: 'persona_sandbox_demo' },
			parameters: {
				resource: 'report',
				operation: 'getMatches',
				reportId: { __rl: true, mode: 'id', value: reportId },
				...(parameters as IDataObject as Record<string, string>),
			},
		});
		return { matches: items.map(({ json }) => json), error };
	}

	const query = { term: 'Jane Match' };
	const found = { name: 'Jane Match', token: null, reviewStatus: null, riskLevel: null };
	const onList = { ...found, listings: ['Sample Sanctions List'], types: ['sanction'] };

	it.each<[string, JsonObject, IDataObject]>([
		['watchlist', query, onList],
		['business-watchlist', query, { ...onList, name: null }],
		[
			'adverse-media',
			query,
			{
				...found,
				entityId: 'sample-entity-1',
				listings: ['Sample News'],
				types: ['adverse-media'],
				articles: ['Fraud charge'],
			},
		],
		['business-adverse-media', query, { ...found, name: null, articles: ['Fraud charge'] }],
		[
			'politically-exposed-person',
			query,
			{
				...found,
				entityId: 'sample-entity-2',
				types: ['national'],
				positions: ['Member of Parliament'],
			},
		],
		[
			'business-search',
			{ 'country-code': 'US', 'business-name': 'Acme Inc' },
			{ ...found, name: 'Acme Inc', types: ['Corporation'] },
		],
	])('returns what a %s report has found, with the whole record', async (kind, about, match) => {
		const reportId = await createReport(kind, about);
		const { matches, error } = await getMatches(reportId, { output: 'allFields' });
		expect(error).toBeUndefined();
		expect(matches).toEqual([expect.objectContaining({ reportId, reportType: kind, ...match })]);
		expect(Object.keys(matches[0].record as IDataObject).length).toBeGreaterThan(1);
	});

	it('returns one item for each record of a Screening report, in order, with its review', async () => {
		const reportId = await createReport('screening', query);
		const records = sandbox.control.find(reportId)?.attributes['matched-records'] as JsonObject[];
		await send(sandbox, 'POST', `/reports/${reportId}/review`, {
			data: {
				attributes: {
					'review-type': 'record',
					'record-token': records[1].token,
					'review-status': 'false_positive',
					'risk-level': 'immaterial',
				},
			},
		});
		const { matches } = await getMatches(reportId);
		expect(matches[0]).not.toHaveProperty('record');
		expect(matches).toEqual([
			expect.objectContaining({ ...onList, token: records[0].token, reviewStatus: 'pending' }),
			expect.objectContaining({
				...onList,
				token: records[1].token,
				reviewStatus: 'false_positive',
				riskLevel: 'immaterial',
			}),
		]);
		const raw = await getMatches(reportId, { output: 'raw' });
		expect(raw.matches.map(({ record }) => record)).toEqual(records);
		const all = await getMatches(reportId, { output: 'allFields' });
		expect(all.matches[0].record).toMatchObject({ reviewStatus: 'pending' });
	});

	it('returns no item where Persona has found nothing', async () => {
		for (const kind of ['screening', 'watchlist', 'adverse-media', 'business-watchlist']) {
			const reportId = await createReport(kind, { term: 'Jane Doe' });
			expect(await getMatches(reportId)).toEqual({ matches: [], error: undefined });
		}
	});

	it.each<[string, string, JsonObject, string]>([
		[
			'is pending',
			'screening',
			{ status: 'pending' },
			"has the status 'pending': what it finds is",
		],
		[
			'has failed',
			'watchlist',
			{ status: 'errored' },
			"has the status 'errored': what it finds is",
		],
		['is redacted', 'screening', { 'redacted-at': '2026-11-01T00:00:00.000Z' }, 'redacted: what'],
		['lacks its list', 'screening', { 'matched-records': null }, 'a match, but Persona has not'],
		[
			'has a match that is not listed',
			'watchlist',
			{ 'matched-lists': [] },
			'a match, but Persona',
		],
		[
			'has an entry that is no record',
			'watchlist',
			{ 'matched-lists': [null], 'has-match': null },
			'is ready, but Persona has not sent what it has found',
		],
		[
			'has an entity that is no record',
			'watchlist',
			{ 'matched-lists': [{ name: 'OFAC', entities: [null] }], 'has-match': false },
			'is ready, but Persona has not sent what it has found',
		],
		[
			'has one list that cannot be read, and another one that is empty',
			'business-watchlist',
			{ 'sanction-list': ['OFAC'], 'warning-list': [], 'has-match': false },
			'is ready, but Persona has not sent what it has found',
		],
		[
			'has articles that cannot be read, and no sources',
			'business-adverse-media',
			{ 'related-sources': [], result: { 'adverse-media': 'many' }, 'has-match': false },
			'is ready, but Persona has not sent what it has found',
		],
		[
			'says neither',
			'watchlist',
			{ 'matched-lists': null, 'has-match': false },
			'is ready, but Persona has not sent what it has found',
		],
	])('fails where a report %s, since no item would look like no match', async (...example) => {
		const [, kind, attributes, message] = example;
		const reportId = await createReport(kind, query, attributes);
		const { matches, error } = await getMatches(reportId);
		expect(matches).toEqual([]);
		expect(error?.message).toContain(`Report ${reportId} `);
		expect(error?.message).toContain(message);
	});

	it('fails where the search for a business has failed, with its reason', async () => {
		const about = { 'country-code': 'US', 'business-name': 'Acme Inc' };
		const result = { error: 'registry_unavailable', businesses: [] };
		const reportId = await createReport('business-search', about, { result });
		expect((await getMatches(reportId)).error?.message).toBe(
			`The search of report ${reportId} has failed: registry_unavailable`,
		);
	});

	it('fails for a type of report that lists nothing', async () => {
		const reportId = await createReport('email-address', { 'email-address': 'jane@doe.com' });
		expect((await getMatches(reportId)).error?.message).toBe(
			"A report of the type 'email-address' has no list of matches",
		);
	});
});
