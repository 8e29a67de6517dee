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
import { s3Key } from './s3.mts';
import { redeliverEvent, completeInquiry, countActions } from './scenarioSteps.mts';

/** An address at which nobody answers. */
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

/** What a manifest tells of a file. */
interface Entry {
	fileName: string;
	kind: string;
	sha256: string;
}

interface Manifest {
	inquiryId: string;
	decision: string;
	files: Entry[];
	missing: { reason: string }[];
}

const sumOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('"Keep the evidence of every decision"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('10-keep-evidence-of-decisions');
		await makeRegister();
	});
	afterAll(async () => await environment?.close());

	const makeRegister = async () => await published.runOnce();

	/** What the register has about an inquiry, oldest first. */
	const rowsOf = async (inquiryId: string) =>
		(await fetchRows<Row>(environment.client)).filter((row) => row.inquiryId === inquiryId);

	/** What is stored of an inquiry, by its keys. */
	const objectsOf = (inquiryId: string) =>
		Array.from(environment.s3.files).filter(([key]) => key.startsWith(`${inquiryId}/`));

	const bytesAt = (key: string) => {
		const found = environment.s3.files.get(key);
		if (!found) throw new Error(`Nothing is stored as ${key}`);
		return found.bytes;
	};

	/** Checks that a row and the files in its folder fit each other, and gives the manifest. */
	const manifestOf = ({ inquiryId, folder, files, manifestSha256 }: Row): Manifest => {
		const bytes = bytesAt(`${folder}/${inquiryId}-manifest.json`);
		expect(sumOf(bytes)).toBe(manifestSha256);
		const manifest = JSON.parse(bytes.toString()) as Manifest;
		expect(manifest.files).toHaveLength(Number(files));
		for (const { fileName, sha256 } of manifest.files) {
			expect([fileName, sumOf(bytesAt(`${folder}/${fileName}`))]).toEqual([fileName, sha256]);
		}
		const inFolder = objectsOf(inquiryId).filter(([key]) => key.startsWith(`${folder}/`));
		expect(inFolder).toHaveLength(manifest.files.length + 1);
		return manifest;
	};

	const person = async (lastName = 'Doe') =>
		await completeInquiry(environment.sandbox, { 'name-first': 'Jane', 'name-last': lastName });

	const decide = async (id: string, decision: 'approve' | 'decline', comment?: string) =>
		await send(environment.sandbox, 'POST', `/inquiries/${id}/${decision}`, { meta: { comment } });

	/** Somebody who was approved, and what came of the event. */
	const approved = async () => {
		const id = await person();
		await decide(id, 'approve');
		const [execution] = await published.waitForExecutions(id);
		return { id, execution };
	};

	/** Tells n8n where the store is. */
	const connectStore = async (endpoint = environment.s3.url) => {
		const { id, type } = environment.credentials.s3;
		const data = { ...s3Key, endpoint, region: 'us-east-1', forcePathStyle: true };
		await environment.client.updateCredential(id, { name: 'Store of files', type, data });
	};

	it('makes its register, and does no harm when it is asked to again', async () => {
		const { id } = await approved();
		const before = await rowsOf(id);
		await makeRegister();
		expect(await rowsOf(id)).toEqual(before);
		expect(before).toHaveLength(1);
	});

	it.each([
		['approve', 'approved'],
		['decline', 'declined'],
	] as const)(
		'stores the evidence after %s, and enters who has decided, when and why',
		async (decision, status) => {
			const id = await person();
			await decide(id, decision, 'Known at the branch');
			const [execution] = await published.waitForExecutions(id);
			expect([execution.status, execution.error?.message]).toEqual(['success', undefined]);
			const [row, ...others] = await rowsOf(id);
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
			const { inquiryId, decision: written, files } = manifestOf(row);
			expect([inquiryId, written]).toEqual([id, status]);
			const kinds = ['idImage', 'json', 'pdf', 'selfie'];
			expect([...new Set(files.map(({ kind }) => kind))].sort()).toEqual(kinds);
		},
	);

	it('enters why an inquiry was declined whose person is on a watchlist', async () => {
		const id = await person('Match');
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
		const [row] = await rowsOf(id);
		expect(row.why).toContain('1 watchlist match');
		const names = manifestOf(row).files.map(({ fileName }) => fileName);
		expect(names).toContain(`${id}-report-watchlist-${report.data.id}.pdf`);
	});

	it('keeps the name of nobody in the register', async () => {
		const { id } = await approved();
		expect(JSON.stringify(await rowsOf(id))).not.toMatch(/Jane|Doe/);
	});

	it('does nothing about an inquiry that nobody has decided', async () => {
		const id = await person('Fail');
		await approved();
		expect(await published.waitForExecutions(id, 0)).toEqual([]);
		expect(await rowsOf(id)).toEqual([]);
	});

	it('has a row and a folder for each decision, and leaves the older one as it was', async () => {
		const { id } = await approved();
		const [first] = await rowsOf(id);
		const stored = objectsOf(id);
		await decide(id, 'decline');
		await published.waitForExecutions(id, 2);
		const [before, after, ...others] = await rowsOf(id);
		expect(others).toEqual([]);
		expect(before).toEqual(first);
		expect(objectsOf(id)).toEqual(expect.arrayContaining(stored));
		expect([after.decision, manifestOf(after).decision]).toEqual(['declined', 'declined']);
	});

	it('has one row and the same files when Persona delivers an event twice', async () => {
		const { id } = await approved();
		const rows = await rowsOf(id);
		const stored = objectsOf(id);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		const [, again] = await published.waitForExecutions(id, 2);
		expect([again.status, again.lastNode]).toEqual(['success', 'Remove the second row']);
		expect(await rowsOf(id)).toEqual(rows);
		expect(objectsOf(id)).toEqual(stored);
		expect(countActions(environment.sandbox, id, 'print')).toBe(1);
	});

	it('collects once when an event comes again while its evidence is being collected', async () => {
		const { control } = environment.sandbox;
		control.addFault({ path: '/inquiries/.+/print', kind: 'stall', stallMs: 8_000 });
		const id = await person();
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
		const [row, ...others] = await rowsOf(id);
		expect(others).toEqual([]);
		manifestOf(row);
		expect(countActions(environment.sandbox, id, 'print')).toBe(1);
	});

	it('says of a late event that its decision was replaced, and touches no other row', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await person();
		await decide(id, 'approve');
		await decide(id, 'decline');
		control.releaseDeliveries();
		const executions = await published.waitForExecutions(id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		const rows = await rowsOf(id);
		expect(rows.map(({ decision }) => decision).sort()).toEqual(['approved', 'declined']);
		const rowWith = (decision: string) => rows.find((row) => row.decision === decision) as Row;
		expect(rowWith('approved')).toMatchObject({
			files: 0,
			missing: 'Everything: when the event came, the inquiry had become declined',
			why: null,
			manifestSha256: null,
			storedAt: null,
		});
		const declined = rowWith('declined');
		expect(manifestOf(declined).decision).toBe('declined');
		const { folder } = declined;
		expect(objectsOf(id).filter(([key]) => !key.startsWith(`${folder}/`))).toEqual([]);
	});

	it('stores what there is, and names in the register what Persona did not give', async () => {
		const { control } = environment.sandbox;
		control.addFault({ path: '/verifications/.+/print', kind: 'status', status: 403 });
		const { id, execution } = await approved();
		expect(execution.status).toBe('success');
		const [row] = await rowsOf(id);
		expect(row.missing).toMatch(
			/^verification\/[\w-]+ ver_\w+, GET \/verifications\/ver_\w+\/print: This API key is not allowed/,
		);
		expect(manifestOf(row).missing).toHaveLength(1);
	});

	it('has the decision in the register while Persona cannot be read, and a retry adds the rest', async () => {
		const { control } = environment.sandbox;
		const id = await person();
		// Asked for less each time, Persona would answer in the end.
		const refusal = { kind: 'status', status: 403, times: 100 } as const;
		control.addFault({ method: 'GET', path: '/inquiries/.+', ...refusal });
		await decide(id, 'approve');
		const [failed] = await published.waitForExecutions(id);
		control.clearFaults();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Get decision summary']);
		const [row] = await rowsOf(id);
		expect(row).toMatchObject({ decision: 'approved', manifestSha256: null, storedAt: null });

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		const [complete, ...others] = await rowsOf(id);
		expect(others).toEqual([]);
		expect(complete.id).toBe(row.id);
		manifestOf(complete);
	});

	it('stores the files by a retry when the store was down, and collects nothing again', async () => {
		await connectStore(NOWHERE);
		const { id, execution: failed } = await approved();
		await connectStore();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Store the files']);
		expect(getExecutedNodes(failed)).not.toContain('Enter the evidence');
		const [row] = await rowsOf(id);
		expect(row).toMatchObject({ decision: 'approved', storedAt: null });
		expect(objectsOf(id)).toEqual([]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		const [complete, ...others] = await rowsOf(id);
		expect(others).toEqual([]);
		manifestOf(complete);
		expect(countActions(environment.sandbox, id, 'print')).toBe(1);
	});

	it('fails where there is no register, and a retry goes on once there is one', async () => {
		await environment.client.request('DELETE', await fetchDataTablePath(environment.client));
		const { id, execution: failed } = await approved();
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Enter the decision']);
		expect(objectsOf(id)).toEqual([]);

		await makeRegister();
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		const [row] = await rowsOf(id);
		manifestOf(row);
	});
});
