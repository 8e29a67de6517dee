import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { buildProperties } from './engine/panel';
import { listSearch } from './methods/listSearch';
import { resourceMapping } from './methods/resourceMapping';
import { table } from './resources';

export class PersonaAdmin implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Persona Admin',
		name: 'personaAdmin',
		icon: { light: 'file:../../icons/persona.svg', dark: 'file:../../icons/persona.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description:
			'Look after your Persona organization: templates, webhooks, API keys, logs, themes and connections',
		// Read by n8n's AI workflow builder, as are those in the panel.
		builderHint: {
			searchHint:
				'Only to look after the Persona organization itself: resources such as `inquiryTemplate`, `webhook`, `apiKey` and `apiLog`. To verify people or read results, use the node Persona. To receive events, use Persona Trigger, which registers its webhook by itself.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-persona.persona',
					relationHint: 'Verifies people and businesses, and reads and decides the results',
				},
			],
		},
		defaults: { name: 'Persona Admin' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'personaApi', required: true }],
		sensitiveOutputFields: [
			'keyValue',
			'attributes.value',
			'secret',
			'secrets',
			'attributes.secret',
			'attributes.secrets',
		],
		properties: buildProperties(table, 'Persona Admin'),
	};

	methods = { listSearch, resourceMapping };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { execute } = await import('./engine/execute');
		return await execute.call(this, table, 'Persona Admin');
	}
}
