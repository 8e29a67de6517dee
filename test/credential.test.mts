import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { PersonaApi } from '../credentials/PersonaApi.credentials.ts';

const CREDENTIAL = {
	apiKey: 'persona_sandbox_secret',
	apiVersion: '2025-12-08',
	baseUrl: 'https://api.withpersona.com/api/v1',
};

const authenticateRequest = async (
	request: IHttpRequestOptions,
	credential: ICredentialDataDecryptedObject = CREDENTIAL,
) => {
	const { authenticate } = new PersonaApi();
	if (typeof authenticate !== 'function') throw new Error('It is a function');
	return await authenticate(credential, request);
};

describe('credential', () => {
	it('adds the API key to requests and pins version and spelling', async () => {
		const { headers } = await authenticateRequest({
			url: 'https://api.withpersona.com/api/v1/inquiries',
		});
		expect(headers).toEqual({
			Authorization: 'Bearer persona_sandbox_secret',
			'Persona-Version': '2025-12-08',
			'Key-Inflection': 'kebab',
		});
	});

	it('lets the HTTP Request node ask for another version', async () => {
		const { headers } = await authenticateRequest({
			url: '/inquiries',
			baseURL: CREDENTIAL.baseUrl,
			headers: { 'Persona-Version': '2023-01-05', Authorization: 'Bearer other' },
		});
		expect(headers).toMatchObject({
			'Persona-Version': '2023-01-05',
			Authorization: 'Bearer persona_sandbox_secret',
		});
	});

	it('reads the URL of the HTTP Request node, which names it `uri`', async () => {
		const request = { uri: 'https://api.withpersona.com/api/v1/inquiries' };
		const { headers } = await authenticateRequest(request as unknown as IHttpRequestOptions);
		expect(headers?.Authorization).toBe('Bearer persona_sandbox_secret');
		const elsewhere = { uri: 'https://evil.example/' };
		await expect(authenticateRequest(elsewhere as unknown as IHttpRequestOptions)).rejects.toThrow(
			'only sent',
		);
	});

	it.each([
		'https://files.withpersona.com/selfie.jpg?access_token=x',
		'http://api.withpersona.com/api/v1/inquiries',
		'https://api.withpersona.com.evil.example/api/v1',
		'https://api.withpersona.com@evil.example/',
		'https://api.withpersona.com:8443/',
	])('never sends the key to another origin: %s', async (url) => {
		await expect(authenticateRequest({ url })).rejects.toThrow(
			'only sent to https://api.withpersona.com',
		);
	});

	it('sends the key to the API URL of a proxy, and only there', async () => {
		const proxied = { ...CREDENTIAL, baseUrl: 'https://proxy.example/persona' };
		const { headers } = await authenticateRequest(
			{ url: 'https://proxy.example/persona/accounts' },
			proxied,
		);
		expect(headers?.Authorization).toBe('Bearer persona_sandbox_secret');
		await expect(
			authenticateRequest({ url: 'https://api.withpersona.com/api/v1' }, proxied),
		).rejects.toThrow();
	});

	it('does not send the key when a redirect leads to another host', async () => {
		const request = await authenticateRequest({
			url: 'https://api.withpersona.com/api/v1/inquiries',
		});
		expect(request.sendCredentialsOnCrossOriginRedirect).toBe(false);
	});
});
