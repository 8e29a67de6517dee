import { runNode, type NodeRunOptions } from '../../support/runNode.mts';

/** Runs Get Decision Summary for these inquiries, one item each. */
export const runDecisionSummary = async (
	baseUrl: string,
	ids: string[],
	options: Partial<NodeRunOptions> = {},
) =>
	await runNode({
		items: ids.map((id) => ({ id })),
		...options,
		credentials: { baseUrl, apiKey: 'persona_sandbox_demo', ...options.credentials },
		parameters: {
			resource: 'inquiry',
			operation: 'getDecisionSummary',
			inquiryId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			...options.parameters,
		},
	});
