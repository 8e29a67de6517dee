import type { INodeParameters } from 'n8n-workflow';
import { startSandbox, fixtures, type Sandbox } from '../sandbox/sandbox.mts';
import { runNode } from './support/runNode.mts';
import { sampleFiles } from './support/sampleFiles.mts';

const PRODUCTION_KEY = 'persona_production_all';
const SANDBOX_KEY = 'persona_sandbox_all';
const LIST_KEY = 'persona_sandbox_lists';
const IMPORT_KEY = 'persona_sandbox_imports';

const toLocator = (value: string) => ({ __rl: true, mode: 'id', value });

describe('an API key', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			reportSeconds: 0.05,
			apiKeys: [
				...[PRODUCTION_KEY, SANDBOX_KEY],
				{ value: LIST_KEY, permissions: ['list.read', 'list.write', 'account.write'] },
				{ value: IMPORT_KEY, permissions: ['importer.write', 'list.read', 'list.write'] },
			],
		});
	});
	afterAll(async () => await sandbox.close());

	const run = async (apiKey: string, parameters: INodeParameters) =>
		await runNode({
			parameters,
			binary: [sampleFiles],
			// The sandbox repeats its response to a key of the same execution.
			executionId: apiKey,
			credentials: { apiKey, baseUrl: sandbox.apiUrl },
		});

	const ofTemplate = { inquiryTemplateId: toLocator(fixtures.inquiryTemplate) };

	it.each<[string, string, INodeParameters]>([
		['inquiryTemplate', 'get', ofTemplate],
		['inquiryTemplate', 'getAll', {}],
		['inquiryTemplate', 'getVersions', ofTemplate],
		['userAuditLog', 'getAll', {}],
		['deployment', 'getAll', {}],
	])(
		'of the sandbox is told that only one of production reads %s (%s)',
		async (resource, operation, more) => {
			const parameters = { resource, operation, ...more };
			const { error } = await run(SANDBOX_KEY, parameters);
			expect(error?.message).toBe('Persona shows this only to a production key');
			expect(error?.description).toContain("'API Key' begins with persona_production_");
			expect((await run(PRODUCTION_KEY, parameters)).error).toBeUndefined();
		},
	);

	it('that is wrong is not recognized, and nothing is said of production', async () => {
		const { error } = await run('persona_sandbox_wrong', {
			resource: 'account',
			operation: 'getAll',
		});
		expect(error?.message).toBe('Persona does not recognize this API key');
		expect(error?.description).not.toContain('production');
	});

	const importPeople = {
		resource: 'importer',
		operation: 'import',
		importType: 'account',
		file: 'people',
	};

	it.each([LIST_KEY, IMPORT_KEY])('needs two permissions to import accounts: %s', async (key) => {
		const { error } = await run(key, importPeople);
		expect(error?.description).toContain(
			'the key has the permissions importer.write and account.write,',
		);
	});

	it('needs importer.write to import list items, also for Add Many', async () => {
		const { items } = await run(SANDBOX_KEY, {
			...{ resource: 'list', operation: 'create', listType: 'ipAddress', name: 'Blocked' },
		});
		const listId = toLocator(String(items[0].json.id));
		const importList = {
			...{ resource: 'importer', operation: 'import', importType: 'ipAddress' },
			...{ listId, file: 'ipAddress' },
		};
		const addMany = {
			...{ resource: 'listItem', operation: 'addMany', listType: 'ipAddress' },
			...{ listId, value: '203.0.113.9', options: { importFrom: 1 } },
		};
		for (const parameters of [importList, addMany]) {
			const { error } = await run(LIST_KEY, parameters);
			expect(error?.description).toContain('the key has the permission importer.write,');
			expect((await run(IMPORT_KEY, parameters)).error).toBeUndefined();
		}
	});
});
