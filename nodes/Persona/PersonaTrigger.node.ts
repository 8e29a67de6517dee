import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes, updateDisplayOptions } from 'n8n-workflow';
import { eventParameters, outputParameters, selectionParameters } from './events/parameters';
import { receiveDelivery } from './triggers/webhook/delivery/receiveDelivery';
import { register, isRegistered, unregister } from './triggers/webhook/registration/registration';
import { receiveModeParameters } from './triggers/webhook/receiveMode';

/** Not for calls of a Persona workflow: what it sends is up to its author. */
const eventFields = updateDisplayOptions({ hide: { receive: ['workflow'] } }, [
	...eventParameters,
	...selectionParameters,
]);

/** Only for a webhook that the node registers itself. */
const forRegistered = { show: { '/receive': ['automatic'] } };

export class PersonaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Persona Trigger',
		name: 'personaTrigger',
		icon: { light: 'file:../../icons/persona.svg', dark: 'file:../../icons/persona.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter["receive"] === "workflow" ? "from a Persona workflow" : [$parameter["events"] || []].flat().slice(0, 2).join(", ") + ([$parameter["events"] || []].flat().length > 2 ? ", …" : "") }}',
		description: 'Starts the workflow when something happens in Persona',
		eventTriggerDescription: 'Waiting for an event from Persona',
		activationMessage:
			'Persona can now start this workflow. If n8n registered a webhook, it appears in your Persona dashboard under Webhooks.',
		triggerPanel: {
			header: 'Receive an event from Persona',
			executionsHelp: {
				inactive:
					'<b>While building</b>, click "Listen for test event" and trigger an event in Persona, such as a completed inquiry. With "Registered Automatically", n8n registers a webhook for this one test and removes it afterwards.<br><br><b>When the workflow is ready</b>, publish it. With "Registered Automatically", n8n registers its webhook in Persona. Every event then starts an execution.',
				active:
					'<b>While building</b>, click "Listen for test event" and trigger an event in Persona, such as a completed inquiry.<br><br><b>The workflow is published</b>, so every event also starts an execution, which appears in the executions list.',
			},
			activationHint:
				'Publish the workflow. With "Registered Automatically", n8n then registers a webhook in Persona for the events chosen here.',
		},
		defaults: { name: 'Persona Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'personaApi', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode:
					'={{ $parameter["receive"] === "workflow" ? $parameter["responseMode"] : "onReceived" }}',
				// Unless it is empty, n8n responds at once with the text "firstEntryJson".
				responseData:
					'={{ $parameter["receive"] === "workflow" && $parameter["responseMode"] === "lastNode" ? "firstEntryJson" : "" }}',
				path: 'webhook',
				ndvHideUrl: '={{ $parameter["receive"] === "automatic" }}',
			},
		],
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
				options: [
					{
						displayName: 'Attribute Blocklist',
						name: 'attributeBlocklist',
						displayOptions: forRegistered,
						type: 'string',
						default: '',
						placeholder: 'e.g. name-last, address-*',
						description: 'Attributes that Persona leaves out of the events, separated by commas',
					},
					{
						displayName: 'Catch Up After a Pause (Hours)',
						name: 'catchUp',
						displayOptions: forRegistered,
						type: 'number',
						typeOptions: { minValue: 1, maxValue: 720 },
						default: 24,
						description:
							'How many hours to look back for missed events when the workflow is published again, e.g. 24. Missed events arrive oldest first, each marked with caughtUp. Needs the permission event.read.',
					},
					{
						displayName: 'File Link Lifetime (Hours)',
						name: 'fileLinkLifetime',
						displayOptions: forRegistered,
						type: 'number',
						typeOptions: { minValue: 1, maxValue: 72 },
						default: 6,
						description: 'How long links to photos and documents in an event stay valid',
					},
					{
						displayName: 'Include Related Objects',
						name: 'includeRelated',
						displayOptions: forRegistered,
						type: 'boolean',
						default: true,
						description:
							'Whether to receive related objects in full, such as the verifications of an inquiry',
					},
					{
						displayName: 'Tolerance (Minutes)',
						name: 'tolerance',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 5,
						description:
							'How old the signature of an event may be before the event is rejected as a replay. Set 0 to accept any age.',
					},
				],
			},
		],
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await isRegistered(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await register(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				await unregister(this);
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveDelivery(this);
	}
}
