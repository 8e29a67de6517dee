import { once } from 'node:events';
import { connect } from 'node:net';
import { smtpLogin, startFakeSmtp, type FakeSmtp } from '../../../tools/services/smtp.mts';

const LOGIN = Buffer.from(`\0${smtpLogin.user}\0${smtpLogin.password}`).toString('base64');

describe('the stand-in for a mail server', () => {
	let smtp: FakeSmtp;
	const unexpectedRequests: string[] = [];

	beforeAll(async () => {
		smtp = await startFakeSmtp(unexpectedRequests);
	});
	beforeEach(() => {
		smtp.mails.length = 0;
	});
	afterAll(async () => {
		await smtp?.close();
		expect(unexpectedRequests).toEqual([]);
	});

	/** Sends the lines of a mail, and returns what has arrived. */
	async function sendMail(lines: string[]) {
		const socket = connect(smtp.port, '127.0.0.1');
		const envelope = ['MAIL FROM:<n8n@example.com>', 'RCPT TO:<jane@example.com>'];
		const commands = [
			'EHLO n8n',
			`AUTH PLAIN ${LOGIN}`,
			...envelope,
			'DATA',
			...lines,
			'.',
			'QUIT',
		];
		socket.write(commands.map((line) => `${line}\r\n`).join(''));
		await once(socket.resume(), 'end');
		return smtp.mails;
	}

	it('reads the subject of a mail, its texts in any encoding, and its files', async () => {
		const mails = await sendMail([
			'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_an?=',
			' =?UTF-8?B?SmFuZQ==?=',
			'Content-Type: multipart/mixed; boundary="a.b"',
			'',
			'--a.b',
			'Content-Type: multipart/alternative; boundary=inner',
			'',
			'--inner',
			'Content-Type: text/plain; charset=utf-8',
			'Content-Transfer-Encoding: quoted-printable',
			'',
			'Open https://n8n.example/?a=3D1, J=C3=BCrgen, and then=',
			' go on',
			'',
			'Bye',
			'',
			'--inner',
			'Content-Type: text/html; charset=utf-8',
			'Content-Transfer-Encoding: base64',
			'',
			Buffer.from('<p>Ö</p>').toString('base64'),
			'--inner--',
			'--a.b',
			'Content-Type: text/html; name=page.html',
			'Content-Disposition: attachment; filename=page.html',
			'Content-Transfer-Encoding: base64',
			'',
			Buffer.from('<p>Ü</p>\r\n').toString('base64'),
			'--a.b--',
		]);
		expect(mails).toEqual([
			{
				from: 'n8n@example.com',
				to: ['jane@example.com'],
				subject: 'Grüße anJane',
				text: 'Open https://n8n.example/?a=1, Jürgen, and then go on\n\nBye',
				html: '<p>Ö</p>',
				attachments: [{ name: 'page.html', bytes: Buffer.from('<p>Ü</p>\r\n') }],
			},
		]);
	});

	it('reads a mail without any header of MIME, too', async () => {
		expect(await sendMail(['Subject: Hello', '', 'One', '', '..', 'Two'])).toMatchObject([
			{ subject: 'Hello', text: 'One\n\n.\nTwo', html: '', attachments: [] },
		]);
	});

	it('reads a mail that has a page or a file but no text', async () => {
		await sendMail(['Content-Type: text/html; charset=utf-8', '', '<p>Hello</p>']);
		await sendMail(['Content-Type: text/csv', 'Content-Disposition: attachment', '', 'a,b']);
		expect(smtp.mails).toMatchObject([
			{ subject: '', text: '', html: '<p>Hello</p>', attachments: [] },
			{ text: '', html: '', attachments: [{ name: 'file', bytes: expect.any(Buffer) }] },
		]);
	});
});
