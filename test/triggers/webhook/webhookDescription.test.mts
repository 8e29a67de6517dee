import {
	resolveWebhookDescriptionField,
	webhookDescriptionIsNativelyResolvable,
	type INode,
	type INodeParameters,
	type IWebhookDescription,
} from 'n8n-workflow';
import { PersonaTrigger } from '../../../nodes/Persona/PersonaTrigger.node.ts';
import { webhookDescription } from '../../../nodes/Persona/triggers/webhook/webhookDescription.ts';
import { buildTriggerWorkflow, NODE_NAME } from '../../support/workflow.mts';

/** Evaluates an expression about the parameters of a node as n8n does. */
function evaluate(expression: string, parameters: INodeParameters) {
	const workflow = buildTriggerWorkflow(new PersonaTrigger(), { parameters });
	const node = workflow.nodes[NODE_NAME];
	return workflow.expression.getSimpleParameterValue(node, expression, 'webhook', {});
}

const FIELDS = ['responseMode', 'responseData'] as const;

const PARAMETERS = ['automatic', 'byHand', 'workflow'].flatMap((receive) =>
	['onReceived', 'lastNode'].map((responseMode) => ({ receive, responseMode })),
);

describe('how n8n responds to a delivery', () => {
	it.each(PARAMETERS)('is the same with its expression engine and without: %j', (parameters) => {
		for (const field of FIELDS) {
			const resolved = resolveWebhookDescriptionField(
				{ parameters } as unknown as INode,
				webhookDescription,
				field,
			);
			const expected = evaluate(String(webhookDescription[field]), parameters);
			expect(resolved).toEqual({ resolved: true, value: expected });
		}
	});

	it('needs no expression engine, except for the address in the editor', () => {
		const { ndvHideUrl: _, ...received } = webhookDescription;
		expect(webhookDescriptionIsNativelyResolvable(received as IWebhookDescription)).toBe(true);
	});
});
