import type { Certificate } from './certificate.mts';
import { startFakeService, type FakeService } from './fakeService.mts';

/** A user of the directory, as Okta's Users API shows them. */
export interface OktaUser {
	id: string;
	status: string;
	/** The base attributes, and the custom ones that the organization has added. */
	profile: Record<string, string | null>;
}

/** Okta with one organization. */
export interface FakeOkta extends FakeService {
	users: OktaUser[];
}

/** The host of the organization. */
export const oktaHost = 'example.okta.com';

/** The token of an administrator who may read users. */
export const oktaToken = 'fake-okta-token';

/** The properties that `filter` accepts, apart from times. `search` accepts more, but sees changes late. */
const FILTER = /^(status|id|profile\.(?:login|email|firstName|lastName)) eq "((?:[^"\\]|\\.)*)"$/;

/** Okta lists no more users at once. */
const MAX_LIMIT = 200;

const buildProblem = (errorCode: string, errorSummary: string) => ({
	errorCode,
	errorSummary,
	errorLink: errorCode,
	errorId: 'oaefake',
	errorCauses: [],
});

/** Fakes the part of Okta's Users API that finds users by a filter. */
export async function startFakeOkta(
	certificate: Certificate,
	unexpectedRequests: string[],
): Promise<FakeOkta> {
	const users: OktaUser[] = [];
	const service = await startFakeService(oktaHost, certificate, unexpectedRequests, (app) => {
		app.addHook('preHandler', async ({ headers }, reply) => {
			if (headers.authorization === `SSWS ${oktaToken}`) return undefined;
			return await reply.code(401).send(buildProblem('E0000011', 'Invalid token provided'));
		});

		app.get<{ Querystring: { filter?: string; limit?: string } }>(
			'/api/v1/users',
			async ({ query: { filter, limit = String(MAX_LIMIT) } }, reply) => {
				const [, property, value] = FILTER.exec(filter ?? '') ?? [];
				const isLimit = /^\d+$/.test(limit) && Number(limit) <= MAX_LIMIT;
				if (!isLimit || (filter !== undefined && !property)) {
					const problem = buildProblem('E0000031', 'Invalid search criteria.');
					return await reply.code(400).send(problem);
				}
				const found = users.filter((user) => {
					const name = property?.replace('profile.', '');
					const known = property?.startsWith('profile.')
						? user.profile[name]
						: user[name as 'id' | 'status'];
					// Without a filter, those who have left are not listed.
					return property ? known === value : user.status !== 'DEPROVISIONED';
				});
				const times = {
					created: '2025-01-02T03:04:05.000Z',
					lastUpdated: '2025-01-02T03:04:05.000Z',
				};
				return found.slice(0, Number(limit)).map((user) => ({
					...user,
					...times,
					_links: { self: { href: `https://${oktaHost}/api/v1/users/${user.id}` } },
				}));
			},
		);
	});
	return Object.assign(service, { users });
}
