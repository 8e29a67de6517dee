import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** One address in front of several processes. */
export interface LoadBalancer {
	url: string;
	/** The local ports that connections go to, in turn. While there are none, connections are closed. */
	ports: number[];
	close(): Promise<void>;
}

/** Starts a load balancer that forwards each connection to the next of its ports. */
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
		// If one end closes, so does the other.
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

const READINESS_INTERVAL_MS = 200;

/**
 * Forwards connections to an n8n only while it is ready. Returns a function that ends this. While n8n
 * 2.40 starts, it briefly answers 200 to every request before any node runs.
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
