import Fastify, { type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificate.mts';

/** The response of a service that fails. */
export interface ServiceFault {
	status: number;
	headers?: Record<string, string>;
	body?: unknown;
	/** A part of the path of the failing requests. Default: any. */
	path?: string;
	/** Runs before the response is sent. */
	beforeResponse?: () => Promise<void>;
}

/** A service of the internet, faked on this machine. */
export interface FakeService {
	host: string;
	port: number;
	/** Every request, as "POST /path". */
	requests: string[];
	/** Fails the next requests, this often. */
	failNext(fault: ServiceFault, times?: number): void;
	close(): Promise<void>;
}

/** Starts a server for a host with these routes. Requests to other routes are unexpected. */
export async function startFakeService(
	host: string,
	{ key, cert }: Certificate,
	unexpectedRequests: string[],
	addRoutes: (app: FastifyInstance) => void,
): Promise<FakeService> {
	const requests: string[] = [];
	const faults: ServiceFault[] = [];
	const app = Fastify({ https: { key, cert }, forceCloseConnections: true });
	app.addHook('onRequest', async ({ method, url }, reply) => {
		requests.push(`${method} ${url}`);
		const fault = faults.find(({ path = '' }) => url.includes(path));
		if (!fault) return undefined;
		faults.splice(faults.indexOf(fault), 1);
		await fault.beforeResponse?.();
		const { status, headers = {}, body = {} } = fault;
		return await reply.code(status).headers(headers).send(body);
	});
	app.setNotFoundHandler(async ({ method, url }, reply) => {
		unexpectedRequests.push(`${method} https://${host}${url}`);
		return await reply.code(404).send({ message: `The fake ${host} has no ${method} ${url}` });
	});
	addRoutes(app as unknown as FastifyInstance);
	await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		host,
		port: (app.server.address() as AddressInfo).port,
		requests,
		failNext: (fault, times = 1) => {
			faults.push(...Array.from({ length: times }, () => fault));
		},
		close: async () => await app.close(),
	};
}
