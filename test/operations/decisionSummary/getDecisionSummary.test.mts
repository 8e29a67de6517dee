import type { IDataObject } from 'n8n-workflow';
import {
	fixtures,
	startSandbox,
	type JsonObject,
	type Sandbox,
} from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import type { NodeRunOptions } from '../../support/runNode.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../../tools/services/requestRecorder.mts';
import { runDecisionSummary } from './runDecisionSummary.mts';

const jane = {
	'name-first': 'Jane',
	'name-last': 'Doe',
	birthdate: '1994-04-12',
	'email-address': 'jane.doe@example.com',
	'address-street-1': '123 Main St',
};

const US = { country: 'US', ip: '203.0.113.42' };

/** The members of a summary of a person who finished in the sandbox without any findings. */
const summaryWithoutFindings = {
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
	documentStatus: 'passed',
	isProxy: false,
	isVpn: false,
	isTor: false,
	isDatacenter: false,
	threatLevel: 'low',
	sessionCountries: [US.country],
	unknownCountryCount: 0,
	ipAddresses: [US.ip],
	unknownIpAddressCount: 0,
	sessionCount: 1,
	notes: [],
};

describe('Get Decision Summary', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			reportSeconds: 0,
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
		});
	});
	beforeEach(() => sandbox.control.reset());
	afterAll(async () => await sandbox.close());

	/** Creates an inquiry of this person and simulates these steps. */
	async function createInquiry(person: JsonObject, steps: string[]): Promise<string> {
		const meta = { 'auto-create-account-reference-id': 'user-42' };
		const body = buildInquiry(person, { tags: ['vip'] }, meta);
		const { data } = await send(sandbox, 'POST', '/inquiries', body);
		await simulate(data.id, steps);
		return data.id;
	}

	/** Steps are Persona's actions; `failed selfie` creates a failed verification of that kind. */
	async function simulate(id: string, steps: string[]) {
		const actions = steps.map((step) => {
			const [result, kind] = step.split(' ');
			if (!kind) return { type: step };
			const data = { 'verification-template-id': fixtures.getVerificationTemplate(kind) };
			return { type: `create_${result}_verification`, data };
		});
		const path = `/inquiries/${id}/perform-simulate-actions`;
		await send(sandbox, 'POST', path, { meta: { 'simulate-actions': actions } });
	}

	/** Overwrites attributes that Persona would change over time. */
	const setAttributes = (id: string, attributes: JsonObject) =>
		Object.assign(sandbox.control.find(id)?.attributes ?? {}, attributes);

	/** Adds a report of this kind to the inquiry, as a workflow does. */
	async function addReport(
		inquiry: string,
		kind: string,
		term: string,
		attributes: JsonObject = {},
	) {
		const body = { data: { type: `report/${kind}`, attributes: { query: { term } } } };
		const { data } = await send(sandbox, 'POST', '/reports', body);
		await new Promise((resolve) => setTimeout(resolve, 20));
		setAttributes(data.id, attributes);
		const { relationships } = sandbox.control.find(inquiry) ?? {};
		(relationships?.reports.data as object[]).push({ type: data.type, id: data.id });
		return data.id;
	}

	async function summarize(
		id: string,
		options: IDataObject = {},
		timezone = 'UTC',
	): Promise<IDataObject> {
		const { items, error } = await runDecisionSummary(sandbox.apiUrl, [id], {
			timezone,
			parameters: { options } as NodeRunOptions['parameters'],
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		return items[0].json;
	}

	it('summarizes an approved inquiry with one request and without personal data', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry', 'approve_inquiry']);
		setAttributes(id, {
			'reviewer-comment': 'All good',
			'created-at': '2026-03-01T10:00:00.000Z',
			'started-at': '2026-03-01T10:01:00.000Z',
			'completed-at': '2026-03-01T10:03:30.000Z',
			'decisioned-at': '2026-03-01T11:00:00.000Z',
		});
		const before = sandbox.control.requests.length;
		const summary = await summarize(id);
		expect(summary).toEqual({
			...summaryWithoutFindings,
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

	it('says what was decided and why before anything else', async () => {
		const summary = await summarize(await createInquiry(jane, ['start_inquiry']));
		expect(Object.keys(summary).slice(0, 6)).toEqual([
			...['text', 'inquiryId', 'status', 'decision', 'failedCheckText', 'failedCheckCount'],
		]);
	});

	it('begins the text with the name where the user wants that', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry']);
		setAttributes(id, { 'completed-at': '2026-04-12T00:00:00.000Z' });
		const { text } = await summarize(id, { includeName: true });
		expect(text).toBe('Jane Doe (user-42): completed · age 32');
	});

	it('formats the text as one line, whatever the name is', async () => {
		const person = { 'name-first': 'Jane\n\nA', 'name-last': 'Doe' };
		const id = await createInquiry(person, []);
		const { text } = await summarize(id, { includeName: true });
		expect(text).toBe('Jane A Doe (user-42): created');
	});

	it.each([
		['2008-03-02', '2026-03-01T23:59:59.000Z', 'UTC', 17],
		['2008-03-02', '2026-03-02T00:00:00.000Z', 'UTC', 18],
		['2008-03-02', '2026-03-02T04:59:59.000Z', 'America/New_York', 17],
		['2008-03-02', '2026-03-02T05:00:00.000Z', 'America/New_York', 18],
		['2008-03-02', '2026-03-01T22:59:59.000Z', 'Europe/Berlin', 17],
		['2008-03-02', '2026-03-01T23:00:00.000Z', 'Europe/Berlin', 18],
		['2008-03-02', '2026-03-01T09:59:59.000Z', 'Pacific/Kiritimati', 17],
		['2008-03-02', '2026-03-01T10:00:00.000Z', 'Pacific/Kiritimati', 18],
		['2008-03-02', '2026-03-02T10:59:59.000Z', 'Pacific/Pago_Pago', 17],
		['2008-02-29', '2026-02-28T23:59:59.000Z', 'UTC', 17],
		['2008-02-29', '2026-03-01T00:00:00.000Z', 'UTC', 18],
		['2008-02-29', '2024-02-28T12:00:00.000Z', 'UTC', 15],
		['2008-02-29', '2024-02-29T00:00:00.000Z', 'UTC', 16],
		['2027-01-01', '2026-03-01T00:00:00.000Z', 'UTC', null],
		['1800-01-01', '2026-03-01T00:00:00.000Z', 'UTC', null],
		['2008-02-30', '2026-03-01T00:00:00.000Z', 'UTC', null],
	])(
		'counts the age in completed years: born %s, completed %s, in %s, age %s',
		async (birthdate, completedAt, timezone, age) => {
			const id = await createInquiry({ ...jane, birthdate }, ['start_inquiry', 'complete_inquiry']);
			setAttributes(id, { 'completed-at': completedAt });
			const summary = await summarize(id, {}, timezone);
			expect([summary.age, summary.ageSource]).toEqual([age, age === null ? null : 'document']);
			expect(summary.text).toBe(`user-42: completed${age === null ? '' : ` · age ${age}`}`);
		},
	);

	it.each([
		['America/New_York', 17],
		['Europe/Berlin', 18],
	])('counts the age on the day when an inquiry expired, in %s', async (timezone, age) => {
		const id = await createInquiry({ ...jane, birthdate: '2000-03-02' }, ['start_inquiry']);
		setAttributes(id, { status: 'expired', 'expired-at': '2018-03-02T02:00:00.000Z' });
		expect(await summarize(id, {}, timezone)).toMatchObject({ age, ageSource: 'fields' });
	});

	it('takes the age from the fields where no ID was shown, as of today while the inquiry is open', async () => {
		const tenYearsAgo = `${new Date().getUTCFullYear() - 10}-01-01`;
		const id = await createInquiry({ birthdate: tenYearsAgo }, ['start_inquiry']);
		expect(await summarize(id)).toMatchObject({
			age: 10,
			ageSource: 'fields',
			documentCountry: null,
			documentType: null,
			secondsFromStart: null,
			secondsFromCreation: null,
		});
	});

	it('says which reports match and which have no result, which never counts as no match', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry']);
		setAttributes(id, { 'completed-at': '2026-03-01T10:03:30.000Z' });
		const clear = await addReport(id, 'adverse-media', 'Jane Doe');
		expect(await summarize(id)).toMatchObject({ reportsResult: 'clear', matchedReportCount: 0 });
		const pending = await addReport(id, 'watchlist', 'Jane Doe', { status: 'pending' });
		expect(await summarize(id)).toMatchObject({
			reportsResult: 'pending',
			matchedReportCount: null,
		});
		const errored = await addReport(id, 'watchlist', 'Jane Error');
		expect(await summarize(id)).toMatchObject({
			reportsResult: 'errored',
			matchedReportCount: null,
		});
		const matched = await addReport(id, 'watchlist', 'Jane Match');
		await addReport(id, 'politically-exposed-person', 'Jane Match');
		await addReport(id, 'politically-exposed-person', 'Match');
		const summary = await summarize(id);
		expect(summary).toMatchObject({ reportsResult: 'matched', matchedReportCount: 3, notes: [] });
		const none = { review: null, records: [] };
		const listed = {
			...{ token: null, entityId: null, reviewStatus: null, riskLevel: null },
			listings: ['Sample Sanctions List'],
			types: ['sanction'],
		};
		expect((summary.reports as IDataObject[]).slice(0, 4)).toEqual([
			{ reportId: clear, kind: 'adverse-media', status: 'ready', matched: false, ...none },
			{ reportId: pending, kind: 'watchlist', status: 'pending', matched: null, ...none },
			{
				...{ reportId: errored, kind: 'watchlist', status: 'errored', matched: null },
				...{ review: null, records: null },
			},
			{
				...{ reportId: matched, kind: 'watchlist', status: 'ready', matched: true },
				...{ review: null, records: [listed] },
			},
		]);
		expect(summary.text).toBe(
			'user-42: completed · 1 watchlist report pending · 1 watchlist report errored · 1 watchlist match · 2 politically exposed person matches · age 31',
		);
	});

	const [wrong, same, unsure, unknown] = [
		'false_positive',
		'true_positive',
		'indeterminate',
		'reviewed_by_moonlight',
	];
	const counted = (count: number) =>
		`counts as a match: ${count} of its 2 records have no final review`;

	it.each([
		['pending', 'pending', true, 'open', counted(2)],
		[wrong, 'pending', true, 'open', counted(1)],
		[wrong, unsure, true, 'open', counted(1)],
		[wrong, unknown, true, 'open', counted(1)],
		[wrong, same, true, 'truePositive', undefined],
		[
			...[wrong, wrong],
			...[false, 'falsePositive'],
			'counts as no match: all of its 2 records were reviewed as false positives',
		],
	] as [string, string, boolean, string, string | undefined][])(
		'counts a Screening report whose records are %s and %s as matched: %p, and says why',
		async (first, second, matched, review, note) => {
			const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry']);
			const report = await addReport(id, 'screening', 'Jane Match');
			const records = sandbox.control.find(report)?.attributes['matched-records'] as JsonObject[];
			records[0]['review-status'] = first;
			records[1]['review-status'] = second;
			const summary = await summarize(id);
			expect(summary).toMatchObject({
				reportsResult: matched ? 'matched' : 'clear',
				matchedReportCount: matched ? 1 : 0,
				notes: note ? [`Report ${report} ${note}`] : [],
				reports: [{ reportId: report, kind: 'screening', matched, review }],
			});
			const [{ records: shown }] = summary.reports as IDataObject[];
			expect(shown).toEqual([
				expect.objectContaining({ reviewStatus: first, types: ['sanction'] }),
				expect.objectContaining({ reviewStatus: second }),
			]);
			expect(JSON.stringify(summary)).not.toContain('Jane Match');
		},
	);

	it('is not cleared by the reviews of a Screening report that lacks one of its records', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry']);
		const report = await addReport(id, 'screening', 'Jane Match');
		const records = sandbox.control.find(report)?.attributes['matched-records'] as JsonObject[];
		for (const record of records) record['review-status'] = wrong;
		records.push(null as unknown as JsonObject);
		expect(await summarize(id)).toMatchObject({
			reportsResult: 'matched',
			reports: [{ reportId: report, matched: true, review: null, records: null }],
		});
	});

	it('does not know the result of a Screening report that runs again after its reviews', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry']);
		const report = await addReport(id, 'screening', 'Jane Match', { status: 'pending' });
		const records = sandbox.control.find(report)?.attributes['matched-records'] as JsonObject[];
		for (const record of records) record['review-status'] = wrong;
		expect(await summarize(id)).toMatchObject({
			reportsResult: 'pending',
			matchedReportCount: null,
		});
	});

	it('lists the failed checks of a declined inquiry, and who declined it', async () => {
		const steps = ['start_inquiry', 'failed government-id', 'failed selfie', 'decline_inquiry'];
		const id = await createInquiry({ ...jane, 'name-last': 'Proxy' }, steps);
		setAttributes(id, { 'decisioned-at': '2026-03-01T11:00:00.000Z' });
		const summary = await summarize(id);
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
			'user-42: declined by review · failed: ID tamper, ID extraction inconsistency, selfie ID comparison · age 31 (not from an accepted ID) · VPN · proxy · Tor · data center · high threat level',
		);
	});

	it('does not count the failed checks of an attempt that was repeated with success', async () => {
		const steps = ['start_inquiry', 'failed selfie', 'passed selfie', 'complete_inquiry'];
		const id = await createInquiry(jane, steps);
		setAttributes(id, { 'completed-at': '2026-03-01T10:03:30.000Z' });
		const summary = await summarize(id);
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
		const id = await createInquiry(jane, ['start_inquiry', 'failed selfie', 'passed selfie']);
		const [, second] = sandbox.control.store.getCollection('verification').findAll();
		setAttributes(second.id, { status: 'submitted', checks: [] });
		const summary = await summarize(id);
		expect(summary).toMatchObject({
			failedChecks: [{ superseded: false }],
			failedCheckCount: 1,
			verifications: [{ kind: 'selfie', attempts: 2, status: 'submitted' }],
		});
	});

	it('orders attempts by their time, and treats two IDs of a flow as two tasks', async () => {
		const steps = ['start_inquiry', 'passed government-id', 'failed government-id'];
		const id = await createInquiry(jane, steps);
		const [passed, failed] = sandbox.control.store.getCollection('verification').findAll();
		setAttributes(passed.id, { 'created-at': '2026-03-01T10:02:00.000Z' });
		setAttributes(failed.id, { 'created-at': '2026-03-01T10:01:00.000Z' });
		expect(await summarize(id)).toMatchObject({ failedCheckCount: 0 });
		const template = { type: 'verification-template/government-id', id: 'vtmpl_Second' };
		Object.assign(failed.relationships ?? {}, { 'verification-template': { data: template } });
		expect(await summarize(id)).toMatchObject({ failedCheckCount: 2 });
	});

	it('counts required checks separately', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'failed selfie']);
		const [selfie] = sandbox.control.store.getCollection('verification').findAll();
		const [check] = selfie.attributes.checks as JsonObject[];
		check.requirement = 'not_required';
		expect(await summarize(id)).toMatchObject({
			failedChecks: [{ required: false }],
			failedCheckCount: 1,
			failedRequiredCheckCount: 0,
			text: expect.stringContaining('user-42: pending · 1 optional check failed') as string,
		});
	});

	it('says that the inquiry needs review', async () => {
		const id = await createInquiry({ ...jane, 'name-last': 'Review' }, [
			'start_inquiry',
			'complete_inquiry',
		]);
		setAttributes(id, {
			'completed-at': '2026-03-01T10:03:30.000Z',
			'marked-for-review-at': '2026-03-01T10:03:31.000Z',
		});
		expect(await summarize(id)).toMatchObject({
			status: 'needs_review',
			decision: 'needs_review',
			decidedBy: null,
			decidedAt: '2026-03-01T10:03:31.000Z',
			text: 'user-42: needs review · age 31',
		});
	});

	it('names the workflow that decided', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry', 'approve_inquiry']);
		const reviewer = { data: { type: 'workflow-run', id: 'wfr_1' } };
		Object.assign(sandbox.control.find(id)?.relationships ?? {}, { reviewer });
		setAttributes(id, { 'completed-at': '2026-03-01T10:03:30.000Z' });
		expect(await summarize(id)).toMatchObject({
			decidedBy: 'workflow',
			deciderId: 'wfr_1',
			text: 'user-42: approved by workflow · age 31',
		});
	});

	it.each([
		[{ type: 'user', id: 'user_1' }, 'person', 'approved by review'],
		[{ type: 'workflow', id: 'wfl_1' }, 'workflow', 'approved by workflow'],
		[{ type: 'api-key', id: 'api_1' }, 'apiKey', 'approved by API key'],
		[null, 'unknown', 'approved'],
	])('names who decided, and does not guess: %j', async (data, decidedBy, text) => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry', 'approve_inquiry']);
		Object.assign(sandbox.control.find(id)?.relationships ?? {}, { reviewer: { data } });
		setAttributes(id, { 'completed-at': '2026-03-01T10:03:30.000Z' });
		expect(await summarize(id)).toMatchObject({
			decision: 'approved',
			decidedBy,
			deciderId: data?.id ?? null,
			text: `user-42: ${text} · age 31`,
		});
	});

	it('leaves unknown what an inquiry that was not started does not have', async () => {
		const id = await createInquiry({}, []);
		expect(await summarize(id)).toEqual({
			...summaryWithoutFindings,
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
			documentStatus: null,
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

	it('keeps the decision of a redacted inquiry, without personal data', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry', 'approve_inquiry']);
		await send(sandbox, 'DELETE', `/inquiries/${id}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
		const summary = await summarize(id, { includeName: true });
		expect(summary).toMatchObject({
			decision: 'approved',
			failedCheckCount: 0,
			age: null,
			documentType: null,
			notes: ['The inquiry has been redacted'],
			text: 'user-42: approved by review',
		});
	});

	it('is the same for the previous API version', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'failed selfie', 'decline_inquiry']);
		await addReport(id, 'watchlist', 'Jane Match');
		const [now, before] = await Promise.all(
			['2025-12-08', '2025-10-27'].map(
				async (apiVersion) =>
					await runDecisionSummary(sandbox.apiUrl, [id], { credentials: { apiVersion } }),
			),
		);
		expect(now.items[0].json).toMatchObject({ failedCheckCount: 1, matchedReportCount: 1 });
		expect(before.items).toEqual(now.items);
	});

	it("returns Persona's own response as raw output", async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry']);
		const { items } = await runDecisionSummary(sandbox.apiUrl, [id], {
			parameters: { output: 'raw' },
		});
		const path = `/inquiries/${id}?include=verifications,sessions,reports`;
		const { data, included } = await send(sandbox, 'GET', path);
		const withoutLinks = (value: unknown) => JSON.stringify(value).replace(/"http[^"]+"/g, '""');
		expect(withoutLinks(items[0].json)).toBe(withoutLinks({ ...data, included }));
	});

	it('fails only the item whose inquiry does not exist', async () => {
		const id = await createInquiry(jane, ['start_inquiry', 'complete_inquiry', 'approve_inquiry']);
		const { items } = await runDecisionSummary(sandbox.apiUrl, ['inq_nobody', id], {
			onError: 'continueRegularOutput',
		});
		expect(items[0].json.error).toBe('Persona has no object with this ID');
		expect(items[1].json.decision).toBe('approved');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		const requests = sandbox.control.requests.filter(({ path }) => path.includes('inq_nobody'));
		expect(requests).toHaveLength(1);
	});
});

describe('Get Decision Summary for what the sandbox does not do', () => {
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

	async function summarize(options: IDataObject = {}) {
		const { items, error } = await runDecisionSummary(server.baseUrl, ['inq_1'], {
			parameters: { options } as NodeRunOptions['parameters'],
		});
		expect(error).toBeUndefined();
		return items[0].json;
	}

	const createIdVerification = (minute: number, status: string, attributes: IDataObject) => ({
		type: 'verification/government-id',
		id: `ver_${minute}`,
		attributes: {
			status,
			checks: [],
			'created-at': `2026-03-01T09:0${minute}:00.000Z`,
			...attributes,
		},
	});

	const createSession = (id: string, attributes: IDataObject) => ({
		type: 'inquiry-session',
		id,
		attributes,
	});

	it('trusts the newest ID that passed, and an ID more than the fields', async () => {
		attributes.fields = { birthdate: { type: 'date', value: '1990-01-01' } };
		included = [
			createIdVerification(3, 'failed', {
				'country-code': 'DE',
				'id-class': 'id',
				birthdate: '1970-01-01',
			}),
			createIdVerification(1, 'passed', {
				'country-code': 'FR',
				'id-class': 'dl',
				birthdate: '2000-01-01',
			}),
			createIdVerification(2, 'passed', {
				'country-code': 'CA',
				'id-class': 'pp',
				birthdate: '2008-03-02',
			}),
		];
		expect(await summarize()).toMatchObject({
			age: 17,
			ageSource: 'document',
			documentCountry: 'CA',
			documentType: 'pp',
			documentStatus: 'passed',
			verifications: [{ kind: 'government-id', attempts: 3, status: 'failed' }],
		});
	});

	it('does not treat a report as clear that does not say whether it matches', async () => {
		included = [{ type: 'report/watchlist', id: 'rep_1', attributes: { status: 'ready' } }];
		expect(await summarize()).toMatchObject({
			reports: [{ status: 'ready', matched: null }],
			reportsResult: 'unknown',
			text: 'inq_1: completed · 1 watchlist report unknown',
		});
	});

	it('takes the name from the ID where the inquiry has none', async () => {
		included = [createIdVerification(1, 'passed', { 'name-first': 'JANE', 'name-last': 'DOE' })];
		expect(await summarize({ includeName: true })).toMatchObject({
			text: 'JANE DOE (inq_1): completed',
		});
	});

	// Every status of a verification in Persona's description, and some that it may add.
	it.each([
		...['initiated', 'submitted', 'tentatively_passed', 'tentatively_failed', 'failed'],
		...['requires_retry', 'skipped', 'canceled', 'confirmed', 'PASSED', '', null],
	])('takes neither age nor name from an ID whose verification is %p', async (status) => {
		const onId = { 'country-code': 'US', 'id-class': 'dl', birthdate: '1990-01-01' };
		const names = { 'name-first': 'JANE', 'name-last': 'DOE' };
		included = [createIdVerification(1, status as string, { ...onId, ...names })];
		const document = { documentCountry: 'US', documentType: 'dl', documentStatus: status };
		expect(await summarize({ includeName: true })).toMatchObject({
			...document,
			age: null,
			ageSource: null,
			text: 'inq_1: completed',
		});
		attributes.fields = { birthdate: { type: 'date', value: '2009-01-01' } };
		expect(await summarize()).toMatchObject({
			...document,
			age: 17,
			ageSource: 'fields',
			text: 'inq_1: completed · age 17 (not from an accepted ID)',
		});
	});

	it('says that the fields have the age where the accepted ID has no birthdate', async () => {
		attributes.fields = { birthdate: { type: 'date', value: '1990-01-01' } };
		included = [
			createIdVerification(1, 'passed', { 'country-code': 'FR' }),
			createIdVerification(2, 'failed', { 'country-code': 'DE', birthdate: '1970-01-01' }),
		];
		expect(await summarize()).toMatchObject({
			age: 36,
			ageSource: 'fields',
			documentCountry: 'FR',
			documentStatus: 'passed',
		});
	});

	it('finds fields whose keys have underscores', async () => {
		attributes.fields = { name_first: { type: 'string', value: 'Jane' } };
		expect(await summarize({ includeName: true })).toMatchObject({
			text: 'Jane (inq_1): completed',
		});
	});

	it('summarizes all sessions: a VPN in any of them, the highest threat level, each country once', async () => {
		included = [
			createSession('iqse_1', { 'is-vpn': false, 'threat-level': 'low', 'country-code': 'US' }),
			createSession('iqse_2', { 'is-vpn': true, 'threat-level': 'high', 'country-code': 'NL' }),
			createSession('iqse_3', { 'is-vpn': null, 'threat-level': 'unknown', 'country-code': 'US' }),
		];
		expect(await summarize()).toMatchObject({
			isVpn: true,
			isProxy: null,
			threatLevel: 'high',
			sessionCountries: ['US', 'NL'],
			sessionCount: 3,
			text: 'inq_1: completed · VPN · high threat level',
		});
	});

	describe('what one session among others lacks', () => {
		const known = {
			...{ 'started-at': '2026-03-01T10:00:00.000Z', 'ip-address': '203.0.113.42' },
			...{ 'country-code': 'US', 'threat-level': 'low' },
			...{ 'is-vpn': false, 'is-proxy': false, 'is-tor': false, 'is-datacenter': false },
		};
		const nothing = Object.fromEntries(Object.keys(known).map((name) => [name, null]));

		it.each([
			['is null', nothing],
			['is missing', {}],
		])('is unknown, never false or low, where it %s', async (_, lacking) => {
			const opened = { ...lacking, 'started-at': '2026-03-01T11:00:00.000Z' };
			included = [createSession('iqse_1', known), createSession('iqse_2', opened)];
			expect(await summarize()).toMatchObject({
				...{ isVpn: null, isProxy: null, isTor: null, isDatacenter: null },
				threatLevel: 'unknown',
				sessionCountries: ['US'],
				unknownCountryCount: 1,
				ipAddresses: ['203.0.113.42'],
				unknownIpAddressCount: 1,
				sessionCount: 2,
			});
		});

		it('hides nothing that another session has', async () => {
			const opened = { ...nothing, 'started-at': '2026-03-01T11:00:00.000Z' };
			const risky = { ...known, 'is-tor': true, 'threat-level': 'medium' };
			included = [createSession('iqse_1', risky), createSession('iqse_2', opened)];
			expect(await summarize()).toMatchObject({ isTor: true, isVpn: null, threatLevel: 'medium' });
		});

		it('is not missed where nobody has opened the session', async () => {
			included = [createSession('iqse_1', known), createSession('iqse_2', nothing)];
			expect(await summarize()).toMatchObject({
				...{ isVpn: false, isTor: false, threatLevel: 'low' },
				...{ unknownCountryCount: 0, unknownIpAddressCount: 0, sessionCount: 2 },
			});
		});
	});

	it('names five failed checks and counts the others', async () => {
		const checks = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ name, status: 'failed' }));
		included = [createIdVerification(1, 'failed', { checks })];
		expect(await summarize()).toMatchObject({
			failedCheckCount: 7,
			text: 'inq_1: completed · failed: a, b, c, d, e and 2 more',
		});
	});

	it('knows when a failed inquiry ended, and the template of a legacy inquiry', async () => {
		attributes = {
			status: 'failed',
			'created-at': '2026-03-01T10:00:00.000Z',
			'started-at': '2026-03-01T10:00:30.000Z',
			'completed-at': null,
			'failed-at': '2026-03-01T10:01:00.000Z',
		};
		const template = { data: { type: 'template', id: 'tmpl_1' } };
		relationships = { ...relationships, template, 'inquiry-template': { data: null } };
		expect(await summarize()).toMatchObject({
			decision: 'none',
			finishedAt: '2026-03-01T10:01:00.000Z',
			secondsFromStart: 30,
			secondsFromCreation: 60,
			templateId: 'tmpl_1',
			text: 'inq_1: failed',
		});
	});

	it('returns a status and a type of reviewer that Persona may add', async () => {
		attributes.status = 'on_hold';
		relationships.reviewer = { data: { type: 'agent', id: 'agent_1' } };
		expect(await summarize()).toMatchObject({
			status: 'on_hold',
			decision: 'unknown',
			decidedBy: 'agent',
			deciderId: 'agent_1',
			text: 'inq_1: on hold',
		});
	});
});
