import type { Certificate } from './certificate.mts';
import { startFakeService, type FakeService } from './fakeService.mts';

/** A person in the CRM. */
export interface HubspotContact {
	vid: number;
	/** By HubSpot's names, `email` among them. */
	properties: Record<string, string>;
}

/** HubSpot with one account. */
export interface FakeHubspot extends FakeService {
	/** In the order of their creation. */
	contacts: HubspotContact[];
	/** The names of the properties that exist. */
	properties: string[];
}

/** The token of the account's app. */
export const hubspotToken = 'pat-fake';

interface Upsert {
	Params: { email: string };
	Body: { properties?: { property: string; value: string }[] };
}

const buildProblem = (category: string, message: string) => ({
	status: 'error',
	category,
	message,
});

/** Fakes the part of HubSpot's API that creates, updates and reads contacts. */
export async function startFakeHubspot(
	certificate: Certificate,
	unexpectedRequests: string[],
): Promise<FakeHubspot> {
	const contacts: HubspotContact[] = [];
	const properties = ['email', 'firstname', 'lastname', 'hs_lead_status'];

	const service = await startFakeService(
		'api.hubapi.com',
		certificate,
		unexpectedRequests,
		(app) => {
			app.addHook('preHandler', async ({ headers }, reply) => {
				if (headers.authorization === `Bearer ${hubspotToken}`) return undefined;
				const error = buildProblem(
					'INVALID_AUTHENTICATION',
					'Authentication credentials not found',
				);
				return await reply.code(401).send(error);
			});

			app.post<Upsert>(
				'/contacts/v1/contact/createOrUpdate/email/:email',
				async (request, reply) => {
					const { email } = request.params;
					const given = request.body.properties ?? [];
					if (!/^\S+@\S+\.\S+$/.test(email)) {
						return await reply
							.code(400)
							.send(buildProblem('VALIDATION_ERROR', `${email} is not an address`));
					}
					const unknown = given.find(({ property }) => !properties.includes(property));
					if (unknown) {
						const message = `Property "${unknown.property}" does not exist`;
						return await reply.code(400).send(buildProblem('VALIDATION_ERROR', message));
					}
					const known = contacts.find((contact) => contact.properties.email === email);
					const contact = known ?? { vid: 101 + contacts.length, properties: { email } };
					if (!known) contacts.push(contact);
					for (const { property, value } of given) contact.properties[property] = value;
					return { vid: contact.vid, isNew: !known };
				},
			);

			app.get<{ Params: { vid: string } }>(
				'/contacts/v1/contact/vid/:vid/profile',
				async ({ params }, reply) => {
					const contact = contacts.find(({ vid }) => vid === Number(params.vid));
					if (!contact) {
						return await reply
							.code(404)
							.send(buildProblem('OBJECT_NOT_FOUND', 'contact does not exist'));
					}
					const values = Object.entries(contact.properties).map(([name, value]) => [
						name,
						{ value },
					]);
					return { vid: contact.vid, properties: Object.fromEntries(values) };
				},
			);
		},
	);
	return Object.assign(service, { contacts, properties });
}
