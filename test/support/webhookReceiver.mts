import type { IncomingHttpHeaders } from 'node:http';
import { startRequestRecorder } from '../../tools/services/requestRecorder.mts';

/** A server that records the deliveries of a webhook. */
export interface WebhookReceiver {
	url: string;
	deliveries: { headers: IncomingHttpHeaders; body: string }[];
	/** The statuses of the responses that follow, then 200 for ever; with 0 the delivery gets no response. */
	statuses: number[];
	close(): Promise<void>;
}

/** Starts a receiver. The caller closes it. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
	const deliveries: WebhookReceiver['deliveries'] = [];
	const statuses: number[] = [];
	const { baseUrl, stop } = await startRequestRecorder(async ({ headers, bytes }) => {
		deliveries.push({ headers, body: bytes.toString() });
		const status = statuses.shift() ?? 200;
		return status > 0 ? { status } : await new Promise(() => {});
	});
	return { url: `${baseUrl}/hook`, deliveries, statuses, close: stop };
}
