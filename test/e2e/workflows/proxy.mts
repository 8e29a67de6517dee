import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { FakeService } from './fakeService.mts';

/** The HTTPS proxy of n8n, which connects to fake services only. */
export interface FakeProxy {
	close(): Promise<void>;
}

/** Starts a proxy to these fake services. Requests to other hosts are unexpected. */
export async function startFakeProxy(
	port: number,
	services: FakeService[],
	unexpectedRequests: string[],
): Promise<FakeProxy> {
	const sockets = new Set<Socket>();
	const server = createServer((request, response) => {
		unexpectedRequests.push(`${request.method} ${request.url}`);
		response.writeHead(502).end();
	});
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	server.on('connect', ({ url = '' }, socket: Socket) => {
		// Either side may close the connection at any time. A test sees that in n8n's error.
		socket.on('error', () => socket.destroy());
		const service = services.find(({ host }) => url === `${host}:443`);
		if (!service) {
			unexpectedRequests.push(`CONNECT ${url}`);
			socket.end('HTTP/1.1 502 No fake service for this host\r\n\r\n');
			return;
		}
		const upstream = connect(service.port, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			upstream.pipe(socket).pipe(upstream);
		});
		upstream.on('error', () => socket.destroy());
		socket.on('close', () => upstream.destroy());
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return {
		async close() {
			server.close();
			for (const socket of sockets) socket.destroy();
			await once(server, 'close');
		},
	};
}
