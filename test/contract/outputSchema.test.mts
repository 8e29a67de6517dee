import { findSchemaDifferences, fillUnknownTypes, buildOutputSchema } from './outputSchema.mts';

const seen = buildOutputSchema([
	{ id: 'a', tags: ['x'], score: null, fields: { name: 'Jane' } },
	{ id: 'b', tags: [], score: 3 },
]);

describe('outputSchema', () => {
	it('tells the types of all members and keeps no value', () => {
		expect(seen).toEqual({
			type: 'object',
			properties: {
				fields: { type: 'object', properties: { name: { type: 'string' } } },
				id: { type: 'string' },
				score: { type: 'number' },
				tags: { type: 'array', items: { type: 'string' } },
			},
		});
	});

	it('names every type of a member that has several', () => {
		expect(buildOutputSchema([1, 'one'])).toEqual({ type: ['number', 'string'] });
	});
});

describe('informed', () => {
	it('takes the type of a member that was never set from another schema', () => {
		const empty = buildOutputSchema([{ id: 'a', score: null, only: null }]);
		expect(fillUnknownTypes(empty, seen).properties).toEqual({
			id: { type: 'string' },
			only: { type: 'null' },
			score: { type: 'number' },
		});
	});
});

describe('differences', () => {
	it('are none between a schema and what it was made from', () => {
		expect(findSchemaDifferences(seen, seen)).toEqual([]);
	});

	it('are none where the schema allows more types', () => {
		const { properties } = seen;
		const wider = { ...seen, properties: { ...properties, id: { type: ['number', 'string'] } } };
		expect(findSchemaDifferences(wider, seen)).toEqual([]);
	});

	it('name a member that is missing, one that was not seen, and one of another type', () => {
		const schema = buildOutputSchema([{ id: 1, tags: [1], score: 1, other: 1 }]);
		expect(findSchemaDifferences(schema, seen).sort()).toEqual([
			"'fields' is missing",
			"'id' is of the type string",
			"'other' was not seen",
			"'tags[]' is of the type string",
		]);
	});
});
