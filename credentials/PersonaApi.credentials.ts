import type {
	IAuthenticate,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { UserError } from 'n8n-workflow';
import { readApiCredential } from '../nodes/Persona/transport/apiCredential';

const API_URL_HINT =
	"check 'API URL', which is https://api.withpersona.com/api/v1 unless you use a proxy or a sandbox";

const NOT_PERSONA = `The answer is not Persona's: ${API_URL_HINT}`;

/** The messages of the test by the statuses of the response. Of any other, n8n shows the name. */
const STATUS_MESSAGES: Array<[statuses: number[], message: string]> = [
	[
		[300, 301, 302, 303, 304, 307, 308],
		`Something redirects, and Persona does not (it may be a proxy, the login page of a network, or an address that has moved): ${API_URL_HINT}`,
	],
	[[400], `Persona does not accept the request: check 'API Version', and ${API_URL_HINT}`],
	[[401], 'Persona does not recognize this API key: it may be mistyped, expired or revoked'],
	[
		[403],
		`Persona recognizes the API key but denies access: check its IP allowlist, its environment and its permissions. If it was a proxy or a firewall that denied it, ${API_URL_HINT}`,
	],
	[[404, 405, 406, 410, 421, 426], `Persona is not at this address: ${API_URL_HINT}`],
	[
		[407],
		'The proxy of n8n wants a user name and a password, or other ones: set them in HTTPS_PROXY, in the form http://user:password@host:port, and restart n8n',
	],
	[[429], 'Persona recognizes the API key, but its rate limit is used up: test again in a minute'],
	[
		// 499 is nginx's, 511 that of a network that asks for a login, and 520 to 530 are Cloudflare's.
		[408, 425, 499, 500, 501, 502, 503, 504, 505, 511, 520, 521, 522, 523, 524, 525, 526, 527, 530],
		`Persona does not answer, or is not at this address: test again later, and ${API_URL_HINT}`,
	],
];

const TEST_RULES = [
	...STATUS_MESSAGES.flatMap(([statuses, message]) =>
		statuses.map((value) => ({ type: 'responseCode', properties: { value, message } })),
	),
	{
		// Applies to every successful response that lacks what Persona's answer has.
		type: 'responseSuccessBody',
		properties: {
			key: 'data[0].attributes.seconds-to-reset',
			value: undefined,
			message: NOT_PERSONA,
		},
	},
];

/**
 * Persona does not redirect, and n8n 2.0 to 2.5 sent the key along to other hosts. n8n has one name for
 * this for nodes, and others for its HTTP Request node, which follows by default.
 */
const NO_REDIRECTS = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
	sendCredentialsOnCrossOriginRedirect: false,
};

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
				'Create the key in the Persona dashboard under API. It decides whether you work in the sandbox or in production. Blanks and line ends around it are ignored.',
		},
		{
			displayName: 'This key works in the <b>sandbox</b>, with simulated people.',
			name: 'sandboxNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { apiKey: [{ _cnd: { startsWith: 'persona_sandbox_' } }] } },
		},
		{
			displayName: 'This key works in <b>production</b>, with real people.',
			name: 'productionNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { apiKey: [{ _cnd: { startsWith: 'persona_production_' } }] } },
		},
		{
			displayName: 'Only Use In',
			name: 'onlyUseIn',
			type: 'options',
			options: [
				{ name: 'Any Environment', value: 'any' },
				{ name: 'Sandbox', value: 'sandbox' },
				{ name: 'Production', value: 'production' },
			],
			default: 'any',
			description:
				'Guards against the wrong key: if the key belongs to the other environment, or if its beginning does not show where it belongs, nothing is sent, and events do not start workflows',
		},
		{
			displayName: 'API Version',
			name: 'apiVersion',
			type: 'options',
			options: [
				{ name: '2025-12-08 (Recommended)', value: '2025-12-08' },
				{ name: '2026-09-29', value: '2026-09-29' },
				{ name: 'Other', value: 'other' },
			],
			default: '2025-12-08',
			required: true,
			description:
				'Every request and webhook uses this version, whatever version the key is set to. The two named here are tested with every operation.',
		},
		{
			displayName: 'Other API Version',
			name: 'otherApiVersion',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 2025-10-27',
			displayOptions: { show: { apiVersion: ['other'] } },
			description:
				'Date of the version, as YYYY-MM-DD, from the changelog in Persona’s documentation',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. wbhsec_…',
			description:
				'Only for webhooks that you register in Persona by hand, and for calls from Persona workflows. During a rotation, enter both secrets, separated by a comma. For its own webhooks, the trigger reads the secret from Persona.',
		},
		{
			displayName: 'API URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.withpersona.com/api/v1',
			required: true,
			description:
				'Change it only to use a proxy or a local sandbox. The key is sent only to this host, and unencrypted (http://) only within a private network. Blanks around it are ignored.',
		},
	];

	/**
	 * Adds the key to a request, but only to the origin of "API URL". It is a function because one of
	 * n8n's templates would add the key to requests to any host. The request follows no redirect. Throws
	 * for another origin, and for a credential that cannot be used.
	 */
	authenticate: IAuthenticate = async (credential, request) => {
		const { apiUrl, apiKey, apiVersion } = readApiCredential(credential);
		// The HTTP Request node calls it `uri`.
		const { url, uri } = request as typeof request & { uri?: string };
		const baseURL = request.baseURL === credential.baseUrl ? apiUrl : request.baseURL;
		const target = new URL(url ?? uri, baseURL ? `${baseURL.replace(/\/*$/, '')}/` : undefined);
		const { origin } = new URL(apiUrl);
		if (target.origin !== origin) {
			throw new UserError(`The Persona API key is only sent to ${origin}, not to ${target.origin}`);
		}
		const defaultHeaders = { 'Persona-Version': apiVersion, 'Key-Inflection': 'kebab' };
		const authorization = { Authorization: `Bearer ${apiKey}` };
		return {
			...request,
			...(baseURL && { baseURL }),
			headers: { ...defaultHeaders, ...request.headers, ...authorization },
			...NO_REDIRECTS,
		};
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl}}',
			url: '/rate-limits',
			disableFollowRedirect: true,
		},
		// n8n accepts rules of both kinds together, but its type does not.
		rules: TEST_RULES as ICredentialTestRequest['rules'],
	};
}
