import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { certificateFor } from './certificate.mts';
import { startChatModel, type ChatModel } from './chatModel.mts';
import { startHubspot, hubspotToken, type Hubspot } from './hubspot.mts';
import { startProxy } from './proxy.mts';
import { s3Key, startS3, type S3 } from './s3.mts';
import { slackToken, startSlack, type Slack } from './slack.mts';
import { slackSigningSecret } from './slackButtons.mts';
import { smtpLogin, startSmtp, type Smtp } from './smtp.mts';

/** What your own app sends along when it calls a workflow. */
export const appKey = { name: 'X-App-Key', value: 'stand-in' };

/** The services around Persona that workflows talk to, all on this machine. */
export interface Services {
	slack: Slack;
	hubspot: Hubspot;
	s3: S3;
	smtp: Smtp;
	model: ChatModel;
	/** What leads an n8n to them. */
	env: Record<string, string>;
	/** What opens them to n8n, by the type of the credential. */
	credentials: Record<string, IDataObject>;
	/** What was asked of them and they do not know, and what of other hosts. */
	refused: string[];
	close(): Promise<void>;
}

/** Starts all services; whoever does so closes them. */
export async function startServices(): Promise<Services> {
	const folder = await mkdtemp(join(tmpdir(), 'persona-services-'));
	const certificate = await certificateFor(
		['slack.com', 'hooks.slack.com', 'api.hubapi.com'],
		folder,
	);
	const refused: string[] = [];
	const slack = await startSlack(certificate, refused);
	const hubspot = await startHubspot(certificate, refused);
	const [s3, smtp] = await Promise.all([startS3(refused), startSmtp(refused)]);
	const standIns = [slack, hubspot];
	const model = await startChatModel(refused);
	const hooks = { ...slack, host: 'hooks.slack.com' };
	const proxy = await startProxy([...standIns, hooks], refused);
	const all = [...standIns, s3, smtp, model, proxy];
	// Lower case wins where both are set, and the user's own may be.
	const env = { HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1,localhost' };
	const lower = Object.entries(env).map(([name, value]) => [name.toLowerCase(), value]);
	return {
		slack,
		hubspot,
		s3,
		smtp,
		model,
		env: { ...env, ...Object.fromEntries(lower), NODE_EXTRA_CA_CERTS: certificate.file },
		credentials: {
			slackApi: { accessToken: slackToken, signatureSecret: slackSigningSecret },
			hubspotAppToken: { appToken: hubspotToken },
			httpHeaderAuth: appKey,
			openAiApi: { apiKey: 'stand-in', url: model.url },
			// A test that needs the database starts one, and says where it is.
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
		refused,
		async close() {
			await Promise.all(all.map((each) => each.close()));
			await rm(folder, { recursive: true, force: true });
		},
	};
}
