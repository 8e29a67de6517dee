import type { INode } from 'n8n-workflow';
import type { JsonObject, StoredObject } from '../../../sandbox/sandbox.mts';
import type { Execution } from '../../../tools/n8n/n8nClient.mts';
import { send } from '../../support/apiClient.mts';
import { explainMissingPostgres } from '../../../tools/findProgram.mts';
import {
	buildPostgresCredential,
	runStatement,
	startPostgres,
	type Server,
} from '../../../tools/servers.mts';
import { completeInquiry } from './scenarioSteps.mts';
import {
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';

const NAME = '26-export-to-warehouse';

const NIGHT = 'Every night';

/** A port without a server. */
const NOWHERE = '1';

/** How many inquiries a page has. */
const PAGE = 200;

const TABLES = ['export', 'verifications', 'inquiries', 'reports', 'cases'];

const reason = explainMissingPostgres();

const title = `"Export to a warehouse"${reason ? ` (skipped: ${reason})` : ''}`;

(reason ? describe.skip : describe)(title, () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let database: Server;
	let original: INode[];

	beforeAll(async () => {
		database = await startPostgres();
		environment = await startWorkflowEnvironment({
			searchLagSeconds: 0,
			reportSeconds: 0.01,
			rateLimit: { maxRequests: 1_000_000, windowSeconds: 60 },
		});
		await dropTables();
		await connectDatabase();
		published = await environment.publishWorkflow(NAME);
		({ nodes: original } = await environment.client.fetchWorkflow(published.workflow.id));
		await published.runOnce();
	});
	afterAll(async () => {
		try {
			await environment?.close();
		} finally {
			// It may be the user's own.
			if (database) await dropTables();
			await database?.stop();
		}
	});
	beforeEach(async () => {
		environment.sandbox.control.reset();
		await runQuery(`TRUNCATE ${TABLES.map((name) => `persona_${name}`).join()}`);
	});
	afterEach(() => environment.sandbox.control.clearFaults());

	const runQuery = async (statements: string) => await runStatement(database, statements);

	const dropTables = async () =>
		await runQuery(
			`DROP TABLE IF EXISTS ${TABLES.map((name) => `persona_${name}`).join()} CASCADE`,
		);

	const connectDatabase = async (port = database.url.port) => {
		const { id, name, type } = environment.credentials.postgres;
		const data = buildPostgresCredential(database.url, port);
		await environment.client.updateCredential(id, { name, type, data });
	};

	const fetchRows = async (table: string): Promise<JsonObject[]> =>
		JSON.parse(
			(await runQuery(`SELECT json_agg(t ORDER BY 1) FROM persona_${table} t`)) || '[]',
		) as JsonObject[];

	const fetchRow = async (table: string, id: string) =>
		(await fetchRows(table)).find((row) => Object.values(row)[0] === id);

	const countRows = async () => {
		const counts = ['inquiries', 'verifications', 'reports', 'cases'].map(
			(name) => `SELECT count(*) FROM persona_${name}`,
		);
		return (await runQuery(counts.join(' UNION ALL '))).split('\n').map(Number);
	};

	const startNight = async () =>
		String((await environment.client.runWorkflow(published.workflow.id, NIGHT)).executionId);

	const runNight = async (): Promise<Execution> =>
		await environment.client.waitForExecution(await startNight(), 240_000);

	const exportAll = async () => expect((await runNight()).status).toBe('success');

	/** Publishes the workflow with other values of "What to export" while `work` runs. */
	const withChoice = async (changes: Record<string, unknown>, work: () => Promise<void>) => {
		const { client } = environment;
		const publish = async (nodes: INode[]) => {
			await client.updateWorkflow(published.workflow.id, { nodes });
			await client.publish(published.workflow.id);
		};
		const changed = structuredClone(original);
		const { assignments } = Object(
			changed.find(({ name }) => name === 'What to export')?.parameters,
		).assignments as { assignments: Array<{ name: string; value: unknown }> };
		for (const one of assignments) if (one.name in changes) one.value = changes[one.name];
		await publish(changed);
		try {
			await work();
		} finally {
			await publish(original);
		}
	};

	const { store, find, update } = {
		store: (object: StoredObject) => environment.sandbox.control.store.add(object),
		find: (id: string) => environment.sandbox.control.find(id) as StoredObject,
		/** Changes attributes of an object, and with them the time of its last change. */
		update: (id: string, attributes: JsonObject) =>
			Object.assign((environment.sandbox.control.find(id) as StoredObject).attributes, {
				'updated-at': new Date().toISOString(),
				...attributes,
			}),
	};

	const toRef = ({ type, id }: StoredObject) => ({ type, id });

	/** Adds a verification of an inquiry. */
	const addVerification = (
		inquiryId: string,
		id: string,
		more: JsonObject = {},
		type = 'selfie',
	) => {
		const inquiry = find(inquiryId);
		const at = String(inquiry.attributes['created-at']);
		const verification = store({
			type: `verification/${type}`,
			id,
			attributes: {
				...{ status: 'passed', 'created-at': at, 'submitted-at': at, 'completed-at': at },
				...{ 'redacted-at': null, 'country-code': 'US', tags: [] },
				checks: [
					{
						...{ name: 'selfie_pose_repeated_detection', status: 'passed', reasons: [] },
						...{ requirement: 'required', metadata: { face: 'Unmistakable' } },
					},
				],
				...more,
			},
			relationships: { inquiry: { data: toRef(inquiry) } },
		});
		const { verifications } = inquiry.relationships as Record<string, { data: unknown[] }>;
		verifications.data.push(toRef(verification));
	};

	const addReport = (id: string, more: JsonObject = {}, type = 'watchlist', inquiryId?: string) =>
		store({
			type: `report/${type}`,
			id,
			attributes: {
				...{ status: 'ready', 'created-at': '2026-02-01T00:00:00.000Z', 'redacted-at': null },
				...{
					'completed-at': '2026-02-01T00:00:01.000Z',
					'has-match': false,
					'is-continuous': false,
				},
				...{ tags: [], 'name-last': 'Unmistakable' },
				...more,
			},
			relationships: { inquiry: { data: inquiryId ? { type: 'inquiry', id: inquiryId } : null } },
		});

	const addCase = (id: string, more: JsonObject = {}, inquiryIds: string[] = []) =>
		store({
			type: 'case',
			id,
			attributes: {
				...{ status: 'Open', name: id, resolution: null, 'created-at': '2026-02-01T00:00:00.000Z' },
				...{ 'updated-at': '2026-02-01T00:00:00.000Z', 'resolved-at': null, 'redacted-at': null },
				...{ 'sla-expires-at': null, 'assignee-id': null, tags: [], fields: {}, attachments: [] },
				...more,
			},
			relationships: {
				...{ accounts: { data: [] }, reports: { data: [] }, 'case-template': { data: null } },
				inquiries: { data: inquiryIds.map((inquiryId) => ({ type: 'inquiry', id: inquiryId })) },
			},
		});

	const seed = (count: number, options: object = {}) =>
		environment.sandbox.control.seedInquiries(count, {
			...{ from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z', ...options },
		});

	const countRequests = (path: RegExp) =>
		environment.sandbox.control.requests.filter((request) => path.test(request.path)).length;

	it('makes its tables with keys and types, and changes nothing when it runs again', async () => {
		const [id] = seed(1);
		await exportAll();
		await published.runOnce();
		expect(await fetchRow('inquiries', id)).toBeDefined();
		const keys = await runQuery(
			`SELECT string_agg(DISTINCT constraint_type, ',') FROM information_schema.table_constraints
			WHERE table_name LIKE 'persona\\_%' AND constraint_type LIKE '%KEY'`,
		);
		expect(keys).toBe('FOREIGN KEY,PRIMARY KEY');
		const types = await runQuery(
			`SELECT string_agg(DISTINCT data_type, ',') FROM information_schema.columns
			WHERE table_name LIKE 'persona\\_%'`,
		);
		expect(types).toBe('ARRAY,boolean,jsonb,text,timestamp with time zone');
	});

	it('ends without a row when Persona has none', async () => {
		await exportAll();
		expect(await countRows()).toEqual([0, 0, 0, 0]);
	});

	it('exports an inquiry with its verifications, a report and a case, without personal data', async () => {
		const { sandbox } = environment;
		const fields = { 'name-first': 'Jane', 'name-last': 'Unmistakable' };
		const id = await completeInquiry(sandbox, fields);
		update(id, { 'reference-id': 'user-1', 'reviewer-comment': 'Checked', tags: ['vip'] });
		addReport('rep_1', { 'has-match': true }, 'watchlist', id);
		addCase('case_1', { status: 'Approved' }, [id]);
		await exportAll();
		expect(await fetchRow('inquiries', id)).toMatchObject({
			...{ status: 'completed', reference_id: 'user-1', reviewer_comment: 'Checked' },
			...{ tags: ['vip'], fields: null, redacted_at: null },
			template_id: 'itmpl_SandboxIdAndSelfie',
		});
		const verifications = await fetchRows('verifications');
		expect(verifications.map(({ type }) => type).sort()).toEqual(['government-id', 'selfie']);
		expect(verifications.map(({ inquiry_id }) => inquiry_id)).toEqual([id, id]);
		expect(Object.keys(Object((verifications[0].checks as JsonObject[])[0])).sort()).toEqual([
			...['name', 'reasons', 'requirement', 'status'],
		]);
		expect(await fetchRow('reports', 'rep_1')).toMatchObject({
			...{ type: 'watchlist', has_match: true, inquiry_id: id },
		});
		expect(await fetchRow('cases', 'case_1')).toMatchObject({
			...{ status: 'Approved', inquiry_ids: [id] },
		});
		const all = await Promise.all(TABLES.map(fetchRows));
		expect(JSON.stringify(all)).not.toMatch(/Unmistakable|Jane/);
	});

	it('overwrites what has changed, also shortly before the last run, and reads nothing else again', async () => {
		const ids = seed(3);
		addCase('case_1');
		addReport('rep_1');
		update(ids[2], {});
		await exportAll();
		environment.sandbox.control.requests.length = 0;
		update(ids[0], { status: 'declined' });
		// A search that was behind has not shown this change to the last run.
		update(ids[1], {
			status: 'approved',
			'updated-at': new Date(Date.now() - 1_800_000).toISOString(),
		});
		update('case_1', { status: 'Declined' });
		Object.assign(find('rep_1').attributes, { 'has-match': true });
		await exportAll();
		expect((await fetchRow('inquiries', ids[0]))?.status).toBe('declined');
		expect((await fetchRow('inquiries', ids[1]))?.status).toBe('approved');
		expect((await fetchRow('cases', 'case_1'))?.status).toBe('Declined');
		expect((await fetchRow('reports', 'rep_1'))?.has_match).toBe(true);

		const old = seed(1, { from: '2020-01-01T00:00:00Z', to: '2020-01-01T00:00:00Z' });
		environment.sandbox.control.requests.length = 0;
		await exportAll();
		expect(await fetchRow('inquiries', old[0])).toBeUndefined();
		expect(countRequests(/inquiries\/inq_/)).toBe(3);
	});

	it('takes the personal data of a redacted object out of the tables', async () => {
		const { sandbox } = environment;
		await withChoice({ withFields: true }, async () => {
			const id = await completeInquiry(sandbox, {
				'name-first': 'Jane',
				'name-last': 'Unmistakable',
			});
			update(id, { 'reference-id': 'user-1', 'reviewer-comment': 'Jane called', tags: ['jane'] });
			addCase('case_1', { resolution: 'Jane', tags: ['jane'] });
			addReport('rep_1', { tags: ['jane'] });
			await exportAll();
			expect((await fetchRow('inquiries', id))?.fields).toMatchObject({
				'name-last': 'Unmistakable',
			});
			const before = await Promise.all(TABLES.map(fetchRows));
			expect(JSON.stringify(before)).toMatch(/Jane|jane|user-1/);

			await send(sandbox, 'DELETE', `/inquiries/${id}`);
			const at = new Date().toISOString();
			update('case_1', { 'redacted-at': at });
			Object.assign(find('rep_1').attributes, { 'redacted-at': at });
			await exportAll();
			expect(await fetchRow('inquiries', id)).toMatchObject({ status: 'completed', fields: null });
			expect((await fetchRow('inquiries', id))?.redacted_at).not.toBeNull();
			const after = await Promise.all(TABLES.map(fetchRows));
			expect(JSON.stringify(after)).not.toMatch(/Unmistakable|Jane|jane|user-1/);
		});
	});

	it('gives the inquiries and reports of a merged account the ID of the one that remains', async () => {
		const { sandbox } = environment;
		const [target, source] = await Promise.all(
			['user-1', 'user-2'].map(
				async (referenceId) =>
					(
						await send(sandbox, 'POST', '/accounts', {
							data: { attributes: { 'reference-id': referenceId } },
						})
					).data.id,
			),
		);
		const [id] = seed(1, { accountIds: [source] });
		const report = await send(sandbox, 'POST', '/reports', {
			data: {
				type: 'report/watchlist',
				attributes: { query: { term: 'Match' }, 'account-id': source },
			},
		});
		await exportAll();
		expect((await fetchRow('inquiries', id))?.account_id).toBe(source);

		await send(sandbox, 'POST', `/accounts/${target}/consolidate`, {
			meta: { 'source-account-ids': [source] },
		});
		await exportAll();
		expect((await fetchRow('inquiries', id))?.account_id).toBe(target);
		expect((await fetchRow('reports', report.data.id))?.account_id).toBe(target);
		expect((await fetchRow('inquiries', id))?.status).toBe('completed');
	});

	it('keeps what it does not know, and values of any kind, as they are', async () => {
		const [id] = seed(1);
		const known = `o'neil "$1" {{1}} <b>&\\u0000 \u{1F600} `;
		// A database takes neither of these two.
		const text = `${known}\u0000\ud83d`;
		update(id, {
			status: 'frozen',
			'reviewer-comment': text,
			tags: [text],
			'new-attribute': { a: 1 },
		});
		addVerification(id, 'ver_1', { status: 'paused', checks: null as never }, 'retina-scan');
		addReport('rep_1', { status: 'queued', 'has-match': null, tags: null as never }, 'horoscope');
		addCase('case_1', { status: `'); DROP TABLE persona_cases; --`, tags: null as never });
		await exportAll();
		const row = await fetchRow('inquiries', id);
		const kept = `${known}\ufffd`;
		expect(row).toMatchObject({ status: 'frozen', reviewer_comment: kept, tags: [kept] });
		expect(await fetchRow('verifications', 'ver_1')).toMatchObject({
			...{ type: 'retina-scan', status: 'paused', checks: null },
		});
		expect(await fetchRow('reports', 'rep_1')).toMatchObject({
			...{ type: 'horoscope', status: 'queued', has_match: null, tags: [] },
		});
		expect((await fetchRow('cases', 'case_1'))?.status).toContain('DROP TABLE');
	});

	it('exports objects that were all changed at the same moment, however many', async () => {
		const ids = seed(2 * PAGE + 50);
		for (const id of ids) update(id, { 'updated-at': '2026-04-01T00:00:00.000Z' });
		await exportAll();
		expect(await countRows()).toEqual([ids.length, 0, 0, 0]);
	});

	it.each(['a retry', 'the next night'])(
		'goes on with the page that has failed: %s',
		async (how) => {
			const ids = seed(5 * PAGE - 50);
			environment.sandbox.control.addFault({
				...{ path: `/inquiries/${ids[2 * PAGE + 50]}`, kind: 'status', status: 403 },
			});
			const broken = await runNight();
			expect([broken.status, broken.lastNode]).toEqual(['error', 'Export a page']);
			const [written] = await countRows();
			// A page begins with the last inquiry of the one before.
			expect(written).toBe(2 * PAGE - 1);

			environment.sandbox.control.requests.length = 0;
			const next = how === 'a retry' ? await published.retryExecution(broken) : await runNight();
			const ended = await environment.client.waitForExecution(next.id, 120_000);
			expect(ended.status).toBe('success');
			expect(await countRows()).toEqual([ids.length, 0, 0, 0]);
			// Those that were written are not read again, except those of the last hour.
			expect(countRequests(/inquiries\/inq_/)).toBeLessThan(ids.length - written + PAGE);
		},
	);

	it('writes nothing of a page, nor how far it came, when a row of it is refused', async () => {
		const ids = Array.from({ length: 3 }, (_, index) => `case_${index}`);
		for (const id of ids) addCase(id);
		addReport('rep_1');
		await runQuery(`ALTER TABLE persona_cases ADD CONSTRAINT refused CHECK (case_id <> 'case_2')`);
		try {
			const broken = await runNight();
			expect([broken.status, broken.lastNode]).toEqual(['error', 'Export a page']);
			expect(await countRows()).toEqual([0, 0, 0, 0]);
			expect(await fetchRow('export', 'cases')).toBeUndefined();
		} finally {
			await runQuery('ALTER TABLE persona_cases DROP CONSTRAINT refused');
		}
		await exportAll();
		expect(await countRows()).toEqual([0, 0, 1, 3]);
	});

	it('goes on within the list of reports, and begins it anew the next night', async () => {
		for (let index = 0; index < 1_200; index++) {
			const at = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();
			addReport(`rep_${String(index).padStart(4, '0')}`, { 'created-at': at });
		}
		await exportAll();
		expect((await countRows())[2]).toBe(1_200);

		await runQuery(
			`DELETE FROM persona_reports; UPDATE persona_export SET cursor = 'rep_0700' WHERE list = 'reports'`,
		);
		await exportAll();
		expect((await countRows())[2]).toBe(700);
		expect(await fetchRow('export', 'reports')).toMatchObject({ cursor: null });
		await exportAll();
		expect((await countRows())[2]).toBe(1_200);
	});

	it('exports everything once when two runs overlap', async () => {
		const ids = seed(2 * PAGE + 10);
		for (const [index, id] of ids.entries()) addVerification(id, `ver_${index}`);
		for (let index = 0; index < 1_200; index++) addReport(`rep_${index}`);
		const nights = [await startNight(), await startNight()];
		for (const night of nights) {
			const { status } = await environment.client.waitForExecution(night, 150_000);
			expect(status).toBe('success');
		}
		expect(await countRows()).toEqual([ids.length, ids.length, 1_200, 0]);
		expect(await fetchRow('export', 'reports')).toMatchObject({ cursor: null });
	});

	it('never overwrites a row by something older', async () => {
		const [id] = seed(1);
		addVerification(id, 'ver_1');
		addCase('case_1');
		addReport('rep_1');
		await exportAll();
		await runQuery(
			`UPDATE persona_inquiries SET status = 'newer', updated_at = now();
			UPDATE persona_cases SET status = 'newer', updated_at = now();
			UPDATE persona_verifications SET status = 'newer', read_at = now() + interval '1 day';
			UPDATE persona_reports SET status = 'newer', read_at = now() + interval '1 day';
			DELETE FROM persona_export;`,
		);
		await exportAll();
		const all = [
			await fetchRow('inquiries', id),
			await fetchRow('cases', 'case_1'),
			await fetchRow('verifications', 'ver_1'),
			await fetchRow('reports', 'rep_1'),
		];
		expect(all.map((row) => row?.status)).toEqual(Array(4).fill('newer'));
	});

	it('exports only the lists that are chosen', async () => {
		seed(1);
		addCase('case_1');
		addReport('rep_1');
		await withChoice({ lists: "={{ ['cases'] }}" }, async () => {
			await exportAll();
			expect(await countRows()).toEqual([0, 0, 0, 1]);
		});
	});

	it('fails while the database is down, and a retry exports everything', async () => {
		const ids = seed(3);
		await connectDatabase(NOWHERE);
		const broken = await runNight();
		await connectDatabase();
		expect(broken.status).toBe('error');
		const retried = await published.retryExecution(broken);
		expect((await environment.client.waitForExecution(retried.id)).status).toBe('success');
		expect((await countRows())[0]).toBe(ids.length);
	});

	it('exports 50,000 rows', async () => {
		const ids = seed(4_000);
		for (const [index, id] of ids.entries()) {
			addVerification(id, `ver_a${index}`, {}, 'government-id');
			addVerification(id, `ver_b${index}`);
		}
		for (let index = 0; index < 36_000; index++) addReport(`rep_${index}`, {}, 'watchlist', ids[0]);
		for (let index = 0; index < 2_000; index++) {
			const at = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();
			addCase(`case_${index}`, { 'updated-at': at }, [ids[index]]);
		}
		await exportAll();
		expect(await countRows()).toEqual([4_000, 8_000, 36_000, 2_000]);
		environment.sandbox.control.requests.length = 0;
		await exportAll();
		expect(countRequests(/inquiries\/inq_/)).toBeLessThan(PAGE);
	}, 500_000);
});
