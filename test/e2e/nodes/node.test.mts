import { readFile } from 'node:fs/promises';
import type { IDataObject, INode } from 'n8n-workflow';
import { fixtures } from '../../../sandbox/sandbox.mts';
import {
	startRequestRecorder,
	type FakeResponse,
	type RequestRecorder,
} from '../../../tools/services/requestRecorder.mts';
import { buildIdLocator, selectCredential, buildNode, runNodes } from '../buildNode.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';

const KEY = 'persona_sandbox_demo';

const HTML = { headers: { 'content-type': 'text/html' } };

describe('the node in n8n', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment({ apiKeys: [KEY, 'persona_production_demo'] });
	});
	afterAll(async () => await environment?.close());

	const runAll = async (...nodes: INode[]) => await runNodes(environment, ...nodes);

	const getCredentials = () => selectCredential(environment);

	const buildPersonaNode = (parameters: IDataObject, more = {}) =>
		buildNode('n8n-nodes-persona.persona', 'Persona', parameters, { ...getCredentials(), ...more });

	const buildItemsNode = (count: number) =>
		buildNode(
			'n8n-nodes-base.code',
			'Items',
			{ jsCode: `return Array.from({ length: ${count} }, (_, n) => ({ json: { n } }));` },
			{ typeVersion: 2 },
		);

	it('is loaded with its triggers, its tools, their hints and their icons', async () => {
		const types = await environment.client.fetchNodeTypes();
		const packageTypes = types.filter(({ name }) => String(name).startsWith('n8n-nodes-persona.'));
		expect(packageTypes.map(({ name }) => name).sort()).toEqual([
			'n8n-nodes-persona.persona',
			'n8n-nodes-persona.personaAdmin',
			'n8n-nodes-persona.personaAdminTool',
			'n8n-nodes-persona.personaPollingTrigger',
			'n8n-nodes-persona.personaTool',
			'n8n-nodes-persona.personaTrigger',
		]);
		for (const { name, builderHint, codex } of packageTypes) {
			const hasHints = { searchHint: expect.any(String), relatedNodes: expect.any(Array) };
			expect({ name, builderHint }).toMatchObject({ name, builderHint: hasHints });
			expect(codex).toMatchObject({ alias: expect.arrayContaining(['KYC']) });
		}
		const icons = packageTypes.flatMap(({ iconUrl }) => Object.values(Object(iconUrl)));
		for (const icon of new Set(icons)) {
			const response = await fetch(`${environment.n8n.url}/${String(icon)}`);
			expect([icon, response.status]).toEqual([icon, 200]);
		}
	});

	it.each([
		['persona', 'inquiry/create'],
		['personaAdmin', 'webhook/get'],
	])('tells the editor the fields that %s returns before it has run', async (name, operation) => {
		const path = `schemas/n8n-nodes-persona.${name}/1/${operation}.json`;
		const response = await fetch(`${environment.n8n.url}/${path}`);
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({ type: 'object', properties: { id: {} } });
	});

	it('tests its credential, and reports what is wrong with a key', async () => {
		const { client, sandbox } = environment;
		const testCredential = async (data: IDataObject) =>
			await client.testCredential({ name: 'Persona', type: 'personaApi', data });
		expect(await testCredential(buildCredentialData(sandbox))).toMatchObject({ status: 'OK' });
		expect(await testCredential(buildCredentialData(sandbox, 'persona_sandbox_wrong'))).toEqual({
			status: 'Error',
			message: expect.stringContaining('mistyped, expired or revoked'),
		});
		sandbox.control.addFault({ path: '/rate-limits', kind: 'status', status: 403, times: 1 });
		expect(await testCredential(buildCredentialData(sandbox))).toEqual({
			status: 'Error',
			message: expect.stringContaining('IP allowlist'),
		});
	});

	it("refuses a key of the other environment than 'Only Use In', also for n8n's HTTP Request node", async () => {
		const { client, sandbox } = environment;
		const data = { ...buildCredentialData(sandbox), onlyUseIn: 'production' };
		const message = expect.stringMatching(
			/^'Only Use In' in the Persona credential is production, but 'API Key' is a sandbox key/,
		);
		const type = 'personaApi';
		expect(await client.testCredential({ name: 'Persona', type, data })).toEqual({
			status: 'Error',
			message,
		});
		const { id } = await client.createCredential({ name: 'Guarded', type, data });
		const credentials = { personaApi: { id, name: 'Guarded' } };
		sandbox.control.requests.length = 0;
		const inquiry = { resource: 'inquiry', operation: 'getAll' };
		const { error } = await runAll(buildPersonaNode(inquiry, { credentials }));
		expect(error).toMatchObject({ message });
		const http = await runAll(
			buildNode(
				'n8n-nodes-base.httpRequest',
				'HTTP Request',
				{
					url: `${sandbox.apiUrl}/rate-limits`,
					authentication: 'predefinedCredentialType',
					nodeCredentialType: 'personaApi',
				},
				{ typeVersion: 4.2, credentials },
			),
		);
		expect(JSON.stringify(http)).toContain("'Only Use In' in the Persona credential is production");
		expect(sandbox.control.requests).toEqual([]);
	});

	describe('the test of the credential', () => {
		let answer: FakeResponse;
		let server: RequestRecorder;

		beforeAll(async () => {
			server = await startRequestRecorder(() => answer);
		});

		afterAll(async () => await server.stop());

		const testCredential = async (data: IDataObject) =>
			await environment.client.testCredential({
				name: 'Persona',
				type: 'personaApi',
				data: { ...buildCredentialData(environment.sandbox), baseUrl: server.baseUrl, ...data },
			});

		it.each<[string, FakeResponse]>([
			['a page of HTML', { body: Buffer.from('<html>Welcome</html>') }],
			['a page of HTML with its type', { ...HTML, body: Buffer.from('<html>Welcome</html>') }],
			['an empty object', { body: {} }],
			['other JSON', { body: { status: 'ok' } }],
			['a list of something else', { body: [{ data: 1 }] }],
			['a number', { body: 5 }],
			['null', { body: Buffer.from('null') }],
			['nothing', { status: 204, body: Buffer.alloc(0) }],
			['an empty text', { body: Buffer.alloc(0) }],
			['an empty list', { body: { data: [] } }],
			['objects of another kind', { body: { data: [{ type: 'inquiry', attributes: {} }] } }],
			['an object of another kind', { body: { data: { type: 'inquiry', attributes: {} } } }],
			['a redirect', { status: 302, headers: { location: 'https://login.example/' } }],
			['404', { status: 404, body: { error: 'not found' } }],
			['the challenge of a firewall', { status: 403, ...HTML, body: Buffer.from('Just a moment') }],
			['405', { status: 405 }],
			['410', { status: 410 }],
			['421', { status: 421 }],
			['400', { status: 400, body: { errors: [{ title: 'Bad Request' }] } }],
			['500', { status: 500 }],
			['503', { status: 503 }],
			['511', { status: 511 }],
			['522', { status: 522, ...HTML, body: Buffer.from('<html>Timed out</html>') }],
			['502', { status: 502, ...HTML, body: Buffer.from('<html>Bad Gateway</html>') }],
		])("is red for %s, and names 'API URL'", async (_, response) => {
			answer = response;
			expect(await testCredential({})).toEqual({
				status: 'Error',
				message: expect.stringMatching(/'API URL'.*https:\/\/api\.withpersona\.com\/api\/v1/),
			});
		});

		it('is red for 407, which is the answer of a proxy, and names HTTPS_PROXY', async () => {
			answer = { status: 407 };
			const message = expect.stringMatching(/^The proxy of n8n wants .*HTTPS_PROXY/);
			expect(await testCredential({})).toEqual({ status: 'Error', message });
		});

		it('fails for an empty list, of which n8n reads the first entry', async () => {
			answer = { body: [] };
			await expect(testCredential({})).rejects.toThrow('undefined');
		});

		it.each(['api.withpersona.com/api/v1', 'http://api.withpersona.com/api/v1', ''])(
			"is red for the address '%s', and names 'API URL'",
			async (baseUrl) => {
				expect(await testCredential({ baseUrl })).toEqual({
					status: 'Error',
					message: expect.stringContaining("'API URL' in the Persona credential"),
				});
			},
		);

		it("is green for Persona's answer, also with blanks around what was pasted", async () => {
			const { apiUrl } = environment.sandbox;
			const data = { baseUrl: ` ${apiUrl}/\n`, apiKey: '\u200bpersona_sandbox_demo\n' };
			expect(await testCredential(data)).toMatchObject({ status: 'OK' });
		});
	});

	it('lets the HTTP Request node use its credential, for Persona alone', async () => {
		const buildHttpNode = (url: string) =>
			buildNode(
				'n8n-nodes-base.httpRequest',
				'HTTP Request',
				{ url, authentication: 'predefinedCredentialType', nodeCredentialType: 'personaApi' },
				{ typeVersion: 4.2, ...getCredentials() },
			);
		const { runs } = await runAll(buildHttpNode(`${environment.sandbox.apiUrl}/rate-limits`));
		expect(runs['HTTP Request'][0].data?.main[0]?.[0].json.data).toHaveLength(1);
		const rejected = await runAll(buildHttpNode(environment.sandbox.filesUrl));
		expect(JSON.stringify(rejected)).toContain('The Persona API key is only sent to');
		expect(environment.sandbox.control.fileRequests).toEqual([]);
	});

	it('lets the HTTP Request node follow no redirect with its credential', async () => {
		const target = await startRequestRecorder(() => ({}));
		const { origin, pathname } = new URL(target.baseUrl);
		const origins = await startRequestRecorder(({ path }) => ({
			status: path === '/elsewhere' ? 302 : 200,
			headers: { location: `${origin}${pathname}/login` },
		}));
		try {
			const { client } = environment;
			const data = { ...buildCredentialData(environment.sandbox), baseUrl: origins.baseUrl };
			const { id } = await client.createCredential({ name: 'Moved', type: 'personaApi', data });
			const { runs } = await runAll(
				buildNode(
					'n8n-nodes-base.httpRequest',
					'HTTP Request',
					{
						url: `${origins.baseUrl}/elsewhere`,
						authentication: 'predefinedCredentialType',
						nodeCredentialType: 'personaApi',
					},
					{ typeVersion: 4.2, credentials: { personaApi: { id, name: 'Moved' } } },
				),
			);
			expect(origins.requests).toHaveLength(1);
			expect(target.requests).toEqual([]);
			expect(runs['HTTP Request'][0].error?.message).toMatch(/^302 - /);
		} finally {
			await target.stop();
			await origins.stop();
		}
	});

	it('creates an inquiry for each item, linked to it', async () => {
		const { runs, status } = await runAll(
			buildItemsNode(5),
			buildPersonaNode({
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
				additionalFields: { note: '={{ "person " + $json.n }}' },
				output: 'allFields',
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

	it('sends failed items to the error output with their input data', async () => {
		const [id] = environment.sandbox.control.seedInquiries(1);
		const { runs } = await runAll(
			buildItemsNode(2),
			buildPersonaNode(
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
				message: expect.stringContaining('Request-Id: req_'),
			}),
		]);
	});

	it('prints an inquiry as a PDF', async () => {
		const [id] = environment.sandbox.control.seedInquiries(1);
		const { runs } = await runAll(
			buildPersonaNode({
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

	it('lists inquiries and templates, and says that a sandbox key cannot list templates', async () => {
		const buildRequest = (methodName: string, credentialId: string) => ({
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
		const inquiries = await client.searchList(buildRequest('searchInquiries', credential.id));
		expect(inquiries.results.length).toBeGreaterThan(0);
		const used = await client.searchList(buildRequest('searchInquiryTemplates', credential.id));
		expect(used.results.map(({ name }) => name)).toContain(
			'A sandbox key cannot list templates: use By ID or By URL',
		);
		const production = await client.createCredential({
			name: 'Production',
			type: 'personaApi',
			data: buildCredentialData(sandbox, 'persona_production_demo'),
		});
		const templates = await client.searchList(
			buildRequest('searchInquiryTemplates', production.id),
		);
		expect(templates.results.map(({ value }) => value)).toContain(fixtures.inquiryTemplate);
		const { fields } = await client.fetchMapperFields({
			...buildRequest('inquiryFields', production.id),
			parameters: {
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
			},
		});
		expect(fields.map(({ id }) => id)).toContain('name-first');
	});

	it('writes the API key to no log, no output and no error', async () => {
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
