import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** One address in front of several processes. */
export interface LoadBalancer {
	url: string;
	/** Where connections go, in turn; ports of this machine. While there are none, nobody is let in. */
	ports: number[];
	close(): Promise<void>;
}

/** Starts an address that gives each connection to the next of its ports, byte for byte. */
export async function startLoadBalancer(): Promise<LoadBalancer> {
	const ports: number[] = [];
	const open = new Set<Socket>();
	let turn = 0;
	const server = createServer((client) => {
		if (ports.length === 0) {
			client.destroy();
			return;
		}
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

/** Milliseconds between two looks at whether n8n is ready. */
const READINESS_INTERVAL_MS = 200;

/**
 * Lets connections through to an n8n only while it says that it is ready; gives the end of that. An
 * n8n 2.40 that starts answers whatever comes with 200 for a moment, before it asks any node.
 */
export function forwardWhileReady({ ports }: LoadBalancer, { url }: { url: string }): () => void {
	const port = Number(new URL(url).port);
	let watching = true;
	const checkReadiness = async () => {
		const isReady = await fetch(`${url}/healthz/readiness`).then(
			({ ok }) => ok,
			() => false,
		);
		ports.splice(0, ports.length, ...(isReady ? [port] : []));
	};
	void (async () => {
		while (watching) {
			await checkReadiness();
			await sleep(READINESS_INTERVAL_MS);
		}
	})();
	return () => (watching = false);
}
