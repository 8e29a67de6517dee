import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes } from './evaluateParameter.mts';

type Rule = { outputKey: string; conditions: { conditions: { leftValue: string }[] } };

describe('an account whose match was dismissed', () => {
	const nodes = readNodes('12-watch-monitored-reports');

	/** The first output of the Switch node that takes these reports of the account. */
	const route = (reports: IDataObject[]) => {
		const name = 'No match left?';
		const { values } = getNode(nodes, name).parameters.rules as { values: Rule[] };
		const outputs = { 'Get all reports of the account': [[reports]] };
		return values.find(({ conditions: { conditions } }) =>
			conditions.every(
				({ leftValue }) =>
					evaluateParameter(nodes, name, leftValue, [{ accountId: 'act_1' }], outputs) === true,
			),
		)?.outputKey;
	};

	const clear = { status: 'ready', hasMatch: false };
	const match = { status: 'ready', hasMatch: true };

	it('is resumed when every report is ready and has no match', () => {
		expect(route([clear])).toBe('None');
		expect(route([clear, clear])).toBe('None');
	});

	it.each([
		{ status: 'ready', hasMatch: null },
		{ status: 'ready' },
		{ status: 'pending', hasMatch: false },
		{ status: 'submitted', hasMatch: false },
		{ status: 'errored', hasMatch: false },
		{ status: null, hasMatch: null },
		{},
	])('is left to the team, not resumed, while a report is %j', (report) => {
		expect(route([clear, report])).toBe('Not known');
		expect(route([report, clear])).toBe('Not known');
	});

	it.each([match, { status: 'pending', hasMatch: true }])(
		'stays paused without another message while a report is %j, whose case is open',
		(report) => {
			expect(route([clear, report])).toBeUndefined();
			expect(route([{}, report])).toBeUndefined();
		},
	);
});
