import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { eventParameters, outputParameters, selectionParameters } from './events/parameters';

export class PersonaPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Persona Polling Trigger',
		name: 'personaPollingTrigger',
		icon: { light: 'file:../../icons/persona.svg', dark: 'file:../../icons/persona.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ [$parameter["events"] || [], $parameter["moreEvents"] || []].flat().slice(0, 2).join(", ") + ([$parameter["events"] || [], $parameter["moreEvents"] || []].flat().length > 2 ? ", …" : "") }}',
		description:
			'Starts the workflow when something happens in Persona, even if Persona cannot reach this n8n',
		// Read by n8n's AI workflow builder, as are those in the panel.
		builderHint: {
			searchHint:
				'Only where Persona cannot reach this n8n, e.g. on a computer without a public address; otherwise use Persona Trigger. Asks for events, such as `inquiry.completed` in `events`, at the times that are set. What the event is about is in `object`, e.g. its `id` and `status`.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-persona.personaTrigger',
					relationHint: 'Use it instead where Persona can reach this n8n: events come at once',
				},
				{
					nodeType: 'n8n-nodes-persona.persona',
					relationHint: 'Reads and decides what the event is about',
				},
			],
		},
		eventTriggerDescription: 'Looking for events in Persona',
		activationMessage:
			'This workflow now asks Persona for events at the times you chose. The first time, it starts with events from now on. After a pause, it continues with the events since then.',
		triggerPanel: {
			header: 'Fetch events from Persona',
			executionsHelp: {
				inactive:
					'<b>While building</b>, click "Fetch Test Event" to see the latest events of the chosen types.<br><br><b>When the workflow is ready</b>, publish it. n8n then asks Persona at the chosen times, and new events start an execution.',
				active:
					'<b>While building</b>, click "Fetch Test Event" to see the latest events of the chosen types.<br><br><b>The workflow is published</b>, so new events also start an execution, which appears in the executions list.',
			},
			activationHint:
				'Publish the workflow. n8n then asks Persona for new events at the chosen times.',
		},
		defaults: { name: 'Persona Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'personaApi', required: true }],
		properties: [...eventParameters, ...selectionParameters, ...outputParameters],
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const { poll } = await import('./triggers/polling/poll');
		return await poll(this);
	}
}
