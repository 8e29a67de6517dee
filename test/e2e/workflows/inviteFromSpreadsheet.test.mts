import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
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
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';
import { readWorkflow } from './workflowFiles.mts';

const INVITATIONS = 'Invitations';
const UPLOADS = 'Invitation uploads';

/** One line of the data table of people. */
interface Invitation {
	referenceId: string;
	email: string;
	upload: number;
	row: number;
	outcome: string;
	reason: string;
	inquiryId: string | null;
	invitedAt: string | null;
	failures: number | null;
}

interface Upload {
	by: string;
	state: string;
	rows: number;
	invited: number | null;
	known: number | null;
	failed: number | null;
}

/** What the page and Slack say. */
interface Summary {
	text: string;
	message: string;
}

/** An upload without progress for this long is given up; the workflow itself waits two hours. */
const PATIENCE_MS = 4_000;

const TITLES = 'Reference ID;Email;First name;Last name;Birthdate';

describe('"Invite many from a spreadsheet"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let form: SpreadsheetForm;
	let tables: ReturnType<typeof openDataTables>;
	let people = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
		});
		const { nodes } = await readWorkflow('18-invite-from-spreadsheet');
		const shipped = JSON.stringify(nodes);
		const shortened = shipped.replace('{ hours: 2 }', `{ milliseconds: ${PATIENCE_MS} }`);
		expect(shortened).not.toBe(shipped);
		published = await environment.publishWorkflow('18-invite-from-spreadsheet', {
			nodes: JSON.parse(shortened) as typeof nodes,
		});
		await published.runOnce();
		tables = openDataTables(environment.client);
		form = await openSpreadsheetForm(environment.client, 'persona-invitations');
	});
	afterAll(async () => {
		await form?.close();
		await environment?.close();
	});

	/** A new person with a unique ID and address. */
	const createPerson = () => {
		people += 1;
		return { id: `person-${people}`, email: `person-${people}@example.com` };
	};
	const createPeople = (count: number) => Array.from({ length: count }, createPerson);

	const buildCsv = (list: { id: string; email: string }[]) =>
		[TITLES, ...list.map(({ id, email }) => `${id};${email};Jane;Doe;1994-04-12`)].join('\r\n');

	const findMails = (email: string) =>
		environment.smtp.mails.filter(({ to }) => to.includes(email));

	const findLink = (email: string) => {
		const [{ text }] = findMails(email);
		return /https?:\/\/\S+/.exec(text)?.[0] ?? '';
	};

	const fetchInvitation = async (id: string) =>
		(await tables.fetch<Invitation>(INVITATIONS)).filter(({ referenceId }) => referenceId === id);

	const countInquiries = () =>
		environment.sandbox.control.store.getCollection('inquiry').findAll().length;

	const countInquiriesOf = (id: string) =>
		environment.sandbox.control.store
			.getCollection('inquiry')
			.findAll()
			.filter((inquiry) => {
				const [account] = environment.sandbox.control.store.getRelated(inquiry, 'account');
				return account?.attributes['reference-id'] === id;
			}).length;

	it('rejects a file of a user who is not signed in', async () => {
		const body = new FormData();
		body.append('field-0', new Blob([buildCsv(createPeople(1))]), 'list.csv');
		expect((await fetch(form.url, { method: 'POST', body })).status).toBe(401);
		expect(await tables.fetch(UPLOADS)).toEqual([]);
	});

	it('invites everybody in an Excel file, and says on the page and in Slack how many', async () => {
		const jane = createPerson();
		const file = buildXlsx(
			[
				['Customer number', 'E-Mail', 'Vorname', 'Last name', 'Date of birth', 'Notes'],
				[],
				[1001, ` ${jane.email} `, 'Jane <&>', 'Doe', { days: 34436 }, 'x'],
				[{ formula: 'A3+1', result: 1002 }, 'formula@example.com', null, null, '12.4.1994', null],
				[],
			],
			// As a sheet says whose columns are formatted down to the last row.
			{ left: 1, top: 2, height: 1_048_576 },
		);
		const { page } = form;
		await page.locator('input[type=file]').setInputFiles({
			name: 'people.xlsx',
			mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
			buffer: file,
		});
		await page.locator('#submit-btn').click();
		await page.getByText('2 invited').waitFor();
		const text = await page.locator('body').innerText();
		expect(text).toContain('The file has been processed');
		expect(text).toContain('Columns that were not used: Notes');

		const [row] = await fetchInvitation('1001');
		expect(row).toMatchObject({ email: jane.email, row: 5, outcome: 'invited', reason: '' });
		const inquiry = environment.sandbox.control.find(String(row.inquiryId));
		expect(inquiry?.attributes.fields).toMatchObject({
			'name-first': { value: 'Jane <&>' },
			birthdate: { value: '1994-04-12' },
		});
		expect(await fetchInvitation('1002')).toMatchObject([{ row: 6, outcome: 'invited' }]);
		expect(findMails(jane.email)).toHaveLength(1);
		await completeHostedFlow(findLink(jane.email));
		expect(environment.sandbox.control.find(String(row.inquiryId))?.attributes.status).toBe(
			'completed',
		);

		const { text: message } = environment.slack.messages.at(-1) ?? { text: '' };
		expect(message).toMatch(/^2 rows in a spreadsheet: 2 invited\. /);
		expect(message).not.toContain('Jane');
		expect(await tables.fetch<Upload>(UPLOADS)).toMatchObject([
			{ state: 'done', rows: 2, invited: 2, known: 0, failed: 0 },
		]);
	});

	it('does nothing with a file in which one row is wrong, and lists every fault', async () => {
		const [before, uploads] = [countInquiries(), (await tables.fetch(UPLOADS)).length];
		const [good] = createPeople(1);
		const csv = `${buildCsv([good])}\r\n;jane;=1+1;;soon\r\n`;
		const execution = await form.upload(csv);
		const { text } = readOutput<Summary>(execution, 'Say what is wrong');
		expect(text.split('<br>').slice(1)).toEqual([
			'Row 3, Reference ID: is empty',
			'Row 3, Email: is not one plain email address',
			'Row 3, First name: begins like a formula',
			expect.stringContaining('Row 3, Birthdate: is not a date'),
		]);
		expect(countInquiries()).toBe(before);
		expect(await fetchInvitation(good.id)).toEqual([]);
		expect(await tables.fetch(UPLOADS)).toHaveLength(uploads);
		expect(findMails(good.email)).toEqual([]);
	});

	it.each([
		['that is damaged', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(200, 7)])],
		['without a row', TITLES],
		['without anything in it', ''],
	])('says what is wrong with a file %s', async (_, file) => {
		const execution = await form.upload(file);
		expect(readOutput<Summary>(execution, 'Say what is wrong').text).toMatch(/Row 1: /);
	});

	it('invites only who is new when the file comes again, with spellings changed', async () => {
		const [jane, joe, ann, new_] = createPeople(4);
		await form.upload(buildCsv([jane, joe, ann]));
		const before = countInquiries();

		const again = Buffer.from(
			`\ufeff${buildCsv([
				{ id: ` ${jane.id}\u00a0`, email: jane.email.toUpperCase() },
				{ id: joe.id, email: 'other@example.com' },
				{ id: 'another-id', email: ann.email },
				new_,
				new_,
			])}\r\n;;;;\r\n`,
			'utf16le',
		);
		const { text, message } = readOutput<Summary>(await form.upload(again), 'Sum up');
		expect(message).toContain(
			'1 invited, 1 already invited, 2 already invited with a different address or ID',
		);
		expect(text).toContain('Different address or ID than before: rows 3, 4.');
		expect(text).toContain('Repeated in the file: row 6.');
		expect(countInquiries()).toBe(before + 1);
		for (const { email } of [jane, joe, ann, new_]) expect(findMails(email)).toHaveLength(1);
		expect(findMails('other@example.com')).toEqual([]);

		// And nobody at all is new.
		const last = await form.upload(buildCsv([jane, joe, ann, new_]));
		expect(readOutput<Summary>(last, 'Sum up').message).toContain(': 4 already invited.');
		expect(countInquiries()).toBe(before + 1);
	});

	it('goes on with the others when Persona or the mail server refuses one, and later with those', async () => {
		const [unmailed, refused, ...others] = createPeople(4);
		environment.smtp.unknownMailboxes.add(unmailed.email);
		const list = [unmailed, refused, ...others];
		// The node sends the items of a batch at once, so that it may be any of them.
		environment.sandbox.control.addFault({
			...{ method: 'POST', path: '/inquiries', kind: 'status', status: 422 },
		});
		const first = readOutput<Summary>(await form.upload(buildCsv(list)), 'Sum up');
		const rows = await Promise.all(list.map(async ({ id }) => (await fetchInvitation(id))[0]));
		const [notCreated] = rows.filter(({ outcome }) => outcome === 'not created');
		expect(notCreated).toMatchObject({ inquiryId: null, failures: 1, invitedAt: null });
		expect(notCreated.reason).not.toBe('');
		const mailed = rows.filter(({ outcome }) => outcome === 'invited');
		const notMailed = rows.filter(({ outcome }) => outcome === 'not mailed');
		expect(mailed.length + notMailed.length).toBe(3);
		for (const { reason, inquiryId } of notMailed) {
			expect(reason).toContain('550');
			expect(inquiryId).toMatch(/^inq_/);
		}
		expect(first.text).toContain('Upload the file again to retry these.');

		environment.smtp.unknownMailboxes.clear();
		const second = readOutput<Summary>(await form.upload(buildCsv(list)), 'Sum up');
		expect(second.message).toContain(`${4 - mailed.length} invited`);
		for (const { id, email } of list) {
			expect(await fetchInvitation(id)).toMatchObject([{ outcome: 'invited', reason: '' }]);
			expect(countInquiriesOf(id)).toBe(1);
			expect(findMails(email)).toHaveLength(1);
		}
	});

	it('works on one file at a time, stops when it has lost its turn, and goes on with the file later', async () => {
		const list = createPeople(60);
		environment.sandbox.control.addFault({
			...{ method: 'POST', path: '/inquiries', kind: 'stall', stallMs: 2_500 },
		});
		const id = await form.startUpload(buildCsv(list));
		const { id: own } = await tables.waitForRow<Upload & { id: number }>(
			UPLOADS,
			({ state }) => state === 'working',
		);
		const other = await form.upload(buildCsv(createPeople(1)));
		expect(readOutput<Summary>(other, 'Say what is wrong').text).toContain('Another file');
		expect(getExecutedNodes(other)).not.toContain('Create the inquiry');

		await tables.update(UPLOADS, 'id', own, { state: 'stopped' });
		const stopped = await form.waitForPage(id);
		expect(stopped.status).toBe('success');
		expect(getExecutedNodes(stopped)).not.toContain('Tell the team');
		const begun = (await tables.fetch<Invitation>(INVITATIONS)).filter(
			({ upload }) => upload === own,
		);
		expect(begun).toHaveLength(50);

		const { message } = readOutput<Summary>(await form.upload(buildCsv(list)), 'Sum up');
		expect(message).toContain('10 invited, 50 already invited');
		for (const { email } of list) expect(findMails(email)).toHaveLength(1);
		expect(new Set(environment.smtp.mails.map(({ to }) => to[0])).size).toBe(
			environment.smtp.mails.length,
		);
	});

	it('gives up an upload that shows no progress any more', async () => {
		const stuck = { by: 'somebody', rows: 9, rowsDone: 0, state: 'working' };
		await tables.insert(UPLOADS, [stuck]);
		const list = createPeople(1);
		const { status, runs } = await form.upload(buildCsv(list));
		expect([status, Object.keys(runs).includes('Withdraw the upload')]).toEqual(['waiting', true]);
		await waitFor('the stuck upload is given up', async () => {
			const execution = await form.upload(buildCsv(list));
			return getExecutedNodes(execution).includes('Sum up');
		});
		const uploads = await tables.fetch<Upload>(UPLOADS);
		expect(uploads.find(({ by }) => by === 'somebody')?.state).toBe('stopped');
		expect(findMails(list[0].email)).toHaveLength(1);
	});

	it('shows the result when Slack is down at the end, and says that the team was not notified', async () => {
		environment.slack.failNext({ status: 500 }, 5);
		const list = createPeople(2);
		const messages = environment.slack.messages.length;
		const { page } = form;
		await page.goto(form.url);
		await page.locator('input[type=file]').setInputFiles({
			name: 'people.csv',
			mimeType: 'text/csv',
			buffer: Buffer.from(buildCsv(list)),
		});
		await page.locator('#submit-btn').click();
		await page.getByText('The team could not be notified in Slack').waitFor({ timeout: 60_000 });
		expect(await page.locator('body').innerText()).toContain('2 invited');
		expect(environment.slack.messages).toHaveLength(messages);
		for (const { id, email } of list) {
			expect(await fetchInvitation(id)).toMatchObject([{ outcome: 'invited' }]);
			expect(findMails(email)).toHaveLength(1);
		}
		expect((await tables.fetch<Upload>(UPLOADS)).at(-1)).toMatchObject({
			state: 'done',
			invited: 2,
		});
	});

	it('notifies the team when Slack answers again in time', async () => {
		environment.slack.failNext({ status: 500 }, 2);
		const list = createPeople(1);
		const execution = await form.upload(buildCsv(list));
		expect(readOutput<Summary>(execution, 'Sum up').text).toBe('1 invited');
		expect(environment.slack.messages.at(-1)?.text).toContain('1 row in a spreadsheet: 1 invited.');
		expect(findMails(list[0].email)).toHaveLength(1);
	});

	it('finds the ten new people among 10,000', async () => {
		const list = createPeople(10_000);
		await tables.insert(
			INVITATIONS,
			list.slice(10).map(({ id, email }) => ({ referenceId: id, email, outcome: 'invited' })),
		);
		const before = environment.smtp.mails.length;
		const { message } = readOutput<Summary>(await form.upload(buildCsv(list)), 'Sum up');
		expect(message).toMatch(/^10000 rows in a spreadsheet: 10 invited, 9990 already invited/);
		expect(environment.smtp.mails).toHaveLength(before + 10);
	});
});
