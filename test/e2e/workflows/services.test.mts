import type { IDataObject } from 'n8n-workflow';
import { buildNode, runNodes } from '../buildNode.mts';
import { startWorkflowEnvironment, type WorkflowEnvironment } from './workflowEnvironment.mts';
import { s3Bucket } from '../../../tools/services/s3.mts';

const WRONG = 'wrong';

/** The nodes of the services, each with the parameters of one operation. */
const slack = {
	type: 'n8n-nodes-base.slack',
	typeVersion: 2.5,
	credential: 'slackApi',
	parameters: {
		select: 'channel',
		channelId: { __rl: true, mode: 'name', value: '#compliance' },
		text: 'Hello',
		otherOptions: { includeLinkToWorkflow: false },
	},
};

const hubspot = {
	type: 'n8n-nodes-base.hubspot',
	typeVersion: 2.2,
	credential: 'hubspotAppToken',
	parameters: {
		authentication: 'appToken',
		email: 'jane@example.com',
		additionalFields: { firstName: 'Jane' },
	},
};

const s3 = {
	type: 'n8n-nodes-base.s3',
	typeVersion: 1,
	credential: 's3',
	parameters: {
		operation: 'upload',
		bucketName: s3Bucket,
		fileName: 'hello.txt',
		binaryData: false,
		fileContent: 'Hello',
	},
};

const email = {
	type: 'n8n-nodes-base.emailSend',
	typeVersion: 2.1,
	credential: 'smtp',
	parameters: {
		fromEmail: 'n8n@example.com',
		toEmail: 'team@example.com, lead@example.com',
		subject: 'Hello',
		emailFormat: 'text',
		text: 'Hello, team\n.\nGoodbye',
		options: { appendAttribution: false },
	},
};

describe('the fake services', () => {
	let environment: WorkflowEnvironment;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment();
	});
	afterAll(async () => await environment?.close());

	/** Runs a node with other parameters or another credential. */
	const runService = async (
		{ type, typeVersion, credential, parameters }: typeof slack | typeof hubspot,
		change: IDataObject = {},
		{ id, name } = environment.credentials[credential],
	) =>
		await runNodes(
			environment,
			buildNode(
				type,
				'Service',
				{ ...parameters, ...change },
				{ typeVersion, credentials: { [credential]: { id, name } } },
			),
		);

	const getError = async (...given: Parameters<typeof runService>) => {
		const { status, error } = await runService(...given);
		expect(status).toBe('error');
		return `${error?.message} ${error?.description}`;
	};

	const createWrongCredential = async (type: string, data: IDataObject) =>
		await environment.client.createCredential({ name: WRONG, type, data });

	it('accept messages, contacts, files and mails of n8n’s own nodes', async () => {
		for (const service of [slack, hubspot, s3, email]) {
			const { status, error } = await runService(service as typeof slack);
			expect([service.type, status, error?.message]).toEqual([service.type, 'success', undefined]);
		}
		expect(environment.slack.messages).toEqual([{ channel: 'compliance', text: 'Hello' }]);
		expect(environment.hubspot.contacts).toMatchObject([
			{ properties: { email: 'jane@example.com', firstname: 'Jane' } },
		]);
		expect(environment.s3.files.get('hello.txt')?.bytes.toString()).toBe('Hello');
		expect(environment.smtp.mails).toEqual([
			{
				from: 'n8n@example.com',
				to: ['team@example.com', 'lead@example.com'],
				subject: 'Hello',
				text: 'Hello, team\n.\nGoodbye',
				html: '',
				attachments: [],
			},
		]);
	});

	it('reject a wrong key', async () => {
		const slackKey = await createWrongCredential('slackApi', {
			accessToken: WRONG,
			signatureSecret: '',
		});
		expect(await getError(slack, {}, slackKey)).toContain('invalid_auth');
		const hubspotKey = await createWrongCredential('hubspotAppToken', { appToken: WRONG });
		expect(await getError(hubspot, {}, hubspotKey)).toContain('Authorization failed');
	});

	it('reject unknown channels and properties', async () => {
		const channelId = { __rl: true, mode: 'name', value: '#nowhere' };
		expect(await getError(slack, { channelId })).toContain('channel_not_found');
		const customPropertiesValues = [{ property: 'unknown', value: '1' }];
		const additionalFields = { customPropertiesUi: { customPropertiesValues } };
		expect(await getError(hubspot, { additionalFields })).toContain('"unknown" does not exist');
	});

	it('are the only hosts that n8n reaches', async () => {
		const url = 'https://elsewhere.example/hello';
		const { status } = await runNodes(
			environment,
			buildNode('n8n-nodes-base.httpRequest', 'Elsewhere', { url }, { typeVersion: 4.2 }),
		);
		expect(status).toBe('error');
		expect(environment.unexpectedRequests.splice(0)).toEqual(['CONNECT elsewhere.example:443']);
	});
});
