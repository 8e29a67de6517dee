import { readNodes, routeItem } from './evaluateParameter.mts';

describe('an inquiry whose IP addresses are compared with a list', () => {
	const nodes = readNodes('04-decline-listed-ip-addresses');

	/** What happens after the only known address was compared. */
	const route = (
		onList: boolean | null,
		unknownIpAddressCount: number | null,
		status = 'completed',
	) =>
		routeItem(
			nodes,
			'On the list',
			{ onList },
			{
				'Get decision summary': [[[{ status, unknownIpAddressCount }]]],
				'Is it on the list?': [[[{ onList }]]],
			},
		);

	it('is left alone if the address of every session is known and none is on the list', () => {
		expect(route(false, 0)).toBeUndefined();
	});

	it('is seen by a person if a session could not be read', () => {
		expect(route(false, null)).toBe('Unknown');
	});

	it('is seen by a person if one session among others has no address', () => {
		expect(route(false, 1)).toBe('Unknown');
	});

	it('is seen by a person if the answer is unknown', () => {
		expect(route(null, 0)).toBe('Unknown');
	});

	it.each([0, 1, null])(
		'is declined if an address is on the list, with %p unknown addresses',
		(count) => {
			expect(route(true, count)).toBe('On the list');
		},
	);

	it('stays as it is once somebody has it for review', () => {
		expect(route(null, null, 'needs_review')).toBeUndefined();
	});

	it.each([[['203.0.113.42'], 'Check it'] as const, [[], 'No address'] as const])(
		'with the addresses %j goes to "%s"',
		(ipAddresses, output) => {
			const summary = { status: 'completed', ipAddresses: [...ipAddresses] };
			expect(routeItem(nodes, 'Open, with an address?', summary)).toBe(output);
		},
	);
});
