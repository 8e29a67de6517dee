import type { INodeParameters } from 'n8n-workflow';
import { table } from '../../../nodes/Persona/resources/index.ts';
import { runNode } from '../../support/runNode.mts';

const searches = table.resources.flatMap(({ value: resource, operations }) =>
	Object.entries(operations).flatMap(([operation, { search }]) =>
		search ? [[resource, operation, search] as const] : [],
	),
);

/** Conditions of the form, and a query, that compare an attribute that Persona does not know. */
const listWrong = (hasOthers: boolean): INodeParameters[] => {
	const comparison = { operator: 'eq', value: 'red' };
	const chosen = { ...comparison, attribute: '={{ "colour" }}' };
	const named = { ...comparison, attribute: 'other', customAttribute: 'colour' };
	const query = JSON.stringify({ ...comparison, attribute: 'colour' });
	return [
		{ conditions: { condition: [chosen] } },
		...(hasOthers ? [{ conditions: { condition: [named] } }] : []),
		{ options: { query } },
	];
};

it('there are searches', () => {
	expect(searches.length).toBeGreaterThanOrEqual(4);
});

it.each(searches)(
	'%s.%s: an attribute that Persona does not know is answered with all that it knows',
	async (resource, operation, { attributes, others = [] }) => {
		for (const wrong of listWrong(others.length > 0)) {
			const { error } = await runNode({
				parameters: { resource, operation, ...wrong },
				// Nothing is sent: there is no server.
				credentials: { baseUrl: 'http://127.0.0.1:1' },
			});
			expect(error?.message).toMatch(/attribute.* has an unknown value$/i);
			const known = [...Object.keys(attributes), ...others].join(', ');
			expect(error?.description).toBe(`It can be ${known}.`);
		}
	},
);
