import { isDeepStrictEqual } from 'node:util';
import type { StoredCredential } from '../../tools/n8n/n8nClient.mts';
import { fixtures, type RequestLogEntry } from '../../sandbox/sandbox.mts';
import { listInquiries } from '../pageLoop.mts';
import { noLimit, sandboxKey, type SandboxProcess } from '../sandboxProcess.mts';
import type { Part } from '../workflows.mts';

const fields = `{ 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1995-09-08' }`;
const referenceId = `'customer-' + $json.number`;

/** Our node, which creates an inquiry for each item, with its defaults. */
export const ours = (credential: StoredCredential): Part => ({
	name: 'Persona',
	type: 'n8n-nodes-persona.persona',
	credential,
	parameters: {
		resource: 'inquiry',
		operation: 'create',
		inquiryTemplateId: { __rl: true, mode: 'id', value: fixtures.inquiryTemplate },
		fieldsMode: 'json',
		fields: `={{ ${fields} }}`,
		autoCreateOneTimeLink: true,
		autoCreateAccountReferenceId: `={{ ${referenceId} }}`,
	},
});

/** n8n's HTTP Request node, which sends the same with the same credential. */
export const httpRequest = (credential: StoredCredential, apiUrl: string): Part => ({
	name: 'HTTP Request',
	type: 'n8n-nodes-base.httpRequest',
	version: 4.5,
	credential,
	parameters: {
		method: 'POST',
		url: `${apiUrl}/inquiries`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'personaApi',
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ {
			data: { attributes: { 'inquiry-template-id': '${fixtures.inquiryTemplate}', fields: ${fields} } },
			meta: {
				'auto-create-one-time-link': true,
				'auto-create-account-reference-id': ${referenceId},
			},
		} }}`,
		options: {},
	},
});

/** Everything that was sent to create inquiries since the sandbox was reset. */
export async function sentCreates(sandbox: SandboxProcess): Promise<RequestLogEntry[]> {
	const requests = await sandbox.look<RequestLogEntry[]>('/requests');
	return requests.filter(({ method, path }) => `${method} ${path}` === 'POST /api/v1/inquiries');
}

/** Throws unless both sides have sent the same body for the first item. */
export function assertComparable(one: RequestLogEntry[], other: RequestLogEntry[]) {
	const [first, second] = [one, other].map(
		(sent) => sent.find(({ body }) => JSON.stringify(body).includes('"customer-1"'))?.body,
	);
	if (first !== undefined && isDeepStrictEqual(first, second)) return;
	throw new Error(`Not the same: ${JSON.stringify(first)} and ${JSON.stringify(second)}`);
}

/** How many inquiries there are, whatever the limit was. */
export async function countInquiries(sandbox: SandboxProcess): Promise<number> {
	await sandbox.cause('/rate-limit', noLimit);
	return (await listInquiries(sandbox.apiUrl, sandboxKey)).length;
}
