import axios from 'axios';
import { waitFor, type StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { send } from '../../support/apiClient.mts';
import { sign } from '../../support/sign.mts';
import { buildIdLocator, buildNode, selectCredential } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

describe("a delivery that n8n's own Webhook node receives", () => {
	let environment: TestEnvironment;
	let workflow: StoredWorkflow;
	let webhookId: string;
	let url: string;

	beforeAll(async () => {
		environment = await startTestEnvironment();
		const { client, n8n, sandbox } = environment;
		url = `${n8n.url}/webhook/persona-events`;
		const attributes = { name: 'Events', url, 'enabled-events': ['inquiry.created'] };
		const { data } = await send(sandbox, 'POST', '/webhooks', { data: { attributes } });
		webhookId = data.id;
		workflow = await client.createWorkflow({
			name: 'Verify',
			nodes: [
				buildNode(
					'n8n-nodes-base.webhook',
					'Webhook',
					{ httpMethod: 'POST', path: 'persona-events', options: { rawBody: true } },
					{ typeVersion: 2, webhookId: 'b7c1d2ce-6f0a-4f2c-9d0b-0c9b1a2d3e4f' },
				),
				buildNode(
					'n8n-nodes-persona.persona',
					'Verify Delivery',
					{ resource: 'event', operation: 'verifyDelivery', webhookId: buildIdLocator(webhookId) },
					{ ...selectCredential(environment), onError: 'continueErrorOutput' },
				),
				buildNode('n8n-nodes-base.noOp', 'Genuine', {}),
				buildNode('n8n-nodes-base.noOp', 'Refused', {}),
			],
			connections: {
				Webhook: { main: [[{ node: 'Verify Delivery', type: 'main', index: 0 }]] },
				'Verify Delivery': {
					main: ['Genuine', 'Refused'].map((node) => [{ node, type: 'main' as const, index: 0 }]),
				},
			},
		});
		expect(await client.publish(workflow.id)).toMatchObject({ status: 'published' });
		await send(sandbox, 'POST', `/webhooks/${webhookId}/enable`);
	});
	afterAll(async () => await environment?.close());

	/** The executions so far, the newest first: what each of the two branches got. */
	const readBranches = async (count: number) => {
		const { client } = environment;
		const executions = await waitFor(`${count} executions`, async () => {
			const all = await client.fetchExecutions(workflow.id);
			return all.length >= count ? all : undefined;
		});
		const ended = await Promise.all(executions.map(({ id }) => client.waitForExecution(id)));
		return ended.map(({ runs }) =>
			['Genuine', 'Refused'].map((name) => runs[name]?.[0].data?.main?.[0]?.[0].json),
		);
	};

	it('passes Verify Delivery if Persona has sent it, and leaves by the error output if not', async () => {
		const { control } = environment.sandbox;
		const [inquiryId] = control.seedInquiries(1);
		const inquiry = control.find(inquiryId);
		if (!inquiry) throw new Error('The inquiry is missing');
		const eventId = control.emitEvent('inquiry.created', inquiry);
		const [[genuine, refused]] = await readBranches(1);
		expect(genuine).toMatchObject({
			...{ event: 'inquiry.created', eventId, attempt: null },
			object: { type: 'inquiry', id: inquiryId },
		});
		expect(refused).toBeUndefined();

		const [{ body }] = control.deliveries;
		const headers = {
			'content-type': 'application/json',
			'Persona-Signature': sign(body, 'wbhsec_wrong'),
		};
		const transformRequest = [(data: string) => data];
		await axios.post(url, body, { headers, transformRequest, proxy: false });
		const [[forged, reason]] = await readBranches(2);
		expect(forged).toBeUndefined();
		expect(reason).toMatchObject({
			error: `The signature does not match the body and the secrets of webhook ${webhookId}`,
		});
	});
});
