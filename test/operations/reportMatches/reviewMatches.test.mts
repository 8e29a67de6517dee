import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { startSandbox, type JsonObject, type Sandbox } from '../../../sandbox/sandbox.mts';
import { send, waitUntil } from '../../support/apiClient.mts';
import { runNode } from '../../support/runNode.mts';

describe('Review Matches', () => {
	let sandbox: Sandbox;
	let reportId: string;
	let tokens: string[];

	beforeAll(async () => {
		sandbox = await startSandbox({
			reportSeconds: 0,
			rateLimit: { maxRequests: 1e6, windowSeconds: 60 },
		});
	});
	afterAll(async () => await sandbox?.close());

	const getRecords = () =>
		sandbox.control.find(reportId)?.attributes['matched-records'] as JsonObject[];

	beforeEach(async () => {
		const { data } = await send(sandbox, 'POST', '/reports', {
			data: { type: 'report/screening', attributes: { query: { term: 'Jane Match' } } },
		});
		reportId = data.id;
		await waitUntil(() => sandbox.control.find(reportId)?.attributes.status === 'ready');
		tokens = getRecords().map(({ token }) => String(token));
	});

	/** Reviews one record for each item, which has its token and the verdict. */
	const review = async (reviews: IDataObject[], parameters: INodeParameters = {}) =>
		await runNode({
			items: reviews,
			credentials: { baseUrl: sandbox.apiUrl, apiKey: 'persona_sandbox_demo' },
			parameters: {
				resource: 'report',
				operation: 'reviewMatches',
				reportId: { __rl: true, mode: 'id', value: reportId },
				recordToken: { __rl: true, mode: 'id', value: '={{ $json.token }}' },
				reviewStatus: '={{ $json.verdict }}',
				...parameters,
			},
		});

	const fetchHistory = async () => {
		const { list } = await send(sandbox, 'GET', `/reports/${reportId}/history`);
		return list.map(({ type }) => type);
	};

	it('reviews one record and leaves the others as they are', async () => {
		const { error } = await review([{ token: tokens[1], verdict: 'false_positive' }]);
		expect(error).toBeUndefined();
		expect(getRecords()).toEqual([
			expect.objectContaining({ 'review-status': 'pending', 'reviewed-at': null }),
			expect.objectContaining({
				'review-status': 'false_positive',
				'reviewed-at': expect.any(String),
			}),
		]);
		expect(await fetchHistory()).toEqual(['review', 'run']);
	});

	it('keeps the order of the items for one report: the last verdict on a record stands', async () => {
		const [token] = tokens;
		const verdicts = ['pending', 'true_positive', 'indeterminate', 'false_positive'];
		const reviews = [...verdicts, ...verdicts, 'true_positive'].map((verdict) => ({
			token,
			verdict,
		}));
		const { items, error } = await review(reviews, {
			output: 'allFields',
			options: { itemsAtATime: 5 },
		});
		expect(error).toBeUndefined();
		const statuses = items.map(({ json }) => {
			const [{ reviewStatus }] = json.matchedRecords as IDataObject[];
			return reviewStatus;
		});
		expect(statuses).toEqual(reviews.map(({ verdict }) => verdict));
		expect(getRecords()[0]['review-status']).toBe('true_positive');
	});

	it('names the record where the report does not have it, and reviews nothing', async () => {
		const { error } = await review([{ token: 'scrre_OfAnother', verdict: 'false_positive' }]);
		expect(error?.message).toBe('Persona has no object with this ID');
		expect(error?.description).toContain("Check the ID and 'Record'.");
		expect(getRecords().map((record) => record['reviewed-at'])).toEqual([null, null]);
	});

	it('rejects an empty token of one item before it reviews the record of another', async () => {
		const { error } = await review([
			{ token: tokens[0], verdict: 'false_positive' },
			{ token: '', verdict: 'false_positive' },
		]);
		expect(error?.message).toContain("'Record'");
		expect(await fetchHistory()).toEqual(['run']);
	});

	it('says that a report without a result cannot be reviewed', async () => {
		Object.assign(sandbox.control.find(reportId)?.attributes ?? {}, { status: 'pending' });
		const { error } = await review([{ token: tokens[0], verdict: 'false_positive' }]);
		expect(error?.message).toBe('The object is not in a state that allows this');
		expect(error?.description).toContain('Report is not ready');
	});
});
