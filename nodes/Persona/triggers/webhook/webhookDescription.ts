import type { INodeParameters, IWebhookDescription } from 'n8n-workflow';

/** A value that the editor takes from an expression, and n8n from a function that does the same. */
interface ComputedField {
	template: string;
	resolve: (parameters: INodeParameters) => unknown;
}

/**
 * The key under which n8n 2.35 and newer finds the functions. Without them, it evaluates the expressions in
 * an expression engine of their own for every delivery, which takes most of its time. Older versions
 * ignore the key. By name, since the constant of n8n-workflow is missing there.
 */
const RESOLVERS = Symbol.for('n8n.webhookDescriptionResolvers');

const computedFields = {
	responseMode: {
		template:
			'={{ $parameter["receive"] === "workflow" ? $parameter["responseMode"] : "onReceived" }}',
		resolve: ({ receive, responseMode }) => (receive === 'workflow' ? responseMode : 'onReceived'),
	},
	// Unless it is empty, n8n responds at once with the text "firstEntryJson".
	responseData: {
		template:
			'={{ $parameter["receive"] === "workflow" && $parameter["responseMode"] === "lastNode" ? "firstEntryJson" : "" }}',
		resolve: ({ receive, responseMode }) =>
			receive === 'workflow' && responseMode === 'lastNode' ? 'firstEntryJson' : '',
	},
} satisfies Record<string, ComputedField>;

/** How n8n receives deliveries for the Persona Trigger, and how it responds to them. */
export const webhookDescription: IWebhookDescription = {
	name: 'default',
	httpMethod: 'POST',
	responseMode: computedFields.responseMode.template,
	responseData: computedFields.responseData.template,
	path: 'webhook',
	ndvHideUrl: '={{ $parameter["receive"] === "automatic" }}',
	...{ [RESOLVERS]: computedFields },
};
