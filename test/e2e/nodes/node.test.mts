import { readFile } from 'node:fs/promises';
import type { IDataObject, INode } from 'n8n-workflow';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { buildIdLocator, selectCredential, buildNode, runNodes } from '../buildNode.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';

const KEY = 'persona_sandbox_demo';

describe('the node in n8n', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment({ apiKeys: [KEY, 'persona_production_demo'] });
	});
	afterAll(async () => await environment?.close());

	const run = async (...nodes: INode[]) => await runNodes(environment, ...nodes);

	const credentials = () => selectCredential(environment);

	const persona = (parameters: IDataObject, more = {}) =>
		buildNode('n8n-nodes-persona.persona', 'Persona', parameters, { ...credentials(), ...more });

	const items = (count: number) =>
		buildNode(
			'n8n-nodes-base.code',
			'Items',
			{ jsCode: `return Array.from({ length: ${count} }, (_, n) => ({ json: { n } }));` },
			{ typeVersion: 2 },
		);

	it('is known with its trigger, its tool, its icons and its output previews', async () => {
		const types = await environment.client.fetchNodeTypes();
		const ours = types.filter(({ name }) => String(name).startsWith('n8n-nodes-persona.'));
		expect(ours.map(({ name }) => name).sort()).toEqual([
			'n8n-nodes-persona.persona',
			'n8n-nodes-persona.personaPollingTrigger',
			'n8n-nodes-persona.personaTool',
			'n8n-nodes-persona.personaTrigger',
		]);
		const icons = ours.flatMap(({ iconUrl }) => Object.values(Object(iconUrl)));
		for (const icon of new Set(icons)) {
			const answer = await fetch(`${environment.n8n.url}/${String(icon)}`);
			expect([icon, answer.status]).toEqual([icon, 200]);
		}
	});

	it('tests its credential, and says what is wrong with a key', async () => {
		const { client, sandbox } = environment;
		const test = async (data: IDataObject) =>
			await client.testCredential({ name: 'Persona', type: 'personaApi', data });
		expect(await test(buildCredentialData(sandbox))).toMatchObject({ status: 'OK' });
		expect(await test(buildCredentialData(sandbox, 'persona_sandbox_wrong'))).toEqual({
			status: 'Error',
			message: expect.stringContaining('mistyped, expired or revoked'),
		});
		sandbox.control.addFault({ path: '/rate-limits', kind: 'status', status: 403, times: 1 });
		expect(await test(buildCredentialData(sandbox))).toEqual({
			status: 'Error',
			message: expect.stringContaining('IP allowlist'),
		});
	});

	it('lends its credential to the HTTP Request node, for Persona alone', async () => {
		const http = (url: string) =>
			buildNode(
				'n8n-nodes-base.httpRequest',
				'HTTP Request',
				{ url, authentication: 'predefinedCredentialType', nodeCredentialType: 'personaApi' },
				{ typeVersion: 4.2, ...credentials() },
			);
		const { runs } = await run(http(`${environment.sandbox.apiUrl}/rate-limits`));
		expect(runs['HTTP Request'][0].data?.main[0]?.[0].json.data).toHaveLength(1);
		const refused = await run(http(environment.sandbox.filesUrl));
		expect(JSON.stringify(refused)).toContain('The Persona API key is only sent to');
		expect(environment.sandbox.control.fileRequests).toEqual([]);
	});

	it('creates an inquiry for each item, linked to it', async () => {
		const { runs, status } = await run(
			items(5),
			persona({
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
				additionalFields: { note: '={{ "person " + $json.n }}' },
			}),
			buildNode(
				'n8n-nodes-base.set',
				'Joined',
				{
					assignments: {
						assignments: [
							{ id: '1', name: 'n', type: 'number', value: "={{ $('Items').item.json.n }}" },
							{ id: '2', name: 'note', type: 'string', value: '={{ $json.note }}' },
						],
					},
				},
				{ typeVersion: 3.4 },
			),
		);
		expect(status).toBe('success');
		expect(runs.Joined[0].data?.main[0]?.map(({ json }) => json)).toEqual(
			[0, 1, 2, 3, 4].map((n) => ({ n, note: `person ${n}` })),
		);
	});

	it('sends failed items to the error output with what they came with', async () => {
		const [id] = environment.sandbox.control.seedInquiries(1);
		const { runs } = await run(
			items(2),
			persona(
				{
					resource: 'inquiry',
					operation: 'get',
					inquiryId: buildIdLocator(`={{ $json.n === 0 ? "${id}" : "inq_unknown" }}`),
				},
				{ onError: 'continueErrorOutput' },
			),
		);
		const [good, failed] = runs.Persona[0].data?.main ?? [];
		expect(good?.map(({ json }) => json.id)).toEqual([id]);
		expect(failed?.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				n: 1,
				error: 'Persona has no object with this ID',
				details: expect.stringContaining('Request-Id: req_'),
			}),
		]);
	});

	it('prints an inquiry as a PDF', async () => {
		const [id] = environment.sandbox.control.seedInquiries(1);
		const { runs } = await run(
			persona({
				resource: 'inquiry',
				operation: 'print',
				inquiryId: buildIdLocator(id),
			}),
		);
		expect(runs.Persona[0].data?.main[0]?.[0].binary?.data).toMatchObject({
			fileName: `inquiry-${id}.pdf`,
			mimeType: 'application/pdf',
		});
	});

	it('lists inquiries and templates to choose from, and says why a sandbox key cannot', async () => {
		const request = (methodName: string, credentialId: string) => ({
			methodName,
			path: 'parameters.inquiryId',
			node: {
				type: 'n8n-nodes-persona.persona',
				typeVersion: 1,
				credentials: { personaApi: { id: credentialId, name: 'Persona' } },
			},
			parameters: { resource: 'inquiry', operation: 'create' },
		});
		const { client, sandbox, credential } = environment;
		const inquiries = await client.searchList(request('searchInquiries', credential.id));
		expect(inquiries.results.length).toBeGreaterThan(0);
		await expect(
			client.searchList(request('searchInquiryTemplates', credential.id)),
		).rejects.toThrow('By ID');
		const production = await client.createCredential({
			name: 'Production',
			type: 'personaApi',
			data: buildCredentialData(sandbox, 'persona_production_demo'),
		});
		const templates = await client.searchList(request('searchInquiryTemplates', production.id));
		expect(templates.results.map(({ value }) => value)).toContain(fixtures.inquiryTemplate);
		const { fields } = await client.fetchMapperFields({
			...request('inquiryFields', production.id),
			parameters: {
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
			},
		});
		expect(fields.map(({ id }) => id)).toContain('name-first');
	});

	it('leaves the key in no log, no output and no error', async () => {
		const log = await readFile(environment.n8n.logFile, 'utf8');
		expect(log).not.toContain(KEY);
		for (const { id } of await environment.client.fetchWorkflows()) {
			for (const execution of await environment.client.fetchExecutions(id)) {
				expect(JSON.stringify(await environment.client.fetchExecution(execution.id))).not.toContain(
					KEY,
				);
			}
		}
	});
});
