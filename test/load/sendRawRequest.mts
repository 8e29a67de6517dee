import { connect } from 'node:net';
import type { Framing, MalformedRequest } from './malformedRequests.mts';

/** Milliseconds in which a request is answered or its connection closed. */
const PATIENCE = 20_000;

const encodeChunk = (part: Buffer) =>
	Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);

const CHUNKED = 'Transfer-Encoding: chunked';

/** The line that tells how long a body is, and the body as it goes out. */
const FRAMES: Record<Framing, (body: Buffer) => [string, Buffer]> = {
	whole: (body) => [`Content-Length: ${body.length}`, body],
	chunked: (body) => {
		const half = body.length >> 1;
		const parts = [body.subarray(0, half), body.subarray(half)].filter(({ length }) => length > 0);
		return [CHUNKED, Buffer.concat([...parts.map(encodeChunk), Buffer.from('0\r\n\r\n')])];
	},
	'broken chunks': (body) => [CHUNKED, Buffer.concat([Buffer.from('zz\r\n'), body])],
	'cut off': (body) => [`Content-Length: ${body.length + 1}`, body],
};

/**
 * Sends a request as it is, valid or not, and gives the status of the answer, or how the connection
 * ended without one.
 */
export function sendRawRequest(
	url: string,
	{ framing, headers, body }: MalformedRequest,
): Promise<string> {
	const { hostname, port, host, pathname } = new URL(url);
	const [length, content] = FRAMES[framing](body);
	const head = [`POST ${pathname} HTTP/1.1`, `Host: ${host}`, 'Connection: close', length];
	return new Promise((resolve) => {
		const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
		let answer = '';
		const end = (without: string) => {
			socket.destroy();
			resolve(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? without);
		};
		socket.setTimeout(PATIENCE, () => end('silence'));
		socket.on('data', (part) => (answer += part.toString('latin1')));
		socket.on('error', () => end('reset'));
		socket.on('close', () => end('closed'));
		socket.on('end', () => end('closed'));
		socket.write(Buffer.from([...head, ...headers, '', ''].join('\r\n'), 'latin1'));
		socket.write(content, () => {
			if (framing === 'cut off') end('cut off');
		});
	});
}
