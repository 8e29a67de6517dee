import { listWorkflows, readNodes } from './evaluateParameter.mts';

const READS = /^(get|getAll|search|getDecisionSummary|getMetrics)$/;

/** The workflows whose tools are used by somebody who is not asked, a model or an MCP client. */
const READ_ONLY = ['14-answer-compliance-questions', '24-answer-over-mcp'];

describe.each(READ_ONLY)('the tools of "%s"', (workflow) => {
	const tools = readNodes(workflow).filter(({ type }) => type.endsWith('personaTool'));

	it('only read', () => {
		expect(tools.length).toBeGreaterThan(4);
		const others = tools.filter(({ parameters }) => !READS.test(String(parameters.operation)));
		expect(others).toEqual([]);
	});

	it('do not allow decisions', () => {
		const allowing = tools.filter(({ parameters }) => 'allowDecisions' in parameters);
		expect(allowing).toEqual([]);
	});
});

it('every MCP server of the library asks for a token', () => {
	const servers = listWorkflows()
		.flatMap(readNodes)
		.filter(({ type }) => type.endsWith('.mcpTrigger'));
	expect(servers.map(({ parameters }) => parameters.authentication)).toEqual(['bearerAuth']);
});
