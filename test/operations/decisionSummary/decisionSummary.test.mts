import type { IDataObject } from 'n8n-workflow';
import {
	fixtures,
	startSandbox,
	type JsonObject,
	type Sandbox,
} from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { runNode, type NodeRunOptions } from '../../support/runNode.mts';
import {
	startRequestRecorder,
	type RecordedRequest,
	type FakeResponse,
	type RequestRecorder,
} from '../../support/requestRecorder.mts';

const jane = {
	'name-first': 'Jane',
	'name-last': 'Doe',
	birthdate: '1994-04-12',
	'email-address': 'jane.doe@example.com',
	'address-street-1': '123 Main St',
};

const US = { country: 'US', ip: '203.0.113.42' };

/** What every summary of somebody has who finished in the sandbox without anything remarkable. */
const unremarkable = {
	reviewerComment: null,
	referenceId: 'user-42',
	templateId: fixtures.inquiryTemplate,
	tags: ['vip'],
	failedChecks: [],
	failedCheckCount: 0,
	failedRequiredCheckCount: 0,
	failedCheckText: '',
	verifications: [
		{ kind: 'government-id', attempts: 1, status: 'passed' },
		{ kind: 'selfie', attempts: 1, status: 'passed' },
	],
	attemptCount: 2,
	reports: [],
	reportsResult: 'none',
	matchedReportCount: 0,
	ageSource: 'document',
	documentCountry: 'US',
	documentType: 'dl',
	isProxy: false,
	isVpn: false,
	isTor: false,
	isDatacenter: false,
	threatLevel: 'low',
	sessionCountries: [US.country],
	ipAddresses: [US.ip],
	sessionCount: 1,
	notes: [],
};

/** Runs the operation on these inquiries, one item each. */
const run = async (baseUrl: string, ids: string[], more: Partial<NodeRunOptions> = {}) =>
	await runNode({
		items: ids.map((id) => ({ id })),
		...more,
		credentials: { baseUrl, apiKey: 'persona_sandbox_demo', ...more.credentials },
		parameters: {
			resource: 'inquiry',
			operation: 'getDecisionSummary',
			inquiryId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			...more.parameters,
		},
	});

describe('the decision summary', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			reportSeconds: 0,
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
		});
	});
	beforeEach(() => sandbox.control.reset());
	afterAll(async () => await sandbox.close());

	/** A new inquiry of this person, who has gone through these simulated steps. */
	async function inquiryOf(person: JsonObject, steps: string[]): Promise<string> {
		const meta = { 'auto-create-account-reference-id': 'user-42' };
		const body = buildInquiry(person, { tags: ['vip'] }, meta);
		const { data } = await send(sandbox, 'POST', '/inquiries', body);
		await simulate(data.id, steps);
		return data.id;
	}

	/** Steps are Persona's; `failed selfie` stands for a verification of that kind that fails. */
	async function simulate(id: string, steps: string[]) {
		const actions = steps.map((step) => {
			const [outcome, kind] = step.split(' ');
			if (!kind) return { type: step };
			const data = { 'verification-template-id': fixtures.getVerificationTemplate(kind) };
			return { type: `create_${outcome}_verification`, data };
		});
		const path = `/inquiries/${id}/perform-simulate-actions`;
		await send(sandbox, 'POST', path, { meta: { 'simulate-actions': actions } });
	}

	/** Overwrites attributes that only time could bring about. */
	const set = (id: string, attributes: JsonObject) =>
		Object.assign(sandbox.control.find(id)?.attributes ?? {}, attributes);

	/** Gives the inquiry a report of this kind, as a workflow does. */
	async function reportOn(
		inquiry: string,
		kind: string,
		term: string,
		attributes: JsonObject = {},
	) {
		const body = { data: { type: `report/${kind}`, attributes: { query: { term } } } };
		const { data } = await send(sandbox, 'POST', '/reports', body);
		await new Promise((resolve) => setTimeout(resolve, 20));
		set(data.id, attributes);
		const { relationships } = sandbox.control.find(inquiry) ?? {};
		(relationships?.reports.data as object[]).push({ type: data.type, id: data.id });
		return data.id;
	}

	async function summaryOf(id: string, options: IDataObject = {}): Promise<IDataObject> {
		const { items, error } = await run(sandbox.apiUrl, [id], {
			parameters: { options } as NodeRunOptions['parameters'],
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		return items[0].json;
	}

	it('tells all of somebody who was approved, with one request and without personal data', async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'complete_inquiry']);
		await send(sandbox, 'POST', `/inquiries/${id}/approve`, { meta: { comment: 'All good' } });
		set(id, {
			'created-at': '2026-03-01T10:00:00.000Z',
			'started-at': '2026-03-01T10:01:00.000Z',
			'completed-at': '2026-03-01T10:03:30.000Z',
			'decisioned-at': '2026-03-01T11:00:00.000Z',
		});
		const before = sandbox.control.requests.length;
		const summary = await summaryOf(id);
		expect(summary).toEqual({
			...unremarkable,
			inquiryId: id,
			accountId: expect.stringMatching(/^act_/) as string,
			status: 'approved',
			decision: 'approved',
			decidedBy: 'person',
			deciderId: fixtures.user,
			decidedAt: '2026-03-01T11:00:00.000Z',
			reviewerComment: 'All good',
			finishedAt: '2026-03-01T10:03:30.000Z',
			secondsFromStart: 150,
			secondsFromCreation: 210,
			age: 31,
			text: 'user-42: approved by review · age 31',
		});
		expect(sandbox.control.requests.slice(before).map(({ method }) => method)).toEqual(['GET']);
		expect(JSON.stringify(summary)).not.toMatch(/Jane|Doe|1994|jane\.doe|Main St|I1234562/);
	});

	it('begins its text with the name where the user wants that', async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'complete_inquiry']);
		set(id, { 'completed-at': '2026-04-12T00:00:00.000Z' });
		const { text } = await summaryOf(id, { includeName: true });
		expect(text).toBe('Jane Doe (user-42): completed · age 32');
	});

	it('makes one line of the text, whatever the name is', async () => {
		const person = { 'name-first': 'Jane\n\nA', 'name-last': 'Doe' };
		const id = await inquiryOf(person, []);
		const { text } = await summaryOf(id, { includeName: true });
		expect(text).toBe('Jane A Doe (user-42): created');
	});

	it.each([
		['2008-03-02', '2026-03-01T23:59:59.000Z', 17],
		['2008-03-02', '2026-03-02T00:00:00.000Z', 18],
		['2008-02-29', '2026-02-28T23:59:59.000Z', 17],
		['2008-02-29', '2026-03-01T00:00:00.000Z', 18],
		['2008-02-29', '2024-02-28T12:00:00.000Z', 15],
		['2008-02-29', '2024-02-29T00:00:00.000Z', 16],
		['2027-01-01', '2026-03-01T00:00:00.000Z', null],
		['1800-01-01', '2026-03-01T00:00:00.000Z', null],
	])('counts whole years: born %s, completed %s, age %s', async (birthdate, completedAt, age) => {
		const id = await inquiryOf({ ...jane, birthdate }, ['start_inquiry', 'complete_inquiry']);
		set(id, { 'completed-at': completedAt });
		const summary = await summaryOf(id);
		expect([summary.age, summary.ageSource]).toEqual([age, age === null ? null : 'document']);
		expect(summary.text).toBe(`user-42: completed${age === null ? '' : ` · age ${age}`}`);
	});

	it('takes the age from the fields where no ID was shown, and counts to today until the end', async () => {
		const tenYearsAgo = `${new Date().getUTCFullYear() - 10}-01-01`;
		const id = await inquiryOf({ birthdate: tenYearsAgo }, ['start_inquiry']);
		expect(await summaryOf(id)).toMatchObject({
			age: 10,
			ageSource: 'fields',
			documentCountry: null,
			documentType: null,
			secondsFromStart: null,
			secondsFromCreation: null,
		});
	});

	it('says which reports match, and which of them there are no results of', async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'complete_inquiry']);
		set(id, { 'completed-at': '2026-03-01T10:03:30.000Z' });
		const clear = await reportOn(id, 'adverse-media', 'Jane Doe');
		expect(await summaryOf(id)).toMatchObject({ reportsResult: 'clear', matchedReportCount: 0 });
		const pending = await reportOn(id, 'watchlist', 'Jane Doe', { status: 'pending' });
		expect(await summaryOf(id)).toMatchObject({ reportsResult: 'pending' });
		const errored = await reportOn(id, 'watchlist', 'Jane Error');
		expect(await summaryOf(id)).toMatchObject({ reportsResult: 'errored' });
		const matched = await reportOn(id, 'watchlist', 'Jane Match');
		await reportOn(id, 'politically-exposed-person', 'Jane Match');
		await reportOn(id, 'politically-exposed-person', 'Match');
		const summary = await summaryOf(id);
		expect(summary).toMatchObject({ reportsResult: 'matched', matchedReportCount: 3, notes: [] });
		expect((summary.reports as IDataObject[]).slice(0, 4)).toEqual([
			{ reportId: clear, kind: 'adverse-media', status: 'ready', matched: false },
			{ reportId: pending, kind: 'watchlist', status: 'pending', matched: null },
			{ reportId: errored, kind: 'watchlist', status: 'errored', matched: null },
			{ reportId: matched, kind: 'watchlist', status: 'ready', matched: true },
		]);
		expect(summary.text).toBe(
			'user-42: completed · 1 watchlist report pending · 1 watchlist report errored · 1 watchlist match · 2 politically exposed person matches · age 31',
		);
	});

	it('lists what failed for somebody who was declined, and by whom', async () => {
		const steps = ['start_inquiry', 'failed government-id', 'failed selfie', 'decline_inquiry'];
		const id = await inquiryOf({ ...jane, 'name-last': 'Proxy' }, steps);
		set(id, { 'decisioned-at': '2026-03-01T11:00:00.000Z' });
		const summary = await summaryOf(id);
		const [government, selfie] = sandbox.control.store.getCollection('verification').findAll();
		const failed = { required: true, superseded: false };
		expect(summary).toMatchObject({
			decision: 'declined',
			decidedBy: 'person',
			decidedAt: '2026-03-01T11:00:00.000Z',
			finishedAt: null,
			failedChecks: [
				{
					...failed,
					kind: 'government-id',
					check: 'id_tamper_detection',
					reasons: ['tampering_detected'],
					verificationId: government.id,
				},
				{
					...failed,
					kind: 'government-id',
					check: 'id_extraction_inconsistency_detection',
					reasons: ['name_mismatch'],
					verificationId: government.id,
				},
				{
					...failed,
					kind: 'selfie',
					check: 'selfie_id_comparison',
					reasons: ['face_mismatch'],
					verificationId: selfie.id,
				},
			],
			failedCheckCount: 3,
			failedRequiredCheckCount: 3,
			failedCheckText:
				'government ID: ID tamper (tampering detected); government ID: ID extraction inconsistency (name mismatch); selfie: selfie ID comparison (face mismatch)',
			isProxy: true,
			isVpn: true,
			isTor: true,
			isDatacenter: true,
			threatLevel: 'high',
			sessionCountries: ['NL'],
			ipAddresses: ['198.51.100.7'],
		});
		expect(summary.text).toBe(
			'user-42: declined by review · failed: ID tamper, ID extraction inconsistency, selfie ID comparison · age 31 · VPN · proxy · Tor · data center · high threat level',
		);
	});

	it('does not count what failed in an attempt that was made good', async () => {
		const steps = ['start_inquiry', 'failed selfie', 'passed selfie', 'complete_inquiry'];
		const id = await inquiryOf(jane, steps);
		set(id, { 'completed-at': '2026-03-01T10:03:30.000Z' });
		const summary = await summaryOf(id);
		expect(summary).toMatchObject({
			failedChecks: [{ check: 'selfie_id_comparison', superseded: true }],
			failedCheckCount: 0,
			failedCheckText: '',
			verifications: [
				{ kind: 'selfie', attempts: 2, status: 'passed' },
				{ kind: 'government-id', attempts: 1, status: 'passed' },
			],
			attemptCount: 3,
			text: 'user-42: completed · age 31',
		});
	});

	it('counts a failed attempt while the next one has no result', async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'failed selfie', 'passed selfie']);
		const [, second] = sandbox.control.store.getCollection('verification').findAll();
		set(second.id, { status: 'submitted', checks: [] });
		const summary = await summaryOf(id);
		expect(summary).toMatchObject({
			failedChecks: [{ superseded: false }],
			failedCheckCount: 1,
			verifications: [{ kind: 'selfie', attempts: 2, status: 'submitted' }],
		});
	});

	it('orders attempts by their time, and takes two IDs of a flow for two tasks', async () => {
		const steps = ['start_inquiry', 'passed government-id', 'failed government-id'];
		const id = await inquiryOf(jane, steps);
		const [passed, failed] = sandbox.control.store.getCollection('verification').findAll();
		set(passed.id, { 'created-at': '2026-03-01T10:02:00.000Z' });
		set(failed.id, { 'created-at': '2026-03-01T10:01:00.000Z' });
		expect(await summaryOf(id)).toMatchObject({ failedCheckCount: 0 });
		const template = { type: 'verification-template/government-id', id: 'vtmpl_Second' };
		Object.assign(failed.relationships ?? {}, { 'verification-template': { data: template } });
		expect(await summaryOf(id)).toMatchObject({ failedCheckCount: 2 });
	});

	it('tells checks that must be passed from others', async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'failed selfie']);
		const [selfie] = sandbox.control.store.getCollection('verification').findAll();
		const [check] = selfie.attributes.checks as JsonObject[];
		check.requirement = 'not_required';
		expect(await summaryOf(id)).toMatchObject({
			failedChecks: [{ required: false }],
			failedCheckCount: 1,
			failedRequiredCheckCount: 0,
			text: expect.stringContaining('user-42: pending · 1 optional check failed') as string,
		});
	});

	it('says that a person has yet to decide', async () => {
		const id = await inquiryOf({ ...jane, 'name-last': 'Review' }, [
			'start_inquiry',
			'complete_inquiry',
		]);
		set(id, {
			'completed-at': '2026-03-01T10:03:30.000Z',
			'marked-for-review-at': '2026-03-01T10:03:31.000Z',
		});
		expect(await summaryOf(id)).toMatchObject({
			status: 'needs_review',
			decision: 'needsReview',
			decidedBy: null,
			decidedAt: '2026-03-01T10:03:31.000Z',
			text: 'user-42: needs review · age 31',
		});
	});

	it('knows the workflow that decided', async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'complete_inquiry', 'approve_inquiry']);
		const reviewer = { data: { type: 'workflow-run', id: 'wfr_1' } };
		Object.assign(sandbox.control.find(id)?.relationships ?? {}, { reviewer });
		set(id, { 'completed-at': '2026-03-01T10:03:30.000Z' });
		expect(await summaryOf(id)).toMatchObject({
			decidedBy: 'workflow',
			deciderId: 'wfr_1',
			text: 'user-42: approved by workflow · age 31',
		});
	});

	it('leaves open what an inquiry does not have that nobody has begun', async () => {
		const id = await inquiryOf({}, []);
		expect(await summaryOf(id)).toEqual({
			...unremarkable,
			inquiryId: id,
			accountId: expect.stringMatching(/^act_/) as string,
			status: 'created',
			decision: 'none',
			decidedBy: null,
			deciderId: null,
			decidedAt: null,
			finishedAt: null,
			secondsFromStart: null,
			secondsFromCreation: null,
			verifications: [],
			attemptCount: 0,
			age: null,
			ageSource: null,
			documentCountry: null,
			documentType: null,
			isProxy: null,
			isVpn: null,
			isTor: null,
			isDatacenter: null,
			threatLevel: null,
			sessionCountries: [],
			ipAddresses: [],
			sessionCount: 0,
			text: 'user-42: created',
		});
	});

	it('keeps the decision of a redacted inquiry, without the person', async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'complete_inquiry', 'approve_inquiry']);
		await send(sandbox, 'DELETE', `/inquiries/${id}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
		const summary = await summaryOf(id, { includeName: true });
		expect(summary).toMatchObject({
			decision: 'approved',
			failedCheckCount: 0,
			age: null,
			documentType: null,
			notes: ['The inquiry has been redacted'],
			text: 'user-42: approved by review',
		});
	});

	it('is the same for the API version before', async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'failed selfie', 'decline_inquiry']);
		await reportOn(id, 'watchlist', 'Jane Match');
		const [now, before] = await Promise.all(
			['2025-12-08', '2025-10-27'].map(
				async (apiVersion) => await run(sandbox.apiUrl, [id], { credentials: { apiVersion } }),
			),
		);
		expect(now.items[0].json).toMatchObject({ failedCheckCount: 1, matchedReportCount: 1 });
		expect(before.items).toEqual(now.items);
	});

	it("is Persona's own answer where it is not simplified", async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'complete_inquiry']);
		const { items } = await run(sandbox.apiUrl, [id], { parameters: { simplify: false } });
		const path = `/inquiries/${id}?include=verifications,sessions,reports`;
		const { data, included } = await send(sandbox, 'GET', path);
		const withoutLinks = (value: unknown) => JSON.stringify(value).replace(/"http[^"]+"/g, '""');
		expect(withoutLinks(items[0].json)).toBe(withoutLinks({ ...data, included }));
	});

	it('fails the item whose inquiry is not there, and no other', async () => {
		const id = await inquiryOf(jane, ['start_inquiry', 'complete_inquiry', 'approve_inquiry']);
		const { items } = await run(sandbox.apiUrl, ['inq_nobody', id], {
			onError: 'continueRegularOutput',
		});
		expect(items[0].json.error).toBe('Persona has no object with this ID');
		expect(items[1].json.decision).toBe('approved');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		const asked = sandbox.control.requests.filter(({ path }) => path.includes('inq_nobody'));
		expect(asked).toHaveLength(1);
	});
});

describe('the decision summary of what the sandbox does not do', () => {
	let server: RequestRecorder;
	let attributes: IDataObject;
	let relationships: IDataObject;
	let included: IDataObject[];

	beforeAll(async () => {
		server = await startRequestRecorder(() => ({
			body: { data: { type: 'inquiry', id: 'inq_1', attributes, relationships }, included },
		}));
	});
	beforeEach(() => {
		attributes = { status: 'completed', 'completed-at': '2026-03-01T10:00:00.000Z' };
		relationships = { reports: { data: [] }, verifications: { data: [] }, sessions: { data: [] } };
		included = [];
	});
	afterAll(async () => await server.stop());

	async function summary(options: IDataObject = {}) {
		const { items, error } = await run(server.baseUrl, ['inq_1'], {
			parameters: { options } as NodeRunOptions['parameters'],
		});
		expect(error).toBeUndefined();
		return items[0].json;
	}

	const shownId = (minute: number, status: string, more: IDataObject) => ({
		type: 'verification/government-id',
		id: `ver_${minute}`,
		attributes: {
			status,
			checks: [],
			'created-at': `2026-03-01T09:0${minute}:00.000Z`,
			...more,
		},
	});

	const visit = (id: string, more: IDataObject) => ({
		type: 'inquiry-session',
		id,
		attributes: more,
	});

	it('believes the newest ID that passed, and an ID more than what the person said', async () => {
		attributes.fields = { birthdate: { type: 'date', value: '1990-01-01' } };
		included = [
			shownId(3, 'failed', { 'country-code': 'DE', 'id-class': 'id', birthdate: '1970-01-01' }),
			shownId(1, 'passed', { 'country-code': 'FR', 'id-class': 'dl', birthdate: '2000-01-01' }),
			shownId(2, 'passed', { 'country-code': 'CA', 'id-class': 'pp', birthdate: '2008-03-02' }),
		];
		expect(await summary()).toMatchObject({
			age: 17,
			ageSource: 'document',
			documentCountry: 'CA',
			documentType: 'pp',
			verifications: [{ kind: 'government-id', attempts: 3, status: 'failed' }],
		});
	});

	it('does not take a report for clear that does not say whether it matches', async () => {
		included = [{ type: 'report/watchlist', id: 'rep_1', attributes: { status: 'ready' } }];
		expect(await summary()).toMatchObject({
			reports: [{ status: 'ready', matched: null }],
			reportsResult: 'unknown',
			text: 'inq_1: completed · 1 watchlist report unknown',
		});
	});

	it('takes the name of the ID where the inquiry has none', async () => {
		included = [shownId(1, 'passed', { 'name-first': 'JANE', 'name-last': 'DOE' })];
		expect(await summary({ includeName: true })).toMatchObject({
			text: 'JANE DOE (inq_1): completed',
		});
	});

	it('finds fields of templates that spell their keys with underscores', async () => {
		attributes.fields = { name_first: { type: 'string', value: 'Jane' } };
		expect(await summary({ includeName: true })).toMatchObject({
			text: 'Jane (inq_1): completed',
		});
	});

	it('sums up all sessions: a VPN in one of them, the worst threat, each country once', async () => {
		included = [
			visit('iqse_1', { 'is-vpn': false, 'threat-level': 'low', 'country-code': 'US' }),
			visit('iqse_2', { 'is-vpn': true, 'threat-level': 'high', 'country-code': 'NL' }),
			visit('iqse_3', { 'is-vpn': null, 'threat-level': 'unknown', 'country-code': 'US' }),
		];
		expect(await summary()).toMatchObject({
			isVpn: true,
			isProxy: null,
			threatLevel: 'high',
			sessionCountries: ['US', 'NL'],
			sessionCount: 3,
			text: 'inq_1: completed · VPN · high threat level',
		});
	});

	it('names five failed checks and counts the others', async () => {
		const checks = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ name, status: 'failed' }));
		included = [shownId(1, 'failed', { checks })];
		expect(await summary()).toMatchObject({
			failedCheckCount: 7,
			text: 'inq_1: completed · failed: a, b, c, d, e and 2 more',
		});
	});

	it('knows the end of an inquiry that failed, and the template of a legacy one', async () => {
		attributes = {
			status: 'failed',
			'created-at': '2026-03-01T10:00:00.000Z',
			'started-at': '2026-03-01T10:00:30.000Z',
			'completed-at': null,
			'failed-at': '2026-03-01T10:01:00.000Z',
		};
		const template = { data: { type: 'template', id: 'tmpl_1' } };
		relationships = { ...relationships, template, 'inquiry-template': { data: null } };
		expect(await summary()).toMatchObject({
			decision: 'none',
			finishedAt: '2026-03-01T10:01:00.000Z',
			secondsFromStart: 30,
			secondsFromCreation: 60,
			templateId: 'tmpl_1',
			text: 'inq_1: failed',
		});
	});

	it('passes on what Persona may add: a status, a kind of reviewer', async () => {
		attributes.status = 'on_hold';
		relationships.reviewer = { data: { type: 'agent', id: 'agent_1' } };
		expect(await summary()).toMatchObject({
			status: 'on_hold',
			decision: 'none',
			decidedBy: 'agent',
			deciderId: 'agent_1',
			text: 'inq_1: on hold',
		});
	});
});

describe('the decision summary of what cannot be read', () => {
	const refused: FakeResponse = { status: 403, body: { errors: [{ title: 'Forbidden' }] } };
	const reference = (type: string, id: string) => ({ type, id });
	const inquiry = {
		type: 'inquiry',
		id: 'inq_1',
		attributes: {
			status: 'completed',
			'completed-at': '2026-03-01T10:00:00.000Z',
			fields: { birthdate: { type: 'date', value: '1994-04-12' } },
		},
		relationships: {
			reviewer: { data: {} },
			reports: { data: [reference('report/watchlist', 'rep_1'), reference('report/x', 'rep_2')] },
			verifications: { data: [reference('verification/selfie', 'ver_1')] },
			sessions: { data: [reference('inquiry-session', 'iqse_1')] },
		},
	};
	const selfie = { ...reference('verification/selfie', 'ver_1'), attributes: { status: 'passed' } };
	const session = {
		...reference('inquiry-session', 'iqse_1'),
		attributes: { 'is-vpn': true, 'threat-level': 'extreme' },
	};
	const match = {
		...reference('report/watchlist', 'rep_1'),
		attributes: { status: 'ready', 'has-match': true },
	};
	let server: RequestRecorder;
	let answer: (request: RecordedRequest) => FakeResponse;

	beforeAll(async () => {
		server = await startRequestRecorder((request) => answer(request));
	});
	beforeEach(() => (server.requests.length = 0));
	afterAll(async () => await server.stop());

	async function summary() {
		const { items, error } = await run(server.baseUrl, ['inq_1']);
		expect(error).toBeUndefined();
		return items[0].json;
	}

	const asked = () => server.requests.map(({ path, query }) => [path, query.include ?? '']);

	const ALL = ['/inquiries/inq_1', 'verifications,sessions,reports'];

	it('asks for each report that was named and not included, and notes what it does not get', async () => {
		answer = ({ path }) => {
			if (path === '/reports/rep_1') return { body: { data: match } };
			if (path === '/reports/rep_2') return refused;
			return { body: { data: inquiry, included: [session] } };
		};
		expect(await summary()).toMatchObject({
			reports: [
				{ reportId: 'rep_1', kind: 'watchlist', status: 'ready', matched: true },
				{ reportId: 'rep_2', kind: 'x', status: null, matched: null },
			],
			reportsResult: 'matched',
			failedCheckCount: null,
			failedChecks: [],
			attemptCount: null,
			isVpn: true,
			isTor: null,
			threatLevel: 'extreme',
			notes: [
				'Report rep_2 could not be read: This API key is not allowed to do that',
				'1 of the verifications could not be read: Persona did not include them',
			],
			text: 'inq_1: completed · checks unknown · 1 watchlist match · 1 x report unknown · age 31 · VPN · extreme threat level',
		});
		expect(asked()).toEqual([ALL, ['/reports/rep_1', ''], ['/reports/rep_2', '']]);
	});

	it('does without reports where the key may not read them', async () => {
		answer = ({ query }) =>
			query.include?.includes('reports')
				? refused
				: { body: { data: inquiry, included: [selfie, session] } };
		expect(await summary()).toMatchObject({
			reportsResult: 'unknown',
			matchedReportCount: 0,
			failedCheckCount: null,
			attemptCount: 1,
			notes: [
				'2 of the reports could not be read: the API key may not read them',
				'Verification ver_1 was returned without its checks',
			],
		});
		expect(asked()).toEqual([ALL, ['/inquiries/inq_1', 'verifications,sessions']]);
	});

	it('does with the inquiry alone where the key may read nothing else', async () => {
		answer = ({ query }) => (query.include ? refused : { body: { data: inquiry } });
		expect(await summary()).toMatchObject({
			decision: 'none',
			age: 31,
			ageSource: 'fields',
			reportsResult: 'unknown',
			sessionCount: null,
			attemptCount: null,
		});
		expect(server.requests).toHaveLength(3);
	});

	it('fails where the key may not read the inquiry', async () => {
		answer = () => refused;
		const { error } = await run(server.baseUrl, ['inq_1']);
		expect(error?.message).toBe('This API key is not allowed to do that');
		expect(server.requests).toHaveLength(3);
	});

	it('says so where Persona is told to leave out what leads further', async () => {
		const { id, type, attributes } = inquiry;
		answer = () => ({ body: { data: { id, type, attributes }, included: null } });
		const { items } = await run(server.baseUrl, ['inq_1'], {
			parameters: { options: { fieldsToReturn: 'status' } },
		});
		expect(server.requests[0].query['fields[inquiry]']).toBe('status');
		expect(items[0].json).toMatchObject({
			failedCheckCount: null,
			reportsResult: 'unknown',
			sessionCount: null,
			text: 'inq_1: completed · checks unknown · reports unknown · age 31',
			notes: [
				'Persona did not say which verifications the inquiry has',
				'Persona did not say which sessions the inquiry has',
				'Persona did not say which reports the inquiry has',
			],
		});
	});
});
