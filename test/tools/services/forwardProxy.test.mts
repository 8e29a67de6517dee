import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { startForwardProxy, type ForwardProxy } from '../../../tools/services/forwardProxy.mts';

describe('a proxy for hosts that it does not know', () => {
	const opened: { close(): unknown }[] = [];
	let port: number;

	beforeAll(async () => {
		const server = createServer((_, response) => response.end('hello'));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		({ port } = server.address() as AddressInfo);
		opened.push(server);
	});
	afterAll(async () => await Promise.all(opened.map((each) => each.close())));

	const start = async (...options: Parameters<typeof startForwardProxy>) => {
		const proxy = await startForwardProxy(...options);
		opened.push(proxy);
		return proxy;
	};

	/** Asks a proxy for a connection to the server, and then the server, if it was established. */
	const reach = async ({ host }: ForwardProxy, target = `127.0.0.1:${port}`) => {
		const [hostname, proxyPort] = host.split(':');
		const asked = request({ hostname, port: proxyPort, method: 'CONNECT', path: target }).end();
		const [{ statusCode }, socket] = (await once(asked, 'connect')) as [
			{ statusCode: number },
			Socket,
		];
		if (statusCode !== 200) return statusCode;
		socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
		let text = '';
		for await (const part of socket) text += String(part);
		return text.split('\r\n').at(-1) || text;
	};

	it('refuses a connection by default', async () => {
		const proxy = await start({ targets: {} });
		expect(await reach(proxy)).toBe(502);
		expect(proxy.refused).toEqual([`CONNECT 127.0.0.1:${port}`]);
	});

	it('passes it on if it is told to, to the host or by way of the next proxy', async () => {
		const next = await start({ targets: {}, passOn: true });
		expect(await reach(next)).toContain('hello');
		next.login = 'jane:s3cret';
		const proxy = await start({ targets: {}, passOn: `http://jane:s3cret@${next.host}` });
		expect(await reach(proxy)).toContain('hello');
		expect(next.requests).toHaveLength(2);
		const stranger = await start({ targets: {}, passOn: `http://${next.host}` });
		expect(await reach(stranger)).toBe(407);
	});

	it('still has its own hosts itself', async () => {
		const proxy = await start({ targets: { 'slack.com:443': port }, passOn: true });
		expect(await reach(proxy, 'slack.com:443')).toContain('hello');
	});
});
