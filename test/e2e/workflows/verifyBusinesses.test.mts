import type { IDataObject } from 'n8n-workflow';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { callWebhook } from './callWebhook.mts';
import { startWorkflowEnvironment, type WorkflowEnvironment } from './workflowEnvironment.mts';
import { appKey } from './services.mts';

/** What the workflow tells the app about a business. */
interface Answer {
	status: number;
	decision: string;
	reasons: string[];
	accountId: string;
	reportIds: string[];
	caseId: string | null;
}

describe('"Verify a business with four reports"', () => {
	let environment: WorkflowEnvironment;
	let businesses = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			reportSeconds: 0.5,
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		await environment.publishWorkflow('06-verify-businesses');
	});
	afterAll(async () => await environment?.close());

	/** The data of a business that nobody has seen yet. */
	const newBusiness = (more: IDataObject = {}) => {
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

	/** What your app does when a business applies. */
	const apply = async (business: IDataObject, headers?: Record<string, string>) => {
		const { status, data } = await callWebhook(environment, 'persona-business', business, headers);
		return { ...Object(data), status } as Answer;
	};

	const of = (family: string) => environment.sandbox.control.store.getCollection(family).findAll();

	const find = (id: string) => environment.sandbox.control.find(id) as StoredObject;

	/** The objects that belong to a business, by the account that has its ID. */
	const belonging = (family: string, { businessId }: IDataObject) => {
		const account = of('account').find(
			({ attributes }) => attributes['reference-id'] === businessId,
		);
		return of(family).filter((each) =>
			JSON.stringify(each.relationships).includes(`"${account?.id}"`),
		);
	};

	/** Sorted, since what runs at the same time arrives in any order. */
	const idsOf = (things: { id: string }[]) => things.map(({ id }) => id).sort();

	it('answers nobody who does not have the key', async () => {
		const business = newBusiness();
		expect(await apply(business, {})).toMatchObject({ status: 403 });
		expect(await apply(business, { [appKey.name]: 'wrong' })).toMatchObject({ status: 403 });
		expect(belonging('report', business)).toEqual([]);
	});

	it.each([
		[{ businessId: undefined }],
		[{ name: ' ' }],
		[{ street: null }],
		[{ city: '' }],
		[{ state: '' }],
		[{ postalCode: '' }],
		[{ ein: '12-345678' }],
		[{ ein: undefined }],
	])('refuses a business with %p and asks Persona nothing', async (more) => {
		const before = environment.sandbox.control.requests.length;
		expect(await apply(newBusiness(more))).toEqual({
			status: 400,
			error:
				'A business needs businessId, name, street, city, state, postalCode, and an EIN of nine digits',
		});
		expect(environment.sandbox.control.requests).toHaveLength(before);
	});

	it('approves a business that four reports find nothing against', async () => {
		const business = newBusiness();
		const answer = await apply(business);
		expect(answer).toEqual({
			status: 200,
			decision: 'approve',
			reasons: [],
			accountId: expect.stringMatching(/^act_/),
			reportIds: expect.any(Array),
			caseId: null,
		});
		const reports = answer.reportIds.map(find);
		expect(reports.map(({ type }) => type)).toEqual([
			'report/business-watchlist',
			'report/business-adverse-media',
			'report/business-lookup',
			'report/business-lookup',
		]);
		const [, , , { attributes }] = reports;
		expect(attributes.query).toMatchObject({ 'business-name': 'Acme Inc', ein: '12-3456789' });
		expect(idsOf(belonging('report', business))).toEqual(idsOf(reports));
		expect(belonging('case', business)).toEqual([]);
	});

	it('starts all four reports before it asks for the result of any', async () => {
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		await apply(newBusiness());
		const about = requests.slice(before).filter(({ path }) => path.includes('/reports'));
		const methods = about.map(({ method }) => method);
		expect(methods.slice(0, 4)).toEqual(['POST', 'POST', 'POST', 'POST']);
		expect(methods.slice(4).every((method) => method === 'GET')).toBe(true);
		expect(methods.length).toBeGreaterThanOrEqual(8);
	});

	it('leaves a business to a person that is on a list and in the news', async () => {
		const business = newBusiness({ name: 'Acme Match' });
		const answer = await apply(business);
		const [only, ...others] = belonging('case', business);
		expect(others).toEqual([]);
		expect(answer).toMatchObject({
			status: 200,
			decision: 'review',
			reasons: ['Business watchlist: hasMatch is true', 'Adverse media: hasMatch is true'],
			caseId: only.id,
		});
		const { reports, accounts } = only.relationships ?? {};
		expect(idsOf([reports.data ?? []].flat())).toEqual(idsOf(belonging('report', business)));
		expect(accounts).toMatchObject({ data: [{ id: answer.accountId }] });
	});

	it.each([
		[
			{ name: 'Unregistered Inc' },
			[
				'Business lookup: matchStatusBusinessName is no_match, matchStatusAddress is no_match',
				'TIN: matchStatusEin is no_match',
			],
		],
		[{ ein: '123450000' }, ['TIN: matchStatusEin is no_match']],
	])('declines a business with %p, and opens no case', async (more, reasons) => {
		const business = newBusiness(more);
		expect(await apply(business)).toMatchObject({
			status: 200,
			decision: 'decline',
			reasons,
			caseId: null,
		});
		expect(belonging('case', business)).toEqual([]);
	});

	it('declines also where there are doubts as well, and gives all reasons', async () => {
		expect(await apply(newBusiness({ name: 'Acme Match', ein: '12-3450000' }))).toMatchObject({
			decision: 'decline',
			reasons: [
				'Business watchlist: hasMatch is true',
				'Adverse media: hasMatch is true',
				'TIN: matchStatusEin is no_match',
			],
		});
	});

	it('takes a report that fails for a doubt', async () => {
		const business = newBusiness({ name: 'Acme Error' });
		const answer = await apply(business);
		const watchlist = belonging('report', business).find(({ type }) => type.endsWith('watchlist'));
		expect(answer).toMatchObject({ status: 200, decision: 'review', reportIds: [] });
		expect(answer.reasons).toHaveLength(4);
		expect(answer.reasons[0]).toContain(
			`Business watchlist: Report ${watchlist?.id} ended with the status 'errored'`,
		);
		expect(idsOf(belonging('case', business))).toEqual([answer.caseId]);
	});

	it('takes a report that Persona refuses for a doubt, and uses the other three', async () => {
		environment.sandbox.control.addFault({
			method: 'POST',
			path: '/reports',
			kind: 'status',
			status: 403,
		});
		const business = newBusiness();
		const answer = await apply(business);
		expect(answer).toMatchObject({ status: 200, decision: 'review' });
		expect(answer.reasons).toHaveLength(1);
		expect(answer.reportIds.sort()).toEqual(idsOf(belonging('report', business)));
		expect(answer.reportIds).toHaveLength(3);
	});

	it('takes reports that are late for a doubt, and they go on in Persona', async () => {
		const business = newBusiness({ name: 'Acme Waits Forever' });
		const answer = await apply(business);
		expect(answer).toMatchObject({ status: 200, decision: 'review' });
		const reports = belonging('report', business);
		expect(reports.map(({ attributes }) => attributes.status)).toEqual(Array(4).fill('pending'));
		const late = / is still 'pending' after 30 seconds$/;
		expect(answer.reasons).toEqual([
			expect.stringMatching(/^Business watchlist: Report rep_/),
			expect.stringMatching(/^Adverse media: Report rep_/),
			expect.stringMatching(/^Business lookup: Report rep_/),
			expect.stringMatching(/^TIN: Report rep_/),
		]);
		expect(answer.reasons.every((reason) => late.test(reason))).toBe(true);
		expect(idsOf(belonging('case', business))).toEqual([answer.caseId]);
	});

	it('gives the same reports and the same case for a business that is sent twice', async () => {
		const business = newBusiness({ name: 'Acme Match' });
		const first = await apply(business);
		expect(await apply(business)).toEqual(first);
		expect(belonging('report', business)).toHaveLength(4);
		expect(belonging('case', business)).toHaveLength(1);
	});

	it('verifies corrected data anew, under the same account', async () => {
		const business = newBusiness({ ein: '12-3450000' });
		const first = await apply(business);
		const second = await apply({ ...business, ein: '12-3456789' });
		expect([first.decision, second.decision]).toEqual(['decline', 'approve']);
		expect(second.accountId).toBe(first.accountId);
		expect(belonging('report', business)).toHaveLength(8);
	});

	it('waits until Persona takes a report again', async () => {
		environment.sandbox.control.addFault({
			method: 'POST',
			path: '/reports',
			kind: 'status',
			status: 503,
			times: 2,
		});
		const business = newBusiness();
		expect(await apply(business)).toMatchObject({ status: 200, decision: 'approve' });
		expect(belonging('report', business)).toHaveLength(4);
	});

	it('decides nothing while Persona is down, and can be asked again', async () => {
		const { control } = environment.sandbox;
		const business = newBusiness();
		control.setOutage(true);
		expect(await apply(business)).toMatchObject({ status: 500 });
		control.setOutage(false);
		expect(belonging('report', business)).toEqual([]);
		expect(await apply(business)).toMatchObject({ status: 200, decision: 'approve' });
		expect(belonging('report', business)).toHaveLength(4);
	});
});
