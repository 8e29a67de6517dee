import { evaluateParameter, getNode, readNodes } from './evaluateParameter.mts';

type Rule = { outputKey: string; conditions: { conditions: { leftValue: string }[] } };

describe('an inquiry whose IP addresses are compared with a list', () => {
	const nodes = readNodes('04-decline-listed-ip-addresses');

	const route = (onList: boolean | null, sessionCount: number | null, status = 'completed') => {
		const name = 'On the list';
		const { values } = getNode(nodes, name).parameters.rules as { values: Rule[] };
		const outputs = {
			'Get decision summary': [[[{ status, sessionCount }]]],
			'Is it on the list?': [[[{ onList }]]],
		};
		return values.find(({ conditions: { conditions } }) =>
			conditions.every(
				({ leftValue }) =>
					evaluateParameter(
						nodes,
						name,
						// There is one item, which needs no connections to be found.
						leftValue.replaceAll('.item.', '.first().'),
						[{ onList }],
						outputs,
					) === true,
			),
		)?.outputKey;
	};

	it('is left alone if Persona has given all sessions and no address is on the list', () => {
		expect(route(false, 2)).toBeUndefined();
	});

	it('is seen by a person if a session could not be read', () => {
		expect(route(false, null)).toBe('Unknown');
	});

	it('is seen by a person if the answer is unknown', () => {
		expect(route(null, 2)).toBe('Unknown');
	});

	it.each([2, null])(
		'is declined if an address is on the list, with %p sessions known',
		(count) => {
			expect(route(true, count)).toBe('On the list');
		},
	);

	it('stays as it is once somebody has it for review', () => {
		expect(route(null, null, 'needs_review')).toBeUndefined();
	});
});
