import http, { createServer } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { stripeHost, stripeSecret } from '../subjects/stripe.mts';

// Loaded into n8n before anything else. Only the registration of a webhook uses it: deliveries go
// through n8n and its Stripe Trigger unchanged.

/** A webhook of Stripe, the response to every request. */
const endpoint = { id: 'we_bench', status: 'enabled', enabled_events: ['*'], secret: stripeSecret };

const stripe = createServer((request, response) => {
	request.resume().once('end', () => {
		response.setHeader('Content-Type', 'application/json').end(JSON.stringify(endpoint));
	});
});
stripe.listen(0, '127.0.0.1').unref();

const { request } = https;

function redirectRequest(...given: unknown[]) {
	const [options, callback] = given as [https.RequestOptions, (() => void) | undefined];
	if (options.hostname !== stripeHost) return Reflect.apply(request, https, given);
	const { method, path, headers } = options;
	const { address: host, port } = stripe.address() as AddressInfo;
	return http.request({ host, port, method, path, headers }, callback);
}

https.request = redirectRequest as typeof https.request;
