import { isDeepStrictEqual } from 'node:util';
import type { StoredCredential } from '../../tools/n8n/n8nClient.mts';
import { fixtures, type RequestLogEntry } from '../../sandbox/sandbox.mts';
import { listInquiries } from '../listInquiries.mts';
import { noLimit, sandboxKey, type SandboxProcess } from '../sandboxProcess.mts';
import type { NodeTemplate } from '../workflows.mts';

const fields = `{ 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1995-09-08' }`;
const referenceId = `'customer-' + $json.number`;

/** Builds the Persona node, which creates an inquiry for each item, with its defaults. */
export const buildPersonaNode = (credential: StoredCredential): NodeTemplate => ({
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

/** Builds n8n's HTTP Request node, which sends the same requests with the same credential. */
export const buildHttpRequestNode = (
	credential: StoredCredential,
	apiUrl: string,
): NodeTemplate => ({
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

/** Fetches the requests that created inquiries since the sandbox was reset. */
export async function fetchSentCreates(sandbox: SandboxProcess): Promise<RequestLogEntry[]> {
	const requests = await sandbox.fetchControl<RequestLogEntry[]>('/requests');
	return requests.filter(({ method, path }) => `${method} ${path}` === 'POST /api/v1/inquiries');
}

/** Throws unless both nodes have sent the same body for the first item. */
export function assertComparable(
	packageRequests: RequestLogEntry[],
	baselineRequests: RequestLogEntry[],
) {
	const [first, second] = [packageRequests, baselineRequests].map(
		(requests) => requests.find(({ body }) => JSON.stringify(body).includes('"customer-1"'))?.body,
	);
	if (first !== undefined && isDeepStrictEqual(first, second)) return;
	throw new Error(`Different bodies: ${JSON.stringify(first)} and ${JSON.stringify(second)}`);
}

/** Counts all inquiries. Removes the rate limit first. */
export async function countInquiries(sandbox: SandboxProcess): Promise<number> {
	await sandbox.postControl('/rate-limit', noLimit);
	return (await listInquiries(sandbox.apiUrl, sandboxKey)).length;
}
