import type { IDataObject } from 'n8n-workflow';
import { readCertificate } from './certificate.mts';
import { startChatModel, type ChatModel } from './chatModel.mts';
import { startFakeHubspot, hubspotToken, type FakeHubspot } from './hubspot.mts';
import { startForwardProxy } from './forwardProxy.mts';
import { jiraHost, jiraLogin, startFakeJira, type FakeJira } from './jira.mts';
import { oktaHost, oktaToken, startFakeOkta, type FakeOkta } from './okta.mts';
import { s3Key, startFakeS3, type FakeS3 } from './s3.mts';
import { slackToken, startFakeSlack, type FakeSlack } from './slack.mts';
import { slackSigningSecret } from './slackButtons.mts';
import { smtpLogin, startFakeSmtp, type FakeSmtp } from './smtp.mts';
import type { ProxyAccess } from './proxyEnvironment.mts';

/** The header that your own app sends when it calls a workflow. */
export const appKey = { name: 'X-App-Key', value: 'fake-key' };

/** The query parameter by which a workflow knows the webhooks of a service. */
export const webhookKey = { name: 'key', value: 'fake-webhook-key' };

/** The token of clients that use n8n as an MCP server. */
export const mcpToken = 'fake-mcp-token';

/** The other services that the workflows use, all of them fake and on this machine. */
export interface Services {
	slack: FakeSlack;
	hubspot: FakeHubspot;
	jira: FakeJira;
	okta: FakeOkta;
	s3: FakeS3;
	smtp: FakeSmtp;
	model: ChatModel;
	/** The data of n8n's credentials for them, by credential type. */
	credentials: Record<string, IDataObject>;
	/** Requests that the fakes do not support, and requests to other hosts. */
	unexpectedRequests: string[];
	close(): Promise<void>;
}

/**
 * Starts all services for an n8n. The caller closes them. `passOn` is what its proxy does with
 * connections to other hosts, as for `startForwardProxy`.
 */
export async function startServices(
	{ proxyPort, certificate: certificateFiles }: ProxyAccess,
	passOn?: boolean | string,
): Promise<Services> {
	const certificate = await readCertificate(certificateFiles);
	const unexpectedRequests: string[] = [];
	const slack = await startFakeSlack(certificate, unexpectedRequests);
	const hubspot = await startFakeHubspot(certificate, unexpectedRequests);
	const jira = await startFakeJira(certificate, unexpectedRequests);
	const okta = await startFakeOkta(certificate, unexpectedRequests);
	const s3 = await startFakeS3(unexpectedRequests);
	const smtp = await startFakeSmtp(unexpectedRequests);
	const model = await startChatModel(unexpectedRequests);
	const proxy = await startForwardProxy({
		port: proxyPort,
		targets: {
			'slack.com:443': slack.port,
			'hooks.slack.com:443': slack.port,
			'api.hubapi.com:443': hubspot.port,
			[`${jiraHost}:443`]: jira.port,
			[`${oktaHost}:443`]: okta.port,
		},
		refused: unexpectedRequests,
		passOn,
	});
	return {
		slack,
		hubspot,
		jira,
		okta,
		s3,
		smtp,
		model,
		credentials: {
			slackApi: { accessToken: slackToken, signatureSecret: slackSigningSecret },
			hubspotAppToken: { appToken: hubspotToken },
			httpHeaderAuth: appKey,
			httpQueryAuth: webhookKey,
			jiraSoftwareCloudApi: { ...jiraLogin, domain: `https://${jiraHost}` },
			oktaApi: { url: `https://${oktaHost}`, accessToken: oktaToken },
			httpBearerAuth: { token: mcpToken },
			openAiApi: { apiKey: 'fake-key', url: model.url },
			// A test that needs a database starts one and updates this credential.
			postgres: { host: '127.0.0.1', database: 'postgres', user: 'n8n', ssl: 'disable' },
			s3: { ...s3Key, endpoint: s3.url, region: 'us-east-1', forcePathStyle: true },
			smtp: {
				...smtpLogin,
				host: '127.0.0.1',
				port: smtp.port,
				secure: false,
				disableStartTls: true,
			},
		},
		unexpectedRequests,
		async close() {
			const services = [slack, hubspot, jira, okta, s3, smtp, model, proxy];
			await Promise.all(services.map((service) => service.close()));
		},
	};
}
