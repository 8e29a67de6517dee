import { connect } from 'node:net';
import type { Framing, MalformedRequest } from './malformedRequests.mts';

/** Time until n8n has responded or closed the connection. */
const TIMEOUT_MS = 20_000;

const encodeChunk = (part: Buffer) =>
	Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);

const CHUNKED = 'Transfer-Encoding: chunked';

/** The header line about the body's length, and the body as it is sent. */
const ENCODERS: Record<Framing, (body: Buffer) => [string, Buffer]> = {
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
 * Sends a request unchanged, valid or not. Returns the status of the response, or how the connection
 * ended without one.
 */
export function sendRawRequest(
	url: string,
	{ framing, headers, body }: MalformedRequest,
): Promise<string> {
	const { hostname, port, host, pathname } = new URL(url);
	const [length, content] = ENCODERS[framing](body);
	const head = [`POST ${pathname} HTTP/1.1`, `Host: ${host}`, 'Connection: close', length];
	return new Promise((resolve) => {
		const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
		let response = '';
		const finish = (without: string) => {
			socket.destroy();
			resolve(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1] ?? without);
		};
		socket.setTimeout(TIMEOUT_MS, () => finish('time-out'));
		socket.on('data', (part) => (response += part.toString('latin1')));
		socket.on('error', () => finish('reset'));
		socket.on('close', () => finish('closed'));
		socket.on('end', () => finish('closed'));
		socket.write(Buffer.from([...head, ...headers, '', ''].join('\r\n'), 'latin1'));
		socket.write(content, () => {
			if (framing === 'cut off') finish('cut off');
		});
	});
}
