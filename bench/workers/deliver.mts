import { Agent } from 'node:http';
import axios from 'axios';
import { buildSignatureHeader } from '../../sandbox/webhooks/signature.mts';
import type { DeliveryTask, DeliveryCounts } from '../deliveryTask.mts';

/** Time that does not count, in which connections open and code is compiled. */
const warmUpSeconds = 1;

const {
	url,
	secret,
	header,
	startedMessage: started,
	body,
	eventId,
	seconds,
	connections,
}: DeliveryTask = JSON.parse(process.argv[2]);
const http = axios.create({
	proxy: false,
	httpAgent: new Agent({ keepAlive: true, maxSockets: connections }),
	validateStatus: () => true,
	transformRequest: (data: unknown) => data,
});
const countFrom = performance.now() + warmUpSeconds * 1000;
const until = countFrom + seconds * 1000;
const counts: DeliveryCounts = { accepted: 0, otherStatuses: {} };
let sent = 0;

async function deliver() {
	while (performance.now() < until) {
		// A repeated event would not start an execution.
		const unique = body.replaceAll(eventId, `${eventId}${process.pid}n${++sent}`);
		const { status, data } = await http.post<{ message?: string } | string>(url, unique, {
			headers: {
				'Content-Type': 'application/json',
				[header]: buildSignatureHeader(unique, [secret]),
				'Persona-Webhook-Attempts-Made': '1',
			},
		});
		const now = performance.now();
		if (now < countFrom || now > until) continue;
		const message = typeof data === 'string' ? data : data.message;
		if (status === 200 && message === started) counts.accepted++;
		else counts.otherStatuses[status] = (counts.otherStatuses[status] ?? 0) + 1;
	}
}

await Promise.all(Array.from({ length: connections }, deliver));
console.log(JSON.stringify(counts));
