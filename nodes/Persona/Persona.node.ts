import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { buildProperties } from './engine/panel';
import { returnWebhooks } from './operations/waitForPerson/waitForPerson';
import { listSearch } from './methods/listSearch';
import { resourceMapping } from './methods/resourceMapping';
import { table } from './resources';

export class Persona implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Persona',
		name: 'persona',
		icon: { light: 'file:../../icons/persona.svg', dark: 'file:../../icons/persona.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		// n8n shows the trigger's description for both nodes, so it is the same there.
		description:
			'Verify people and businesses with Persona, and start workflows when something happens there',
		// Read by n8n's AI workflow builder, as are those in the panel.
		builderHint: {
			searchHint:
				'Resource `inquiry` is one verification of a person: operation `create` with `autoCreateOneTimeLink` returns `oneTimeLink` to send. Read the result with `getDecisionSummary` and branch on its `decision`. To start when a verification ends, use Persona Trigger, not `getAll` on a schedule. An ID is a resource locator, whose `mode` `id` takes an expression. In a tool, `output` is `simplified`, `raw`, or `selectedFields` with `outputFields`, and what decides needs `allowDecisions`.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-persona.personaTrigger',
					relationHint: 'Starts the workflow on events, such as a completed inquiry',
				},
				{
					nodeType: 'n8n-nodes-persona.personaPollingTrigger',
					relationHint: 'The same events where Persona cannot reach this n8n',
				},
				{
					nodeType: 'n8n-nodes-persona.personaAdmin',
					relationHint: 'Looks after templates, webhooks, API keys and logs',
				},
				{
					nodeType: 'n8n-nodes-persona.personaTool',
					relationHint: 'Tool version for an AI agent',
				},
			],
		},
		defaults: { name: 'Persona' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'personaApi', required: true }],
		sensitiveOutputFields: ['sessionToken', 'meta.session-token'],
		webhooks: returnWebhooks,
		waitingNodeTooltip:
			'The execution continues when the person returns from Persona, or when the time is up',
		properties: buildProperties(table, 'Persona'),
	};

	methods = { listSearch, resourceMapping };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { execute } = await import('./engine/execute');
		return await execute.call(this, table, 'Persona');
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { handleReturn } = await import('./operations/waitForPerson/handleReturn');
		return await handleReturn.call(this);
	}
}
