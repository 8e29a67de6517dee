import type { IHookFunctions, INodeProperties, IWebhookFunctions } from 'n8n-workflow';

/**
 * How deliveries come: from a webhook that the node registers, from one that the user registers,
 * or from a step of a Persona workflow.
 */
export type ReceiveMode = 'automatic' | 'byHand' | 'workflow';

/** The way the user chose. */
export const readReceiveMode = (node: IHookFunctions | IWebhookFunctions) =>
	node.getNodeParameter('receive', 'automatic') as ReceiveMode;

/** The choice of the way, and what goes with each. */
export const receiveModeParameters: INodeProperties[] = [
	{
		displayName: 'Receive',
		name: 'receive',
		type: 'options',
		noDataExpression: true,
		default: 'automatic',
		options: [
			{
				name: 'Registered Automatically',
				value: 'automatic',
				description: 'With a webhook that n8n creates in Persona and takes care of',
			},
			{
				name: 'Registered by Hand in Persona',
				value: 'byHand',
				description: 'For API keys without the permission webhook.write',
			},
			{
				name: 'Called by a Persona Workflow',
				value: 'workflow',
				description: 'By its step "Make HTTPS Request", which can wait for an answer',
			},
		],
		description: 'How Persona reaches this workflow',
	},
	{
		displayName:
			'In Persona, create a webhook under Webhooks with the Production URL from above and the events that you choose here, and enable it. Copy its secret into <b>Webhook Secret</b> of the credential; without it every event is refused. For a test, use the Test URL.',
		name: 'byHandNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { receive: ['byHand'] } },
	},
	{
		displayName:
			'In Persona, add the step "Make HTTPS Request" to a workflow, with the method POST and the Production URL from above. Set a secret there and copy it into <b>Webhook Secret</b> of the credential; without it every call is refused. For a test, use the Test URL.',
		name: 'workflowNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { receive: ['workflow'] } },
	},
	{
		displayName: 'Respond',
		name: 'responseMode',
		type: 'options',
		noDataExpression: true,
		default: 'onReceived',
		displayOptions: { show: { receive: ['workflow'] } },
		options: [
			{
				name: 'Immediately',
				value: 'onReceived',
				description: 'As soon as the call is received',
			},
			{
				name: 'When Last Node Finishes',
				value: 'lastNode',
				description: 'Returns the first item of the last node',
			},
		],
		description: 'When the step in Persona gets its answer',
	},
	{
		displayName:
			'A run that takes longer than the "Request Timeout" of the step is not lost: set retry intervals there, and the call that comes again receives the result of the first run instead of starting another. Calls are told apart by their body, so put the ID of the Persona workflow run into it.',
		name: 'timeoutNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { receive: ['workflow'], responseMode: ['lastNode'] } },
	},
];
