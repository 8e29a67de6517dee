import {
	UserError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHttpRequestOptions,
} from 'n8n-workflow';
import { PersonaApi } from '../credentials/PersonaApi.credentials.ts';
import { runNode } from './support/runNode.mts';

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

	describe.each<[string, string[]]>([
		[
			"'API URL'",
			[
				'',
				'  ',
				'api.withpersona.com/api/v1',
				'//api.withpersona.com/api/v1',
				'ftp://api.withpersona.com/api/v1',
				'https://',
				'https:api.withpersona.com',
				'https://api.with persona.com/api/v1',
				'https://api.withpersona.com/api/v1?key=1',
				'https://api.withpersona.com/api/v1#top',
				'https://user:secret@api.withpersona.com/api/v1',
				'http://api.withpersona.com/api/v1',
				'http://203.0.113.7/api/v1',
				'={{ $vars.url }}',
			],
		],
		[
			"'API Key'",
			['', ' \u200b', 'Bearer persona_sandbox_secret', 'persona_sandbox\nsecret', 'pérsona', '🔑'],
		],
		["'API Version'", ['', 'latest', '2025-12-08\nX-Evil: 1', '2025-12']],
	])('names %s', (label, values) => {
		const names = { "'API URL'": 'baseUrl', "'API Key'": 'apiKey', "'API Version'": 'apiVersion' };

		it.each(values)('in one sentence when it is unusable: %j', async (value) => {
			const credential = { ...CREDENTIAL, [names[label as keyof typeof names]]: value };
			const request = { url: '/rate-limits', baseURL: credential.baseUrl };
			const error: unknown = await authenticateRequest(request, credential).catch(
				(e: unknown) => e,
			);
			expect(error).toBeInstanceOf(UserError);
			const { message } = error as UserError;
			expect(message).toMatch(new RegExp(`^${label} in the Persona credential [^\n]+$`));
			expect(message).not.toContain('secret');
		});
	});

	it('sends the version that is entered as another one, and names its field when it is wrong', async () => {
		const request = { url: '/rate-limits', baseURL: CREDENTIAL.baseUrl };
		const send = async (otherApiVersion: string) =>
			await authenticateRequest(request, { ...CREDENTIAL, apiVersion: 'other', otherApiVersion });
		expect(await send(' 2025-10-27 ')).toMatchObject({
			headers: { 'Persona-Version': '2025-10-27' },
		});
		await expect(send('')).rejects.toThrow(
			"'Other API Version' in the Persona credential is not the date of a version",
		);
	});

	it.each(['\ufeff', '\u200b', '\u00a0', '\u200e', ' ', '\r\n', '\t'])(
		'ignores what copying leaves around a value: %j',
		async (mark) => {
			const values = Object.entries(CREDENTIAL).map(([name, value]) => [name, mark + value + mark]);
			const credential = Object.fromEntries(values) as typeof CREDENTIAL;
			const request = { url: '/inquiries', baseURL: credential.baseUrl };
			expect(await authenticateRequest(request, credential)).toMatchObject({
				baseURL: CREDENTIAL.baseUrl,
				headers: {
					Authorization: `Bearer ${CREDENTIAL.apiKey}`,
					'Persona-Version': CREDENTIAL.apiVersion,
				},
			});
		},
	);

	it.each([
		'http://localhost:3000/api/v1',
		'http://10.0.0.7/api/v1',
		'http://sandbox:4010/api/v1/',
	])('allows an unencrypted address within a private network: %s', async (baseUrl) => {
		const request = { url: '/inquiries', baseURL: baseUrl };
		expect(await authenticateRequest(request, { ...CREDENTIAL, baseUrl })).toMatchObject({
			baseURL: baseUrl.replace(/\/$/, ''),
		});
	});

	it('says in each operation what is wrong with it, and sends nothing', async () => {
		const run = async (credentials: IDataObject) =>
			await runNode({
				parameters: { resource: 'inquiry', operation: 'getAll' },
				credentials: credentials as ICredentialDataDecryptedObject,
			});
		const { error } = await run({ baseUrl: 'api.withpersona.com/api/v1' });
		expect(error?.message).toMatch(/^'API URL' in the Persona credential does not begin with http/);
		expect((await run({ apiKey: 'a b' })).error?.message).toMatch(/^'API Key' in the Persona/);
	});

	it('lets no request follow a redirect, also one of the HTTP Request node that asks for it', async () => {
		const asked = { followRedirect: true, followAllRedirects: true, maxRedirects: 21 };
		const url = 'https://api.withpersona.com/api/v1/inquiries';
		expect(await authenticateRequest({ url, ...asked })).toMatchObject({
			disableFollowRedirect: true,
			followRedirect: false,
			followAllRedirects: false,
			maxRedirects: 0,
			sendCredentialsOnCrossOriginRedirect: false,
		});
	});
});
