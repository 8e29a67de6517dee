import type {
	IExecuteFunctions,
	IHookFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes, updateDisplayOptions } from 'n8n-workflow';
import { eventParameters, outputParameters, selectionParameters } from './events/parameters';
import { optionFields } from './triggers/webhook/options';
import { receiveModeParameters } from './triggers/webhook/receiveMode';
import { webhookDescription } from './triggers/webhook/webhookDescription';

/** Not for calls of a Persona workflow: what it sends is up to its author. */
const eventFields = updateDisplayOptions({ hide: { receive: ['workflow'] } }, [
	...eventParameters,
	...selectionParameters,
]);

export class PersonaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Persona Trigger',
		name: 'personaTrigger',
		icon: { light: 'file:../../icons/persona.svg', dark: 'file:../../icons/persona.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter["receive"] === "workflow" ? "from a Persona workflow" : [$parameter["events"] || [], $parameter["moreEvents"] || []].flat().slice(0, 2).join(", ") + ([$parameter["events"] || [], $parameter["moreEvents"] || []].flat().length > 2 ? ", …" : "") }}',
		// n8n lists this node together with the node Persona, under this description.
		description:
			'Verify people and businesses with Persona, and start workflows when something happens there',
		// Read by n8n's AI workflow builder, as are those in the panel.
		builderHint: {
			searchHint:
				'Starts on events of Persona, such as `inquiry.completed` in `events`. With `receive` at `automatic`, it registers its webhook by itself: do not add a Webhook node. What the event is about is in `object`, e.g. its `id` and `status`. An event may come more than once, with the same `eventId`: what follows must be safe to repeat.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-persona.personaPollingTrigger',
					relationHint: 'Use it instead where Persona cannot reach this n8n',
				},
				{
					nodeType: 'n8n-nodes-persona.persona',
					relationHint: 'Reads and decides what the event is about',
				},
			],
		},
		eventTriggerDescription: 'Waiting for an event from Persona',
		activationMessage:
			'Events in Persona can now start this workflow. With "Registered Automatically", its webhook is in your Persona dashboard under Webhooks. Otherwise, nothing arrives before you have entered the Production URL in Persona.',
		triggerPanel: {
			header: 'Receive an event from Persona',
			executionsHelp: {
				inactive:
					'<b>While building</b>, click "Execute step" and trigger an event in Persona, such as a completed inquiry. With "Registered Automatically", n8n registers a webhook for this one test and removes it afterwards.<br><br><b>When the workflow is ready</b>, publish it. With "Registered Automatically", n8n registers its webhook in Persona. Every event then starts an execution.',
				active:
					'<b>While building</b>, click "Execute step" and trigger an event in Persona, such as a completed inquiry.<br><br><b>The workflow is published</b>, so every event also starts an execution, which appears in the executions list.',
			},
			activationHint:
				'Publish the workflow. With "Registered Automatically", n8n then registers a webhook in Persona for the events chosen here.',
		},
		defaults: { name: 'Persona Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'personaApi', required: true }],
		webhooks: [webhookDescription],
		properties: [
			...receiveModeParameters,
			...eventFields,
			...outputParameters,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: optionFields,
			},
		],
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				const { isRegistered } = await import('./triggers/webhook/registration/registration');
				return await isRegistered(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const { register } = await import('./triggers/webhook/registration/registration');
				await register(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				const { unregister } = await import('./triggers/webhook/registration/registration');
				await unregister(this);
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { receiveDelivery } = await import('./triggers/webhook/delivery/receiveDelivery');
		return await receiveDelivery(this);
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { beginExecution } = await import('./triggers/webhook/delivery/startedEvents');
		return beginExecution(this);
	}
}
