import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { StandIn } from './fakeService.mts';

/** A way out of n8n that ends at stand-ins. */
export interface Proxy {
	url: string;
	close(): Promise<void>;
}

/** Starts a proxy that knows the hosts of these stand-ins; what others are asked goes to `refused`. */
export async function startProxy(standIns: StandIn[], refused: string[]): Promise<Proxy> {
	const sockets = new Set<Socket>();
	const server = createServer((request, response) => {
		refused.push(`${request.method} ${request.url}`);
		response.writeHead(502).end();
	});
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	server.on('connect', ({ url = '' }, socket: Socket) => {
		// Either end may hang up at any time; a test sees that in what n8n says.
		socket.on('error', () => socket.destroy());
		const standIn = standIns.find(({ host }) => url === `${host}:443`);
		if (!standIn) {
			refused.push(`CONNECT ${url}`);
			socket.end('HTTP/1.1 502 Nobody stands in for this host\r\n\r\n');
			return;
		}
		const inner = connect(standIn.port, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			inner.pipe(socket).pipe(inner);
		});
		inner.on('error', () => socket.destroy());
		socket.on('close', () => inner.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async close() {
			server.close();
			for (const socket of sockets) socket.destroy();
			await once(server, 'close');
		},
	};
}
