import { once } from 'node:events';
import { createServer, request as sendRequest, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** The realm of the proxy, by which it names itself when it asks for a password. */
export const PROXY_NAME = 'Office proxy';

/** How a proxy is started. */
export interface ForwardProxyOptions {
	/** Default 0, which means a free one. */
	port?: number;
	/** The local ports that hosts are on, by `host:port`. Requests to other hosts are refused. */
	targets: Record<string, number>;
	/** Gets the requests to other hosts. Default: a new list. */
	refused?: string[];
	/**
	 * Lets connections to other hosts through: to the hosts themselves, or to the URL of the proxy by
	 * which this machine reaches them. Default: they are refused.
	 */
	passOn?: boolean | string;
}

/** The proxy of a network, through which programs reach hosts on the internet. */
export interface ForwardProxy {
	/** `host:port` of the proxy itself. */
	host: string;
	/** `user:password` that it wants from now on. Default: nothing. */
	login?: string;
	/** Requests that were let through, as `CONNECT host:port` or `GET http://host/path`. */
	requests: string[];
	/** The same for requests to hosts that it does not know. */
	refused: string[];
	close(): Promise<void>;
}

const LOGIN_PAGE = `<html><h1>Cache Access Denied</h1>${PROXY_NAME} wants to know who you are</html>`;

const LOGIN_HEADERS = {
	'Proxy-Authenticate': `Basic realm="${PROXY_NAME}"`,
	'Content-Type': 'text/html',
	'Content-Length': String(LOGIN_PAGE.length),
};

/** Asks a proxy for a connection to `host:port`, with the login in its URL. */
function buildConnectRequest(host: string, { username, password }: URL): string {
	const login = [username, password].map(decodeURIComponent).join(':');
	const credentials = `Proxy-Authorization: Basic ${Buffer.from(login).toString('base64')}\r\n`;
	return `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n${username ? credentials : ''}\r\n`;
}

/** Starts a proxy. The caller closes it. */
export async function startForwardProxy({
	port = 0,
	targets,
	refused = [],
	passOn = false,
}: ForwardProxyOptions): Promise<ForwardProxy> {
	const sockets = new Set<Socket>();

	const isLetIn = ({ headers }: IncomingMessage) => {
		const { login } = proxy;
		const expected = login && `Basic ${Buffer.from(login).toString('base64')}`;
		return !login || headers['proxy-authorization'] === expected;
	};

	const server = createServer((incoming, response) => {
		if (!isLetIn(incoming)) {
			response.writeHead(407, LOGIN_HEADERS).end(LOGIN_PAGE);
			return;
		}
		const { method, url = '', headers } = incoming;
		const { hostname, port: targetPort, pathname, search } = new URL(url, 'http://nowhere');
		const target = targets[`${hostname}:${targetPort || 80}`];
		(target ? proxy.requests : proxy.refused).push(`${method} ${url}`);
		if (!target) {
			response.writeHead(502).end();
			return;
		}
		const { 'proxy-authorization': _, 'proxy-connection': __, ...passedOn } = headers;
		const options = { method, port: target, path: `${pathname}${search}`, headers: passedOn };
		const outgoing = sendRequest(options, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		outgoing.on('error', () => response.destroy());
		incoming.pipe(outgoing);
	});
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
		// Either side may close the connection at any time. A test sees that in n8n's error.
		socket.on('error', () => socket.destroy());
		if (!isLetIn(incoming)) {
			const lines = Object.entries(LOGIN_HEADERS).map(([name, value]) => `${name}: ${value}`);
			const head = ['HTTP/1.1 407 Proxy Authentication Required', ...lines].join('\r\n');
			socket.end(`${head}\r\n\r\n${LOGIN_PAGE}`);
			return;
		}
		const { url = '' } = incoming;
		const target = targets[url];
		(target || passOn ? proxy.requests : proxy.refused).push(`CONNECT ${url}`);
		if (!target && !passOn) {
			socket.end('HTTP/1.1 502 This host is unknown here\r\n\r\n');
			return;
		}
		const nextProxy = !target && typeof passOn === 'string' ? new URL(passOn) : undefined;
		const { hostname, port: hostPort } = nextProxy ?? new URL(`tcp://${url}`);
		const upstream = connect(
			target ?? Number(hostPort || 80),
			target ? '127.0.0.1' : hostname,
			() => {
				// The next proxy says itself that the connection is established.
				if (nextProxy) upstream.write(buildConnectRequest(url, nextProxy));
				else socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
				pipeline(upstream, socket, upstream, () => undefined);
			},
		);
		upstream.on('error', () => socket.destroy());
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	const proxy: ForwardProxy = {
		host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests: [],
		refused,
		async close() {
			server.close();
			for (const socket of sockets) socket.destroy();
			await once(server, 'close');
		},
	};
	return proxy;
}
