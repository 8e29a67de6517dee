import { buildDuration } from '../../support/buildDuration.mts';
import { buildXlsx } from '../../../tools/buildXlsx.mts';
import {
	openDataTables,
	openSpreadsheetForm,
	readOutput,
	type SpreadsheetForm,
} from './spreadsheetForm.mts';
import {
	getExecutedNodes,
	startWorkflowEnvironment,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';
import { readWorkflow } from './workflowFiles.mts';

const SCREENED = 'Screened';
const RECORDS = 'Records to review';

/** One line of the data table of results. */
interface Screened {
	referenceId: string;
	kind: string;
	row: number;
	result: string;
	reason: string;
	reportId: string;
	failures: number;
}

/** One line of the data table of records. */
interface FoundRecord {
	referenceId: string;
	name: string;
	born: string;
	lists: string;
	report: string;
	token: string;
	verdict: string | null;
}

/** What the page and Slack say. */
interface Summary {
	text: string;
	message: string;
}

const WAIT_SECONDS = 3;

describe('"Screen a list"', () => {
	let environment: WorkflowEnvironment;
	let form: SpreadsheetForm;
	let tables: ReturnType<typeof openDataTables>;
	let parties = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
			reportSeconds: 0.2,
		});
		const file = await readWorkflow('22-screen-a-list');
		const { options } = file.nodes.find(({ name }) => name === 'Screen')?.parameters ?? {};
		expect(options).toMatchObject({ waitAtMost: buildDuration(10, 'minutes') });
		Object.assign(options as object, { waitAtMost: buildDuration(WAIT_SECONDS, 'seconds') });
		const published = await environment.publishWorkflow('22-screen-a-list', file);
		await published.runOnce();
		tables = openDataTables(environment.client);
		form = await openSpreadsheetForm(environment.client, 'persona-screening');
	});
	afterAll(async () => {
		await form?.close();
		await environment?.close();
	});

	/** Somebody on a list with a unique ID. */
	const createParty = (name: string) => {
		parties += 1;
		return { id: `party-${parties}`, name };
	};

	const screen = async (list: { id: string; name: string; born?: string }[], kind = 'People') => {
		const lines = list.map(({ id, name, born = '' }) => `${id};${name};${born};US`);
		const csv = ['Supplier ID;Name;Birthdate;Country', ...lines].join('\r\n');
		const execution = await form.upload(csv, [kind]);
		return { execution, ...readOutput<Summary>(execution, 'Sum up') };
	};

	const fetchResult = async (id: string) =>
		(await tables.fetch<Screened>(SCREENED)).filter(({ referenceId }) => referenceId === id);

	const fetchRecords = async (id: string) =>
		(await tables.fetch<FoundRecord>(RECORDS)).filter(({ referenceId }) => referenceId === id);

	const countReports = () =>
		environment.sandbox.control.requests.filter(
			({ method, path }) => method === 'POST' && path.endsWith('/reports'),
		).length;

	it('screens an Excel file, and puts each record that is found up for review', async () => {
		const file = buildXlsx([
			['Supplier number', 'First name', 'Last name', 'Date of birth', 'Country'],
			[1, 'Jane', 'Doe', { days: 34436 }, 'US'],
			[2, 'Joe', 'Match', null, 'de'],
		]);
		const { page } = form;
		await page.locator('input[type=file]').setInputFiles({
			name: 'suppliers.xlsx',
			mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
			buffer: file,
		});
		await page.locator('select').selectOption('People');
		await page.locator('#submit-btn').click();
		await page.getByText('Records waiting for a verdict: 1 new').waitFor();
		expect(await page.locator('body').innerText()).toContain('The list has been screened');

		expect(await fetchResult('1')).toMatchObject([{ row: 2, result: 'clear', kind: 'People' }]);
		const [{ reportId, result }] = await fetchResult('2');
		expect(result).toBe('found');
		expect(await fetchRecords('1')).toEqual([]);
		expect(await fetchRecords('2')).toMatchObject([
			{
				...{ name: 'Joe Match', born: '1965-10-12', lists: 'Sample Sanctions List', verdict: null },
				report: `https://app.withpersona.com/dashboard/reports/${reportId}`,
			},
		]);
		const { text } = environment.slack.messages.at(-1) ?? { text: '' };
		expect(text).toMatch(
			/^List of 2 rows: 1 clear, 1 to review\. Records waiting for a verdict: 1 new\. /,
		);
		expect(environment.sandbox.control.find(reportId)?.relationships?.account).toEqual({
			data: null,
		});
		expect(text).not.toMatch(/Joe|Match/);
	});

	it('screens nothing if a row is wrong', async () => {
		const before = countReports();
		const execution = await form.upload('ID;Name;Country\n1;Acme;Germany\n;=1+1;US', [
			'Businesses',
		]);
		const { text } = readOutput<Summary>(execution, 'Say what is wrong');
		expect(text).toContain('Row 2, Country: is not a two-letter country code');
		expect(text).toContain('Row 3, ID: is empty');
		expect(text).toContain('Row 3, Name: begins like a formula');
		expect(countReports()).toBe(before);
		expect(getExecutedNodes(execution)).not.toContain('Screen');
	});

	it('asks next time about new records alone: what was cleared stays cleared, also in Persona', async () => {
		const [old, changed, waiting] = ['Ann Match', 'Bea Match', 'Cid Match'].map(createParty);
		const first = await screen([old, changed, waiting]);
		expect(first.message).toContain('Records waiting for a verdict: 3 new. ');
		await tables.update(RECORDS, 'referenceId', old.id, { verdict: 'cleared' });
		await tables.update(RECORDS, 'referenceId', changed.id, { verdict: 'cleared' });

		const later = [old, { ...changed, born: '1965-10-12' }, waiting, createParty('Dan Match')];
		const second = await screen(later);
		expect(second.message).toContain('1 with records that were all cleared before, 3 to review');
		expect(second.message).toContain('Records waiting for a verdict: 2 new, 1 from before.');
		expect(await fetchRecords(old.id)).toMatchObject([{ verdict: 'cleared' }]);
		expect(await fetchRecords(changed.id)).toMatchObject([
			{ verdict: 'cleared' },
			{ verdict: null },
		]);

		const statusOf = async (id: string) => {
			const [{ reportId }] = await fetchResult(id);
			const records = environment.sandbox.control.find(reportId)?.attributes['matched-records'];
			return (records as { 'review-status': string }[]).map((each) => each['review-status']);
		};
		// Each report of the sandbox has two records that differ in their tokens alone.
		expect(await statusOf(old.id)).toEqual(['false_positive', 'false_positive']);
		expect(await statusOf(changed.id)).toEqual(['pending', 'pending']);
		expect(await statusOf(waiting.id)).toEqual(['pending', 'pending']);

		await tables.update(RECORDS, 'referenceId', waiting.id, { verdict: 'match' });
		const { message } = await screen([waiting]);
		expect(message).toContain('1 known as a match');
	});

	it('lists what could not be screened, never as clear, and goes on with it later', async () => {
		const [clear, broken, late, unread] = [
			...['Eve Clear', 'Fay Error', 'Waits Forever', 'Gus Match'],
		].map(createParty);
		environment.sandbox.control.addFault({
			...{ method: 'POST', path: '/reports', kind: 'status', status: 403, times: 1 },
		});
		const refused = createParty('Hal Clear');
		const alone = await screen([refused]);
		expect(alone.message).toBe('List of 1 row: 1 not screened.');

		const { message, text } = await screen([clear, broken, late, unread]);
		expect(message).toMatch(/^List of 4 rows: 1 clear, 1 to review, 2 not screened\. /);
		expect(text).toContain('Row 3 (Fay Error) was not screened');
		expect(await fetchResult(broken.id)).toMatchObject([{ result: 'not screened', failures: 1 }]);
		expect(await fetchResult(late.id)).toMatchObject([{ result: 'not screened', failures: 0 }]);

		const before = countReports();
		const again = await screen([refused, clear]);
		expect(again.message).toContain('2 clear');
		expect(countReports()).toBe(before + 2);
		expect(await fetchResult(refused.id)).toMatchObject([{ result: 'clear', failures: 1 }]);
	});

	it('does not call somebody clear whose records cannot be read', async () => {
		const party = createParty('Ida Match');
		const execution = form.startUpload(`ID;Name\n${party.id};${party.name}`, ['People']);
		// The first reading waits for the result, the second one reads the records.
		environment.sandbox.control.addFault({
			...{ method: 'GET', path: '/reports/.+', kind: 'truncate', times: 50 },
		});
		const { runs, ...rest } = await form.waitForPage(await execution);
		environment.sandbox.control.clearFaults();
		const { message } = readOutput<Summary>({ runs, ...rest }, 'Sum up');
		expect(message).toBe('List of 1 row: 1 not screened.');
	});

	it('screens businesses, and pays once for a file that is uploaded twice on a day', async () => {
		const list = ['Acme Match', 'Globex'].map(createParty);
		const first = await screen(list, 'Businesses');
		expect(first.message).toContain('1 clear');
		const [{ reportId }] = await fetchResult(list[0].id);
		expect(environment.sandbox.control.find(reportId)?.type).toBe('report/business-watchlist');
		expect(await fetchRecords(list[0].id)).toMatchObject([{ lists: 'Sample Sanctions List' }]);

		const reports = environment.sandbox.control.store.getCollection('report').findAll().length;
		const second = await screen(list, 'Businesses');
		expect(second.message).toContain('Records waiting for a verdict: 1 from before.');
		expect(environment.sandbox.control.store.getCollection('report').findAll()).toHaveLength(
			reports,
		);
	});

	it('screens more rows than one batch has, and counts each once', async () => {
		const list = Array.from({ length: 60 }, () => createParty('Jim Clear'));
		const { message } = await screen(list);
		expect(message).toMatch(/^List of 60 rows: 60 clear/);
		expect(await tables.fetch<{ state: string }>('Screening uploads')).toContainEqual(
			expect.objectContaining({ rows: 60, rowsDone: 60, state: 'done' }),
		);
	});

	it('shows the result when Slack is down, and makes no second report for the same list', async () => {
		environment.slack.failNext({ status: 500 }, 5);
		const party = createParty('Kim Match');
		const csv = `ID;Name\n${party.id};${party.name}`;
		const upload = await form.upload(csv, ['People']);
		expect(upload).toMatchObject({ status: 'waiting', lastNode: 'Show the result' });
		expect(readOutput<{ error: string }>(upload, 'Tell the team').error).not.toBe('');
		const [{ reportId }] = await fetchResult(party.id);
		await form.upload(csv, ['People']);
		expect(await fetchResult(party.id)).toMatchObject([{ reportId }]);
		expect(await fetchRecords(party.id)).toHaveLength(1);
	});
});
