import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens for webhooks on a free port and answers as it is told. */
export interface WebhookReceiver {
	url: string;
	deliveries: { headers: IncomingHttpHeaders; body: string }[];
	/** The statuses of the coming answers, then 200 for ever; 0 never answers. */
	statuses: number[];
	close(): Promise<void>;
}

/** Starts a receiver; whoever starts it closes it. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
	const received: WebhookReceiver['deliveries'] = [];
	const answers: number[] = [];
	const server: Server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8');
		request.on('data', (part: string) => (body += part));
		request.on('end', () => {
			received.push({ headers: request.headers, body });
			const status = answers.shift() ?? 200;
			if (status > 0) response.writeHead(status).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/hook`,
		deliveries: received,
		statuses: answers,
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
}
