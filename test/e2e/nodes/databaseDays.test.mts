import type { IDataObject } from 'n8n-workflow';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { buildPostgresCredential, startPostgres, type Server } from '../../../tools/servers.mts';
import { configuredServers, findPostgresUser, findProgram } from '../../../tools/findProgram.mts';
import { buildIdLocator, buildNode, selectCredential, START } from '../buildNode.mts';
import { startTestEnvironment } from '../testEnvironment.mts';

const canStart =
	configuredServers.postgres !== undefined ||
	(findPostgresUser() !== undefined && findProgram('postgres') && findProgram('initdb'));

const title = `a day of a database${canStart ? '' : ' (skipped: PostgreSQL cannot be started)'}`;

(canStart ? describe : describe.skip)(title, () => {
	let environment: Awaited<ReturnType<typeof startTestEnvironment>>;
	let database: Server;
	let credentials: IDataObject;

	beforeAll(async () => {
		database = await startPostgres();
		environment = await startTestEnvironment();
		const { id, name } = await environment.client.createCredential({
			name: 'Database',
			type: 'postgres',
			data: buildPostgresCredential(database.url),
		});
		credentials = { postgres: { id, name } };
	});
	afterAll(async () => {
		await environment?.close();
		await database?.stop();
	});

	/** Runs a workflow in this zone that creates an inquiry from a row of the database. */
	async function createFromRow(timezone: string, parameters: IDataObject) {
		const { client } = environment;
		const query = `SELECT DATE '1994-04-12' AS birthdate, DATE '1981-07-01' AS other`;
		const nodes = [
			buildNode('n8n-nodes-base.manualTrigger', START, {}),
			buildNode(
				'n8n-nodes-base.postgres',
				'Read row',
				{ operation: 'executeQuery', query, options: {} },
				{ typeVersion: 2.6, credentials },
			),
			buildNode(
				'n8n-nodes-persona.persona',
				'Persona',
				{
					...{ resource: 'inquiry', operation: 'create', output: 'raw' },
					inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
					...parameters,
				},
				selectCredential(environment),
			),
		];
		const linkTo = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
		const connections = { [START]: linkTo('Read row'), 'Read row': linkTo('Persona') };
		const settings = { executionOrder: 'v1' as const, timezone };
		const workflow = await client.createWorkflow({ name: 'Days', nodes, connections, settings });
		const { executionId } = await client.runWorkflow(workflow.id, START);
		const { runs, error } = await client.waitForExecution(String(executionId));
		expect(error).toBeUndefined();
		const [item] = runs.Persona[0].data?.main[0] ?? [];
		const { fields } = (item?.json.attributes ?? {}) as { fields: Record<string, IDataObject> };
		return fields.birthdate.value;
	}

	const column = {
		...{ id: 'birthdate', displayName: 'Birthdate (YYYY-MM-DD)', required: false },
		...{ defaultMatch: false, display: true, type: 'string', removed: true },
	};

	describe.each(['America/New_York', 'Europe/Berlin'])('with n8n in %s', (processZone) => {
		beforeAll(async () => {
			await environment.n8n.restart({ GENERIC_TIMEZONE: processZone, TZ: processZone });
		});

		it.each(['America/New_York', 'Europe/Berlin'])(
			'is the same day in a workflow in %s, however it is sent',
			async (timezone) => {
				const sent = [
					await createFromRow(timezone, {
						fieldsMode: 'json',
						fields: '={{ { birthdate: $json.birthdate } }}',
					}),
					await createFromRow(timezone, {
						fieldsMode: 'columns',
						fieldsColumns: { mappingMode: 'autoMapInputData', value: null, schema: [column] },
					}),
					await createFromRow(timezone, {
						fieldsMode: 'columns',
						fieldsColumns: {
							mappingMode: 'defineBelow',
							value: { birthdate: '={{ $json.birthdate }}' },
							schema: [{ ...column, removed: false }],
						},
					}),
				];
				expect(sent).toEqual(['1994-04-12', '1994-04-12', '1994-04-12']);
			},
		);
	});
});
