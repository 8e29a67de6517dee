import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { waitFor, type StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { buildNode, runNodes, selectCredential } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const TRIGGER = 'Persona Trigger';

const SOMEBODY_ELSE = 'false_positive';

describe('reviewing the matches of a Screening report in n8n', () => {
	let environment: TestEnvironment;
	let workflow: StoredWorkflow;

	beforeAll(async () => {
		environment = await startTestEnvironment({ reportSeconds: 0.2 });
		workflow = await environment.client.createWorkflow({
			name: 'After a review',
			nodes: [
				buildNode(
					'n8n-nodes-persona.personaTrigger',
					TRIGGER,
					{ events: ['report/screening.reviewed'], output: 'allFields' },
					{ ...selectCredential(environment), webhookId: randomUUID() },
				),
			],
			connections: {},
		});
		expect(await environment.client.publish(workflow.id)).toMatchObject({ status: 'published' });
	});
	afterAll(async () => await environment?.close());

	const buildPersona = (name: string, parameters: IDataObject) =>
		buildNode(
			'n8n-nodes-persona.persona',
			name,
			{ resource: 'report', ...parameters },
			selectCredential(environment),
		);

	/** The items with which events have started the workflow. */
	async function fetchEvents() {
		const executions = await environment.client.fetchExecutions(workflow.id);
		return await Promise.all(
			executions.map(async ({ id }) => {
				const { runs } = await environment.client.waitForExecution(id);
				return runs[TRIGGER]?.[0]?.data?.main?.[0]?.[0]?.json as IDataObject;
			}),
		);
	}

	it('reviews each match that a report has found, and each review starts a workflow', async () => {
		const { runs, status } = await runNodes(
			environment,
			buildPersona('Screen', {
				operation: 'create',
				reportType: 'screening',
				queryNameFirst: 'Jane',
				queryNameLast: 'Match',
			}),
			buildPersona('Matches', {
				operation: 'getMatches',
				reportId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			}),
			buildPersona('Review', {
				operation: 'reviewMatches',
				reportId: { __rl: true, mode: 'id', value: '={{ $json.reportId }}' },
				recordToken: { __rl: true, mode: 'id', value: '={{ $json.token }}' },
				reviewStatus: SOMEBODY_ELSE,
				comment: 'Other birthdate',
				output: 'allFields',
			}),
		);
		expect(status).toBe('success');
		const getItems = (name: string) => (runs[name][0].data?.main[0] ?? []).map(({ json }) => json);
		const [{ id: reportId }] = getItems('Screen');
		const matches = getItems('Matches');
		expect(matches).toEqual(
			Array(2).fill(
				expect.objectContaining({
					reportId,
					name: 'Jane Match',
					listings: ['Sample Sanctions List'],
					reviewStatus: 'pending',
				}),
			),
		);
		const records = getItems('Review').at(-1)?.matchedRecords as IDataObject[];
		expect(records.map(({ reviewStatus }) => reviewStatus)).toEqual(Array(2).fill(SOMEBODY_ELSE));

		await waitFor(
			'both reviews start the workflow',
			async () => (await environment.client.fetchExecutions(workflow.id)).length === 2,
		);
		const events = await fetchEvents();
		const getToken = ({ context }: IDataObject) => (context as IDataObject).recordToken;
		expect(events.map(getToken).sort()).toEqual(matches.map(({ token }) => token).sort());
		for (const event of events) {
			expect(event).toMatchObject({
				event: 'report/screening.reviewed',
				object: { id: reportId, type: 'report/screening' },
				context: { reviewType: 'record', reviewStatus: SOMEBODY_ELSE, comment: 'Other birthdate' },
			});
		}
	}, 120_000);
});
