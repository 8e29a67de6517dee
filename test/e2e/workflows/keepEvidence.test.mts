import { createHash } from 'node:crypto';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { fetchDataTablePath, fetchRows } from './dataTable.mts';
import {
	getExecutedNodes,
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { s3Key } from '../../../tools/services/s3.mts';
import { redeliverEvent, completeInquiry, countActions, decideAsPerson } from './scenarioSteps.mts';

/** An address without a server. */
const NOWHERE = 'http://127.0.0.1:1';

/** A row of the register. */
interface Row {
	id: number;
	eventId: string;
	inquiryId: string;
	decision: string;
	decidedAt: string;
	decidedBy: string | null;
	why: string | null;
	comment: string | null;
	folder: string;
	files: number | null;
	manifestSha256: string | null;
	missing: string | null;
	storedAt: string | null;
}

/** The entry of a file in a manifest. */
interface ManifestEntry {
	fileName: string;
	kind: string;
	sha256: string;
}

interface Manifest {
	inquiryId: string;
	decision: string;
	files: ManifestEntry[];
	missing: { reason: string }[];
}

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('"Keep the evidence of every decision"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('10-keep-evidence-of-decisions');
		await createRegister();
	});
	afterAll(async () => await environment?.close());

	const createRegister = async () => await published.runOnce();

	/** Reads the rows of an inquiry in the register, oldest first. */
	const fetchRowsAbout = async (inquiryId: string) =>
		(await fetchRows<Row>(environment.client)).filter((row) => row.inquiryId === inquiryId);

	/** Finds the stored files of an inquiry, with their keys. */
	const findFiles = (inquiryId: string) =>
		Array.from(environment.s3.files).filter(([key]) => key.startsWith(`${inquiryId}/`));

	const readFile = (key: string) => {
		const found = environment.s3.files.get(key);
		if (!found) throw new Error(`Nothing is stored as ${key}`);
		return found.bytes;
	};

	/** Reads the manifest of a row. Checks that row, manifest and files match. */
	const readManifest = ({ inquiryId, folder, files, manifestSha256 }: Row): Manifest => {
		const bytes = readFile(`${folder}/${inquiryId}-manifest.json`);
		expect(hash(bytes)).toBe(manifestSha256);
		const manifest = JSON.parse(bytes.toString()) as Manifest;
		expect(manifest.files).toHaveLength(Number(files));
		for (const { fileName, sha256 } of manifest.files) {
			expect([fileName, hash(readFile(`${folder}/${fileName}`))]).toEqual([fileName, sha256]);
		}
		const inFolder = findFiles(inquiryId).filter(([key]) => key.startsWith(`${folder}/`));
		expect(inFolder).toHaveLength(manifest.files.length + 1);
		return manifest;
	};

	const completePersonInquiry = async (lastName = 'Doe') =>
		await completeInquiry(environment.sandbox, { 'name-first': 'Jane', 'name-last': lastName });

	const decide = async (id: string, decision: 'approve' | 'decline', comment?: string) =>
		await decideAsPerson(environment.sandbox, id, decision, comment);

	/** Completes and approves a new inquiry, and waits for the execution. */
	const approveNewInquiry = async () => {
		const id = await completePersonInquiry();
		await decide(id, 'approve');
		const [execution] = await published.waitForExecutions(id);
		return { id, execution };
	};

	/** Updates the address of the file storage in n8n. */
	const connectStore = async (endpoint = environment.s3.url) => {
		const { id, type } = environment.credentials.s3;
		const data = { ...s3Key, endpoint, region: 'us-east-1', forcePathStyle: true };
		await environment.client.updateCredential(id, { name: 'Store of files', type, data });
	};

	it('creates its register, and changes nothing when it runs again', async () => {
		const { id } = await approveNewInquiry();
		const before = await fetchRowsAbout(id);
		await createRegister();
		expect(await fetchRowsAbout(id)).toEqual(before);
		expect(before).toHaveLength(1);
	});

	it.each([
		['approve', 'approved'],
		['decline', 'declined'],
	] as const)(
		'stores the evidence after %s, and records who decided, when and why',
		async (decision, status) => {
			const id = await completePersonInquiry();
			await decide(id, decision, 'Known at the branch');
			const [execution] = await published.waitForExecutions(id);
			expect([execution.status, execution.error?.message]).toEqual(['success', undefined]);
			const [row, ...others] = await fetchRowsAbout(id);
			expect(others).toEqual([]);
			expect(row).toMatchObject({
				decision: status,
				decidedAt: environment.sandbox.control.find(id)?.attributes['decisioned-at'],
				decidedBy: `person ${fixtures.user}`,
				comment: 'Known at the branch',
				missing: '',
			});
			expect(row.why).toMatch(`${id}: ${status} by review`);
			expect(Date.parse(String(row.storedAt))).toBeGreaterThan(Date.parse(row.decidedAt));
			const { inquiryId, decision: written, files } = readManifest(row);
			expect([inquiryId, written]).toEqual([id, status]);
			const kinds = ['idImage', 'json', 'pdf', 'selfie'];
			expect([...new Set(files.map(({ kind }) => kind))].sort()).toEqual(kinds);
		},
	);

	it('records why the inquiry of a person on a watchlist was declined', async () => {
		const id = await completePersonInquiry('Match');
		const { control } = environment.sandbox;
		const report = await send(environment.sandbox, 'POST', '/reports', {
			data: { type: 'report/watchlist', attributes: { query: { term: 'Jane Match' } } },
		});
		await waitFor(
			'the report is ready',
			async () => control.find(report.data.id)?.attributes.status === 'ready',
		);
		const { relationships = {} } = control.find(id) ?? {};
		relationships.reports = { data: [{ type: report.data.type, id: report.data.id }] };
		await decide(id, 'decline');
		await published.waitForExecutions(id);
		const [row] = await fetchRowsAbout(id);
		expect(row.why).toContain('1 watchlist match');
		const names = readManifest(row).files.map(({ fileName }) => fileName);
		expect(names).toContain(`${id}-report-watchlist-${report.data.id}.pdf`);
	});

	it('keeps no names in the register', async () => {
		const { id } = await approveNewInquiry();
		expect(JSON.stringify(await fetchRowsAbout(id))).not.toMatch(/Jane|Doe/);
	});

	it('does nothing about an inquiry without a decision', async () => {
		const id = await completePersonInquiry('Fail');
		await approveNewInquiry();
		expect(await published.waitForExecutions(id, 0)).toEqual([]);
		expect(await fetchRowsAbout(id)).toEqual([]);
	});

	it('creates a row and a folder for each decision, and does not change the older ones', async () => {
		const { id } = await approveNewInquiry();
		const [first] = await fetchRowsAbout(id);
		const stored = findFiles(id);
		await decide(id, 'decline');
		await published.waitForExecutions(id, 2);
		const [before, after, ...others] = await fetchRowsAbout(id);
		expect(others).toEqual([]);
		expect(before).toEqual(first);
		expect(findFiles(id)).toEqual(expect.arrayContaining(stored));
		expect([after.decision, readManifest(after).decision]).toEqual(['declined', 'declined']);
	});

	it('keeps one row and the same files when Persona delivers an event twice', async () => {
		const { id } = await approveNewInquiry();
		const rows = await fetchRowsAbout(id);
		const stored = findFiles(id);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		const [, again] = await published.waitForExecutions(id, 2);
		expect([again.status, again.lastNode]).toEqual(['success', 'Remove the second row']);
		expect(await fetchRowsAbout(id)).toEqual(rows);
		expect(findFiles(id)).toEqual(stored);
		expect(countActions(environment.sandbox, id, 'print')).toBe(1);
	});

	it('collects once when an event arrives again while its evidence is being collected', async () => {
		const { control } = environment.sandbox;
		control.addFault({ path: '/inquiries/.+/print', kind: 'stall', stallMs: 8_000 });
		const id = await completePersonInquiry();
		await decide(id, 'approve');
		await waitFor(
			'the evidence is being collected',
			async () => countActions(environment.sandbox, id, 'print') > 0,
		);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		const [first, second] = await published.waitForExecutions(id, 2);
		expect([first.lastNode, second.lastNode]).toEqual([
			'Enter the evidence',
			'Remove the second row',
		]);
		const [row, ...others] = await fetchRowsAbout(id);
		expect(others).toEqual([]);
		readManifest(row);
		expect(countActions(environment.sandbox, id, 'print')).toBe(1);
	});

	it('records for a late event that its decision was replaced, and changes no other row', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await completePersonInquiry();
		await decide(id, 'approve');
		await decide(id, 'decline');
		control.releaseDeliveries();
		const executions = await published.waitForExecutions(id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		const rows = await fetchRowsAbout(id);
		expect(rows.map(({ decision }) => decision).sort()).toEqual(['approved', 'declined']);
		const findRow = (decision: string) => rows.find((row) => row.decision === decision) as Row;
		expect(findRow('approved')).toMatchObject({
			files: 0,
			missing: 'Everything: when the event came, the inquiry had become declined',
			why: null,
			manifestSha256: null,
			storedAt: null,
		});
		const declined = findRow('declined');
		expect(readManifest(declined).decision).toBe('declined');
		const { folder } = declined;
		expect(findFiles(id).filter(([key]) => !key.startsWith(`${folder}/`))).toEqual([]);
	});

	it('stores what is available, and records in the register what is missing', async () => {
		const { control } = environment.sandbox;
		control.addFault({ path: '/verifications/.+/print', kind: 'status', status: 403 });
		const { id, execution } = await approveNewInquiry();
		expect(execution.status).toBe('success');
		const [row] = await fetchRowsAbout(id);
		expect(row.missing).toMatch(
			/^verification\/[\w-]+ ver_\w+, GET \/verifications\/ver_\w+\/print: This API key is not allowed/,
		);
		expect(readManifest(row).missing).toHaveLength(1);
	});

	it('records the decision while Persona cannot be read, and a retry adds the rest', async () => {
		const { control } = environment.sandbox;
		const id = await completePersonInquiry();
		// The node asks for less in each attempt, and would succeed in the end.
		const denial = { kind: 'status', status: 403, times: 100 } as const;
		control.addFault({ method: 'GET', path: '/inquiries/.+', ...denial });
		await decide(id, 'approve');
		const [failed] = await published.waitForExecutions(id);
		control.clearFaults();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Get decision summary']);
		const [row] = await fetchRowsAbout(id);
		expect(row).toMatchObject({ decision: 'approved', manifestSha256: null, storedAt: null });

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		const [complete, ...others] = await fetchRowsAbout(id);
		expect(others).toEqual([]);
		expect(complete.id).toBe(row.id);
		readManifest(complete);
	});

	it('stores the files by a retry when the store was down, and collects nothing again', async () => {
		await connectStore(NOWHERE);
		const { id, execution: failed } = await approveNewInquiry();
		await connectStore();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Store the files']);
		expect(getExecutedNodes(failed)).not.toContain('Enter the evidence');
		const [row] = await fetchRowsAbout(id);
		expect(row).toMatchObject({ decision: 'approved', storedAt: null });
		expect(findFiles(id)).toEqual([]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		const [complete, ...others] = await fetchRowsAbout(id);
		expect(others).toEqual([]);
		readManifest(complete);
		expect(countActions(environment.sandbox, id, 'print')).toBe(1);
	});

	it('fails without a register, and a retry continues once it exists', async () => {
		await environment.client.request('DELETE', await fetchDataTablePath(environment.client));
		const { id, execution: failed } = await approveNewInquiry();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Enter the decision']);
		expect(findFiles(id)).toEqual([]);

		await createRegister();
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		const [row] = await fetchRowsAbout(id);
		readManifest(row);
	});
});
