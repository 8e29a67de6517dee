import Fastify, { type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificate.mts';

/** What a service in trouble answers in place of its own answer. */
export interface ServiceFault {
	status: number;
	headers?: Record<string, string>;
	body?: unknown;
	/** Where it strikes: a part of the path; everywhere when it is left out. */
	at?: string;
}

/** A service of the internet, played on this machine. */
export interface FakeService {
	host: string;
	port: number;
	/** Every request, as "POST /path". */
	requests: string[];
	/** Answers coming requests like this, as many as it says. */
	failNext(trouble: ServiceFault, times?: number): void;
	close(): Promise<void>;
}

/** Starts a server that answers for a host on these routes; what else is asked of it goes to `refused`. */
export async function startFakeService(
	host: string,
	{ key, cert }: Certificate,
	refused: string[],
	addRoutes: (app: FastifyInstance) => void,
): Promise<FakeService> {
	const requests: string[] = [];
	const troubles: ServiceFault[] = [];
	const app = Fastify({ https: { key, cert }, forceCloseConnections: true });
	app.addHook('onRequest', async ({ method, url }, reply) => {
		requests.push(`${method} ${url}`);
		const trouble = troubles.find(({ at = '' }) => url.includes(at));
		if (!trouble) return undefined;
		troubles.splice(troubles.indexOf(trouble), 1);
		const { status, headers = {}, body = {} } = trouble;
		return await reply.code(status).headers(headers).send(body);
	});
	app.setNotFoundHandler(async ({ method, url }, reply) => {
		refused.push(`${method} https://${host}${url}`);
		return await reply.code(404).send({ message: `${host} does not know ${method} ${url} here` });
	});
	addRoutes(app as unknown as FastifyInstance);
	await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		host,
		port: (app.server.address() as AddressInfo).port,
		requests,
		failNext: (trouble, times = 1) => {
			troubles.push(...Array.from({ length: times }, () => trouble));
		},
		close: async () => await app.close(),
	};
}
