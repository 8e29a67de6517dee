import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** One address in front of several processes. */
export interface Balancer {
	url: string;
	/** Where connections go, in turn; ports of this machine. */
	ports: number[];
	close(): Promise<void>;
}

/** Starts an address that gives each connection to the next of its ports, byte for byte. */
export async function startBalancer(): Promise<Balancer> {
	const ports: number[] = [];
	const open = new Set<Socket>();
	let turn = 0;
	const server = createServer((client) => {
		const behind = connect(ports[turn++ % ports.length], '127.0.0.1');
		open.add(client);
		// Whichever end goes first takes the other along.
		pipeline(client, behind, client, () => open.delete(client));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		ports,
		async close() {
			for (const client of open) client.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}
