import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes, updateDisplayOptions } from 'n8n-workflow';
import { eventParameters, outputParameters, selectionParameters } from './events/parameters';
import { receive } from './triggers/webhook/delivery/receive';
import { register, isRegistered, unregister } from './triggers/webhook/registration/registration';
import { receiveModeParameters } from './triggers/webhook/receiveMode';

/** What a Persona workflow sends is up to its author, so nothing can be chosen about it. */
const chosen = updateDisplayOptions({ hide: { receive: ['workflow'] } }, [
	...eventParameters,
	...selectionParameters,
]);

/** What Persona can be asked for only with a webhook that the node registers. */
const registered = { show: { '/receive': ['automatic'] } };

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
			'Persona can now start this workflow. A webhook that n8n has registered stands in your Persona dashboard under Webhooks.',
		triggerPanel: {
			header: 'Receive an event from Persona',
			executionsHelp: {
				inactive:
					'<b>While you build</b>, click "Listen for test event" and let something happen in Persona, such as a completed inquiry. With "Registered Automatically", a webhook for this one test is registered and removed again.<br><br><b>When the workflow is ready</b>, publish it: n8n registers its webhook in Persona if you want it to, and every event starts an execution.',
				active:
					'<b>While you build</b>, click "Listen for test event" and let something happen in Persona, such as a completed inquiry.<br><br><b>The workflow is published</b>, so every event also starts an execution, which you find in the executions list.',
			},
			activationHint:
				'Publish the workflow. With "Registered Automatically", n8n then registers the webhook in Persona, with the events chosen here.',
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
				// Without an empty one n8n answers at once with the text "firstEntryJson".
				responseData:
					'={{ $parameter["receive"] === "workflow" && $parameter["responseMode"] === "lastNode" ? "firstEntryJson" : "" }}',
				path: 'webhook',
				ndvHideUrl: '={{ $parameter["receive"] === "automatic" }}',
			},
		],
		properties: [
			...receiveModeParameters,
			...chosen,
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
						displayOptions: registered,
						type: 'string',
						default: '',
						placeholder: 'e.g. name-last, address-*',
						description: 'Attributes that Persona leaves out of the events, separated by commas',
					},
					{
						displayName: 'Catch Up After a Pause (Hours)',
						name: 'catchUp',
						displayOptions: registered,
						type: 'number',
						typeOptions: { minValue: 1, maxValue: 720 },
						default: 24,
						description:
							'How far back to look, when the workflow is published again, for events that happened since it was unpublished, e.g. 24; they come first, each marked as caughtUp. Needs the permission event.read.',
					},
					{
						displayName: 'File Link Lifetime (Hours)',
						name: 'fileLinkLifetime',
						displayOptions: registered,
						type: 'number',
						typeOptions: { minValue: 1, maxValue: 72 },
						default: 6,
						description: 'How long the links to photos and documents in an event can be used',
					},
					{
						displayName: 'Include Related Objects',
						name: 'includeRelated',
						displayOptions: registered,
						type: 'boolean',
						default: true,
						description:
							'Whether to receive the objects that the event’s object refers to in full, such as the verifications of an inquiry',
					},
					{
						displayName: 'Tolerance (Minutes)',
						name: 'tolerance',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 5,
						description:
							'How old the signature of an event may be before it is refused as a replay. With 0 the age is not checked.',
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
		return await receive(this);
	}
}
