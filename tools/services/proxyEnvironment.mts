import type { CertificateFiles } from './certificate.mts';

/** The hosts of the internet that services here stand in for, as `startServices` lets its proxy know. */
export const FAKE_HOSTS = [
	...(['slack.com', 'hooks.slack.com', 'api.hubapi.com'] as const),
	...(['example.atlassian.net', 'example.okta.com'] as const),
] as const;

/** How an n8n reaches the stand-ins. */
export interface ProxyAccess {
	/** The port at which n8n expects its HTTPS proxy. */
	proxyPort: number;
	/** The certificate that n8n trusts, which is for `FAKE_HOSTS`. */
	certificate: CertificateFiles;
}

/**
 * The environment by which an n8n reaches other hosts through a proxy on this machine alone.
 * `directHosts` are more hosts that it reaches without it, separated by commas.
 */
export function buildProxyEnv(
	{ proxyPort, certificate }: ProxyAccess,
	directHosts = '',
): Record<string, string> {
	const env = {
		HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
		NO_PROXY: ['127.0.0.1', 'localhost', directHosts].filter(Boolean).join(','),
	};
	// Lower case wins where both are set, and the user may have set it.
	const lowerCase = Object.entries(env).map(([name, value]) => [name.toLowerCase(), value]);
	return {
		...env,
		...Object.fromEntries(lowerCase),
		NODE_EXTRA_CA_CERTS: certificate.certificateFile,
	};
}
