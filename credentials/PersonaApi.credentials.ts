import type {
	IAuthenticate,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

export class PersonaApi implements ICredentialType {
	name = 'personaApi';

	displayName = 'Persona API';

	icon: Icon = { light: 'file:../icons/persona.svg', dark: 'file:../icons/persona.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-persona/n8n-nodes-persona#the-credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. persona_sandbox_…',
			description:
				'Create the key in the Persona dashboard under API. It decides whether you work in the sandbox or in production.',
		},
		{
			displayName: 'API Version',
			name: 'apiVersion',
			type: 'string',
			default: '2025-12-08',
			required: true,
			description:
				'Every request and webhook uses this version, whatever version the key is set to',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. wbhsec_…',
			description:
				'Only for webhooks that you register in Persona by hand, and for calls from Persona workflows. For its own webhooks, the trigger reads the secret from Persona.',
		},
		{
			displayName: 'API URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.withpersona.com/api/v1',
			required: true,
			description:
				'Change it only to use a proxy or a local sandbox. The key is sent only to this host.',
		},
	];

	/**
	 * Adds the key to a request, but only to the origin of "API URL". It is a function because one of
	 * n8n's templates would add the key to requests to any host. Throws for another origin.
	 */
	authenticate: IAuthenticate = async ({ apiKey, apiVersion, baseUrl }, request) => {
		// The HTTP Request node calls it `uri`.
		const { url, uri, baseURL } = request as typeof request & { uri?: string };
		const target = new URL(url ?? uri, baseURL ? `${baseURL.replace(/\/*$/, '')}/` : undefined);
		const { origin } = new URL(String(baseUrl));
		if (target.origin !== origin) {
			throw new UserError(`The Persona API key is only sent to ${origin}, not to ${target.origin}`);
		}
		const defaultHeaders = { 'Persona-Version': String(apiVersion), 'Key-Inflection': 'kebab' };
		const authorization = { Authorization: `Bearer ${String(apiKey)}` };
		return {
			...request,
			headers: { ...defaultHeaders, ...request.headers, ...authorization },
			sendCredentialsOnCrossOriginRedirect: false,
		};
	};

	test: ICredentialTestRequest = {
		request: { baseURL: '={{$credentials.baseUrl}}', url: '/rate-limits' },
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'Persona does not recognize this API key: it may be mistyped, expired or revoked',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'Persona recognizes the API key but denies access: check its IP allowlist, its environment and its permissions',
				},
			},
		],
	};
}
