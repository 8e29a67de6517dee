import type { IDataObject } from 'n8n-workflow';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { callWebhook } from './callWebhook.mts';
import { startWorkflowEnvironment, type WorkflowEnvironment } from './workflowEnvironment.mts';
import { appKey } from '../../../tools/services/services.mts';
import { readWorkflowWithShorterWait } from './workflowFiles.mts';
import { wrongIds } from '../../support/wrongIds.mts';

const NAME = '06-verify-businesses';

/** How long the workflow waits for a report. */
const SHIPPED_WAIT_SECONDS = 30;

/** How long it waits in these tests. */
const WAIT_SECONDS = 4;

/** The workflow's response about a business. */
interface VerificationResponse {
	status: number;
	decision: string;
	reasons: string[];
	accountId: string;
	reportIds: string[];
	caseId: string | null;
}

describe('"Verify a business with three reports"', () => {
	let environment: WorkflowEnvironment;
	let businesses = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			reportSeconds: 0.5,
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		const file = await readWorkflowWithShorterWait(NAME, SHIPPED_WAIT_SECONDS, WAIT_SECONDS);
		await environment.publishWorkflow(NAME, file);
	});
	afterAll(async () => await environment?.close());

	/** Creates the data of a new business. */
	const createBusiness = (more: IDataObject = {}) => {
		businesses += 1;
		return {
			businessId: `business-${businesses}`,
			name: 'Acme Inc',
			street: '123 Main St',
			city: 'San Francisco',
			state: 'California',
			postalCode: '94111',
			ein: '12-3456789',
			...more,
		};
	};

	/** Calls the workflow as your app does when a business applies. */
	const apply = async (business: IDataObject, headers?: Record<string, string>) => {
		const { status, data } = await callWebhook(environment, 'persona-business', business, headers);
		return { ...Object(data), status } as VerificationResponse;
	};

	const findAll = (type: string) => environment.sandbox.control.store.getCollection(type).findAll();

	const find = (id: string) => environment.sandbox.control.find(id) as StoredObject;

	/** Finds the objects that belong to a business, by the account with its ID. */
	const findRelated = (type: string, { businessId }: IDataObject) => {
		const account = findAll('account').find(
			({ attributes }) => attributes['reference-id'] === businessId,
		);
		return findAll(type).filter((each) =>
			JSON.stringify(each.relationships).includes(`"${account?.id}"`),
		);
	};

	/** Returns sorted IDs, since simultaneous requests arrive in any order. */
	const getIds = (things: { id: string }[]) => things.map(({ id }) => id).sort();

	it('rejects an application without the app key', async () => {
		const business = createBusiness();
		expect(await apply(business, {})).toMatchObject({ status: 403 });
		expect(await apply(business, { [appKey.name]: 'wrong' })).toMatchObject({ status: 403 });
		expect(findRelated('report', business)).toEqual([]);
	});

	it.each([
		...wrongIds.map((businessId) => [{ businessId }]),
		[{ name: { legal: 'Acme' } }],
		[{ city: ['Berlin'] }],
		[{ ein: ['12-3456789'] }],
		[{ name: ' ' }],
		[{ street: null }],
		[{ city: '' }],
		[{ state: '' }],
		[{ postalCode: '' }],
		[{ ein: '12-345678' }],
		[{ ein: undefined }],
	] as [IDataObject][])(
		'rejects a business with %j and sends no request to Persona',
		async (more) => {
			const before = environment.sandbox.control.requests.length;
			expect(await apply(createBusiness(more))).toEqual({
				status: 400,
				error:
					'A business needs businessId, name, street, city, state and postalCode, each text or a whole number, and an EIN of nine digits',
			});
			expect(environment.sandbox.control.requests).toHaveLength(before);
		},
	);

	it('approves a business for which three reports find nothing', async () => {
		const business = createBusiness();
		const response = await apply(business);
		expect(response).toEqual({
			status: 200,
			decision: 'approve',
			reasons: [],
			accountId: expect.stringMatching(/^act_/),
			reportIds: expect.any(Array),
			caseId: null,
		});
		const reports = response.reportIds.map(find);
		expect(reports.map(({ type }) => type)).toEqual([
			'report/business-watchlist',
			'report/business-adverse-media',
			'report/business-lookup',
		]);
		const [, , { attributes }] = reports;
		expect(attributes.query).toMatchObject({ 'business-name': 'Acme Inc', ein: '12-3456789' });
		expect(getIds(findRelated('report', business))).toEqual(getIds(reports));
		expect(findRelated('case', business)).toEqual([]);
	});

	it('takes a fourth report into the decision for whoever adds its template', async () => {
		const file = await readWorkflowWithShorterWait(NAME, SHIPPED_WAIT_SECONDS, WAIT_SECONDS);
		const path = 'persona-business-with-tin';
		// Persona publishes no TIN report, so another type takes its place, and its answer stays unknown.
		const fourth = `, { check: 'TIN', template: '${fixtures.getReportTemplate('business-nonprofit')}', query: { ein }, good: { tinStatus: 'match' }, bad: {} }`;
		for (const { name, parameters } of file.nodes) {
			if (name === 'When a business applies') parameters.path = path;
			if (name !== 'List the checks') continue;
			const checks = String(parameters.jsonOutput);
			parameters.jsonOutput = checks.replace(/\s*\]\s*\};\s*\}\)\(\)/, `${fourth}] }; })()`);
			expect(parameters.jsonOutput).toContain(fourth);
		}
		await environment.publishWorkflow(NAME, file);
		const business = createBusiness();
		const { data } = await callWebhook(environment, path, business);
		expect(data).toMatchObject({
			decision: 'review',
			reasons: ['TIN: tinStatus is not known'],
		});
		expect(findRelated('report', business)).toHaveLength(4);
	});

	it('accepts whole numbers for the IDs and the postal code, and sends them as text', async () => {
		const business = createBusiness({ businessId: 4_711, postalCode: 94_105, ein: 123_456_789 });
		const { status, reportIds } = await apply(business);
		expect(status).toBe(200);
		const queries = reportIds.map((id: string) => find(id).attributes.query);
		expect(queries[2]).toMatchObject({ 'address-postal-code': '94105', ein: '123456789' });
		expect(findAll('account').map(({ attributes }) => attributes['reference-id'])).toContain(
			'4711',
		);
	});

	it('creates all reports before it fetches the result of any', async () => {
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		await apply(createBusiness());
		const about = requests.slice(before).filter(({ path }) => path.includes('/reports'));
		const methods = about.map(({ method }) => method);
		expect(methods.slice(0, 3)).toEqual(['POST', 'POST', 'POST']);
		expect(methods.slice(3).every((method) => method === 'GET')).toBe(true);
		expect(methods.length).toBeGreaterThanOrEqual(6);
	});

	it('sends a business on a watchlist and in the news to review', async () => {
		const business = createBusiness({ name: 'Acme Match' });
		const response = await apply(business);
		const [only, ...others] = findRelated('case', business);
		expect(others).toEqual([]);
		expect(response).toMatchObject({
			status: 200,
			decision: 'review',
			reasons: ['Business watchlist: hasMatch is true', 'Adverse media: hasMatch is true'],
			caseId: only.id,
		});
		const { reports, accounts } = only.relationships ?? {};
		expect(getIds([reports.data ?? []].flat())).toEqual(getIds(findRelated('report', business)));
		expect(accounts).toMatchObject({ data: [{ id: response.accountId }] });
	});

	it.each([
		[
			{ name: 'Unregistered Inc' },
			[
				'Business lookup: matchStatusBusinessName is no_match, matchStatusAddress is no_match, matchStatusEin is no_match',
			],
		],
		[{ ein: '123450000' }, ['Business lookup: matchStatusEin is no_match']],
	])('declines a business with %p, and opens no case', async (more, reasons) => {
		const business = createBusiness(more);
		expect(await apply(business)).toMatchObject({
			status: 200,
			decision: 'decline',
			reasons,
			caseId: null,
		});
		expect(findRelated('case', business)).toEqual([]);
	});

	it('declines even when there are doubts too, and returns all reasons', async () => {
		expect(await apply(createBusiness({ name: 'Acme Match', ein: '12-3450000' }))).toMatchObject({
			decision: 'decline',
			reasons: [
				'Business watchlist: hasMatch is true',
				'Adverse media: hasMatch is true',
				'Business lookup: matchStatusEin is no_match',
			],
		});
	});

	it('takes a failed report for a doubt', async () => {
		const business = createBusiness({ name: 'Acme Error' });
		const response = await apply(business);
		const watchlist = findRelated('report', business).find(({ type }) =>
			type.endsWith('watchlist'),
		);
		expect(response).toMatchObject({ status: 200, decision: 'review', reportIds: [] });
		expect(response.reasons).toHaveLength(3);
		expect(response.reasons[0]).toContain(
			`Business watchlist: Report ${watchlist?.id} ended with the status 'errored'`,
		);
		expect(getIds(findRelated('case', business))).toEqual([response.caseId]);
	});

	it('takes a report that Persona denies for a doubt, and uses the others', async () => {
		environment.sandbox.control.addFault({
			method: 'POST',
			path: '/reports',
			kind: 'status',
			status: 403,
		});
		const business = createBusiness();
		const response = await apply(business);
		expect(response).toMatchObject({ status: 200, decision: 'review' });
		expect(response.reasons).toHaveLength(1);
		expect(response.reportIds.sort()).toEqual(getIds(findRelated('report', business)));
		expect(response.reportIds).toHaveLength(2);
	});

	it('takes late reports for a doubt, and they stay pending in Persona', async () => {
		const business = createBusiness({ name: 'Acme Waits Forever' });
		const response = await apply(business);
		expect(response).toMatchObject({ status: 200, decision: 'review' });
		const reports = findRelated('report', business);
		expect(reports.map(({ attributes }) => attributes.status)).toEqual(Array(3).fill('pending'));
		const isLate = new RegExp(` is still 'pending' after ${WAIT_SECONDS} seconds$`);
		expect(response.reasons).toEqual([
			expect.stringMatching(/^Business watchlist: Report rep_/),
			expect.stringMatching(/^Adverse media: Report rep_/),
			expect.stringMatching(/^Business lookup: Report rep_/),
		]);
		expect(response.reasons.every((reason) => isLate.test(reason))).toBe(true);
		expect(getIds(findRelated('case', business))).toEqual([response.caseId]);
	});

	it('returns the same reports and the same case for a business that is sent twice', async () => {
		const business = createBusiness({ name: 'Acme Match' });
		const first = await apply(business);
		expect(await apply(business)).toEqual(first);
		expect(findRelated('report', business)).toHaveLength(3);
		expect(findRelated('case', business)).toHaveLength(1);
	});

	it('verifies corrected data again, under the same account', async () => {
		const business = createBusiness({ ein: '12-3450000' });
		const first = await apply(business);
		const second = await apply({ ...business, ein: '12-3456789' });
		expect([first.decision, second.decision]).toEqual(['decline', 'approve']);
		expect(second.accountId).toBe(first.accountId);
		expect(findRelated('report', business)).toHaveLength(6);
	});

	it('retries until a report reaches Persona', async () => {
		environment.sandbox.control.addFault({
			method: 'POST',
			path: '/reports',
			kind: 'proxy',
			status: 503,
			times: 2,
		});
		const business = createBusiness();
		expect(await apply(business)).toMatchObject({ status: 200, decision: 'approve' });
		expect(findRelated('report', business)).toHaveLength(3);
	});

	it('decides nothing while Persona is down, and can be called again', async () => {
		const { control } = environment.sandbox;
		const business = createBusiness();
		control.setOutage(true);
		expect(await apply(business)).toMatchObject({ status: 500 });
		control.setOutage(false);
		expect(findRelated('report', business)).toEqual([]);
		expect(await apply(business)).toMatchObject({ status: 200, decision: 'approve' });
		expect(findRelated('report', business)).toHaveLength(3);
	});
});
