import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A mail as it came in. */
export interface Mail {
	from: string;
	to: string[];
	/** Headers and body, as they were sent. */
	source: string;
}

/** A server that takes mail for everybody and passes none on. */
export interface FakeSmtp {
	port: number;
	/** Oldest first. */
	mails: Mail[];
	close(): Promise<void>;
}

/** Who may send mail. */
export const smtpLogin = { user: 'n8n', password: 'stand-in' };

const SECRET = Buffer.from(`\0${smtpLogin.user}\0${smtpLogin.password}`).toString('base64');

/** Takes mail by as much of SMTP as a client without encryption uses. */
export async function startFakeSmtp(refused: string[]): Promise<FakeSmtp> {
	const mails: Mail[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		socket.on('error', () => socket.destroy());
		handleConnection(socket, mails, refused);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		mails,
		async close() {
			server.close();
			for (const socket of sockets) socket.destroy();
			await once(server, 'close');
		},
	};
}

/** Talks with one client until it goes. */
function handleConnection(socket: Socket, mails: Mail[], refused: string[]) {
	const say = (line: string) => socket.write(`${line}\r\n`);
	let isKnown = false;
	let envelope = { from: '', to: [] as string[] };
	let lines: string[] | undefined;

	const addressIn = (text: string) => /<([^>]*)>/.exec(text)?.[1] ?? '';
	const commands: Record<string, (rest: string) => void> = {
		EHLO: () => say('250-stand-in\r\n250 AUTH PLAIN'),
		AUTH: (rest) => {
			isKnown = rest === `PLAIN ${SECRET}`;
			say(isKnown ? '235 Welcome' : '535 5.7.8 Authentication credentials invalid');
		},
		MAIL: (rest) => {
			envelope = { from: addressIn(rest), to: [] };
			say(isKnown ? '250 Sender accepted' : '530 5.7.0 Authentication required');
		},
		RCPT: (rest) => {
			const address = addressIn(rest);
			const isAddress = address.includes('@');
			if (isAddress) envelope.to.push(address);
			say(isAddress ? '250 Recipient accepted' : '553 5.1.3 Not an address');
		},
		DATA: () => {
			lines = [];
			say('354 End with a dot');
		},
		RSET: () => say('250 Forgotten'),
		QUIT: () => {
			say('221 Goodbye');
			socket.end();
		},
	};

	say('220 stand-in');
	createInterface({ input: socket }).on('line', (line) => {
		if (lines && line !== '.') {
			lines.push(line.replace(/^\./, ''));
		} else if (lines) {
			mails.push({ ...envelope, source: lines.join('\r\n') });
			lines = undefined;
			say('250 Taken');
		} else {
			const [verb, ...rest] = line.split(' ');
			const command = commands[verb.toUpperCase()];
			if (command) return command(rest.join(' '));
			refused.push(`SMTP ${line}`);
			say('502 5.5.1 Command not known');
		}
		return undefined;
	});
}
