import { Agent } from 'node:http';
import axios from 'axios';
import { buildSignatureHeader } from '../../sandbox/webhooks/signature.mts';
import type { Barrage, Reception } from '../deliveryTask.mts';

/** Seconds that are not counted, in which connections open and code gets warm. */
const warmUp = 1;

const { url, secret, header, started, body, eventId, seconds, connections }: Barrage = JSON.parse(
	process.argv[2],
);
const http = axios.create({
	proxy: false,
	httpAgent: new Agent({ keepAlive: true, maxSockets: connections }),
	validateStatus: () => true,
	transformRequest: (data: unknown) => data,
});
const from = performance.now() + warmUp * 1000;
const until = from + seconds * 1000;
const reception: Reception = { accepted: 0, otherwise: {} };
let sent = 0;

async function deliver() {
	while (performance.now() < until) {
		// An event that was here before is answered without an execution.
		const unique = body.replaceAll(eventId, `${eventId}${process.pid}n${++sent}`);
		const { status, data } = await http.post<{ message?: string } | string>(url, unique, {
			headers: {
				'Content-Type': 'application/json',
				[header]: buildSignatureHeader(unique, [secret]),
				'Persona-Webhook-Attempts-Made': '1',
			},
		});
		const now = performance.now();
		if (now < from || now > until) continue;
		const answer = typeof data === 'string' ? data : data.message;
		if (status === 200 && answer === started) reception.accepted++;
		else reception.otherwise[status] = (reception.otherwise[status] ?? 0) + 1;
	}
}

await Promise.all(Array.from({ length: connections }, deliver));
console.log(JSON.stringify(reception));
