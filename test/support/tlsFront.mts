import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from '../../tools/services/certificate.mts';

/** A port at which a server without encryption is reached with TLS. */
export interface TlsFront {
	port: number;
	close(): Promise<void>;
}

/** Starts a port with TLS in front of another one. The caller closes it. */
export async function startTlsFront(
	certificate: Certificate,
	{ port, host = '127.0.0.1' }: { port: number; host?: string },
): Promise<TlsFront> {
	const sockets = new Set<TLSSocket>();
	const server = createServer(certificate, (socket) => {
		sockets.add(socket);
		pipeline(socket, connect(port, host), socket, () => sockets.delete(socket));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		async close() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}
