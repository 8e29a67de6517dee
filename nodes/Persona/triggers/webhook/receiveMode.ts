import type { INodeProperties } from 'n8n-workflow';
import { createUserError } from '../../events/readValues';
import type { WebhookTriggerContext } from './listener';

const RECEIVE_MODES = ['automatic', 'byHand', 'workflow'] as const;

/**
 * Who sends the deliveries: a webhook that the node registers, one that the user registers by hand,
 * or a step of a Persona workflow.
 */
export type ReceiveMode = (typeof RECEIVE_MODES)[number];

/** Reads the choice of an options field. Throws if it is none of these. */
function readChoice<Choice extends string>(
	context: WebhookTriggerContext,
	parameter: string,
	label: string,
	choices: readonly [Choice, ...Choice[]],
): Choice {
	const value: unknown = context.getNodeParameter(parameter, choices[0]);
	const choice = choices.find((candidate) => candidate === value);
	if (choice !== undefined) return choice;
	throw createUserError(context, `'${label}' has an unknown value. Choose one from its list.`);
}

/** Reads the user's choice of 'Receive'. Throws if it is unknown. */
export const readReceiveMode = (context: WebhookTriggerContext): ReceiveMode =>
	readChoice(context, 'receive', 'Receive', RECEIVE_MODES);

/** Throws if the choice of 'Respond' is unknown; n8n itself acts on it. */
export const requireResponseMode = (context: WebhookTriggerContext): void =>
	void readChoice(context, 'responseMode', 'Respond', ['onReceived', 'lastNode']);

/** The field 'Receive', and the notices and fields for each of its choices. */
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
				description: 'With a webhook that n8n creates and manages in Persona',
			},
			{
				name: 'Registered by Hand in Persona',
				value: 'byHand',
				description: 'For API keys without the permission webhook.write',
			},
			{
				name: 'Called by a Persona Workflow',
				value: 'workflow',
				description:
					'From its step "Make HTTPS Request", which can wait for a response. Not every plan of Persona has this step.',
			},
		],
		description: 'How Persona reaches this workflow',
	},
	{
		displayName:
			'In Persona, create a webhook under Webhooks with the Production URL above and the events that you choose here, and enable it. Copy its secret into <b>Webhook Secret</b> in the credential; without it, every event is rejected. To test, use the Test URL.',
		name: 'byHandNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { receive: ['byHand'] } },
	},
	{
		displayName:
			'In Persona, add the step "Make HTTPS Request" to a workflow, with the method POST and the Production URL above. Set a secret in the step and copy it into <b>Webhook Secret</b> in the credential; without it, every call is rejected. To test, use the Test URL.',
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
		description: 'When to respond to the step in Persona',
	},
	{
		displayName:
			'If a run takes longer than the "Request Timeout" of the step, its result is not lost. Set retry intervals in the step: the retry then receives the result of the first run and does not start a second one. A retry is recognized by its identical body, so include the ID of the Persona workflow run in the body.',
		name: 'timeoutNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { receive: ['workflow'], responseMode: ['lastNode'] } },
	},
];
