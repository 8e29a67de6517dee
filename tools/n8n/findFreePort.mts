import { createServer } from 'node:net';

/** `wanted` when it is free on this machine, else a port that is; 0 asks for any. */
export async function findFreePort(wanted = 0): Promise<number> {
	return await tryPort(wanted).catch(() => tryPort(0));
}

function tryPort(port: number) {
	return new Promise<number>((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => {
				if (address && typeof address === 'object') resolve(address.port);
				else reject(new Error('No port could be had'));
			});
		});
	});
}
