import { createServer } from 'node:net';

/**
 * Below the ports that operating systems assign by themselves, so that no other program takes a port
 * between two starts of a server, and above those that browsers block. Random, so that two processes that
 * search at the same time do not meet.
 */
const firstPort = 11_000;
const lastPort = 32_000;
const maxTries = 100;

/** Returns `preferredPort` when it is free on this machine, else another free port. */
export async function findFreePort(preferredPort?: number): Promise<number> {
	if (preferredPort && (await isFree(preferredPort))) return preferredPort;
	for (let tries = 0; tries < maxTries; tries++) {
		const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
		if (await isFree(port)) return port;
	}
	throw new Error(`No free port between ${firstPort} and ${lastPort}`);
}

function isFree(port: number) {
	return new Promise<boolean>((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}
