import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import PostalMime from 'postal-mime';

/** A received mail, as a mail program shows it. */
export interface Mail {
	from: string;
	to: string[];
	subject: string;
	/** Ends its lines with `\n`, and has none at its end. Empty if the mail has no text, like `html`. */
	text: string;
	html: string;
	attachments: { name: string; bytes: Buffer }[];
}

/** Apart from the mails, which tests compare as a whole. */
const messageIds = new WeakMap<Mail, string>();

/** Returns the ID that the sender has given a mail. */
export const getMessageId = (mail: Mail): string | undefined => messageIds.get(mail);

/** A mail server that accepts every mail to a mailbox it knows, and forwards none. */
export interface FakeSmtp {
	port: number;
	/** The received mails, oldest first. */
	mails: Mail[];
	/** Addresses that it refuses since it has no such mailbox. */
	unknownMailboxes: Set<string>;
	close(): Promise<void>;
}

/** The login of the only user. */
export const smtpLogin = { user: 'n8n', password: 'fake-password' };

const LOGIN = Buffer.from(`\0${smtpLogin.user}\0${smtpLogin.password}`).toString('base64');

/** Starts a mail server with the part of SMTP that a client without encryption uses. */
export async function startFakeSmtp(unexpectedRequests: string[]): Promise<FakeSmtp> {
	const mails: Mail[] = [];
	const unknownMailboxes = new Set<string>();
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		socket.on('error', () => socket.destroy());
		handleConnection(socket, { mails, unknownMailboxes }, unexpectedRequests).catch(
			(error: unknown) => {
				unexpectedRequests.push(`SMTP ${String(error)}`);
				socket.destroy();
			},
		);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		mails,
		unknownMailboxes,
		async close() {
			server.close();
			for (const socket of sockets) socket.destroy();
			await once(server, 'close');
		},
	};
}

/** Handles the commands of one client until it disconnects. */
async function handleConnection(
	socket: Socket,
	{ mails, unknownMailboxes }: Pick<FakeSmtp, 'mails' | 'unknownMailboxes'>,
	unexpectedRequests: string[],
) {
	const send = (line: string) => socket.write(`${line}\r\n`);
	let isLoggedIn = false;
	let envelope = { from: '', to: [] as string[] };
	let lines: string[] | undefined;

	const parseAddress = (text: string) => /<([^>]*)>/.exec(text)?.[1] ?? '';
	const handlers: Record<string, (rest: string) => unknown> = {
		EHLO: () => send('250-fake\r\n250 AUTH PLAIN'),
		AUTH: (rest) => {
			isLoggedIn = rest === `PLAIN ${LOGIN}`;
			send(isLoggedIn ? '235 Welcome' : '535 5.7.8 Authentication credentials invalid');
		},
		MAIL: (rest) => {
			envelope = { from: parseAddress(rest), to: [] };
			send(isLoggedIn ? '250 Sender accepted' : '530 5.7.0 Authentication required');
		},
		RCPT: (rest) => {
			const address = parseAddress(rest);
			const isAddress = address.includes('@');
			if (unknownMailboxes.has(address)) return send('550 5.1.1 No such mailbox');
			if (isAddress) envelope.to.push(address);
			return send(isAddress ? '250 Recipient accepted' : '553 5.1.3 Not an address');
		},
		DATA: () => {
			lines = [];
			send('354 End data with a dot');
		},
		RSET: () => send('250 Reset'),
		QUIT: () => {
			send('221 Goodbye');
			socket.end();
		},
	};

	send('220 fake');
	for await (const line of createInterface({ input: socket })) {
		if (lines && line !== '.') {
			lines.push(line.replace(/^\./, ''));
		} else if (lines) {
			const { messageId, ...content } = await parseContent(lines.join('\r\n'));
			const mail = { ...envelope, ...content };
			if (messageId) messageIds.set(mail, messageId);
			mails.push(mail);
			lines = undefined;
			send('250 Accepted');
		} else {
			const [verb, ...rest] = line.split(' ');
			const handle = handlers[verb.toUpperCase()];
			if (handle) {
				handle(rest.join(' '));
			} else {
				unexpectedRequests.push(`SMTP ${line}`);
				send('502 5.5.1 Command not implemented');
			}
		}
	}
}

async function parseContent(
	source: string,
): Promise<Omit<Mail, 'from' | 'to'> & { messageId?: string }> {
	const { messageId, subject = '', text, html, attachments } = await PostalMime.parse(source);
	return {
		messageId,
		subject,
		text: toPlainLines(text),
		html: toPlainLines(html),
		attachments: attachments.map(({ filename, content }) => ({
			name: filename ?? 'file',
			bytes: Buffer.from(content as ArrayBuffer),
		})),
	};
}

const toPlainLines = (text = '') => text.replace(/\r\n/g, '\n').trimEnd();
