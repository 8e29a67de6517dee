import {
	buildOutputSchema,
	fillUnknownTypes,
	findSchemaDifferences,
	mergeOutputSchemas,
} from './outputSchema.mts';

const returned = buildOutputSchema([
	{ id: 'a', tags: ['x'], score: null, fields: { name: 'Jane' } },
	{ id: 'b', tags: [], score: 3 },
]);

describe('buildOutputSchema', () => {
	it('has the types of all members and no value', () => {
		expect(returned).toEqual({
			type: 'object',
			properties: {
				fields: { type: 'object', properties: { name: { type: 'string' } } },
				id: { type: 'string' },
				score: { type: 'number' },
				tags: { type: 'array', items: { type: 'string' } },
			},
		});
	});

	it('has the members in their order, which the editor shows', () => {
		const { properties } = buildOutputSchema([
			{ status: 'done', id: 'a' },
			{ first: 1, id: 'b' },
		]);
		expect(Object.keys(properties ?? {})).toEqual(['status', 'id', 'first']);
	});

	it('has every type of a member that has several', () => {
		expect(buildOutputSchema([1, 'one'])).toEqual({ type: ['number', 'string'] });
	});
});

describe('fillUnknownTypes', () => {
	it('takes the entries of a list that was always empty from another schema', () => {
		const empty = buildOutputSchema([{ tags: [] }]);
		expect(fillUnknownTypes(empty, returned).properties).toEqual({
			tags: { type: 'array', items: { type: 'string' } },
		});
	});

	it('takes the type of a member that was always null from another schema', () => {
		const empty = buildOutputSchema([{ id: 'a', score: null, only: null }]);
		expect(fillUnknownTypes(empty, returned).properties).toEqual({
			id: { type: 'string' },
			only: { type: 'null' },
			score: { type: 'number' },
		});
	});
});

describe('mergeOutputSchemas', () => {
	it('allows what any of the schemas allows', () => {
		const other = buildOutputSchema([{ id: 1, tags: [{ name: 'x' }], more: null }]);
		expect(mergeOutputSchemas([returned, other])).toEqual({
			type: 'object',
			properties: {
				fields: { type: 'object', properties: { name: { type: 'string' } } },
				id: { type: ['number', 'string'] },
				more: { type: 'null' },
				score: { type: 'number' },
				tags: {
					type: 'array',
					items: { type: ['object', 'string'], properties: { name: { type: 'string' } } },
				},
			},
		});
	});
});

describe('findSchemaDifferences', () => {
	it('finds none between a schema and what it was built from', () => {
		expect(findSchemaDifferences(returned, returned)).toEqual([]);
	});

	it('finds none if the schema allows more types', () => {
		const { properties } = returned;
		const wider = {
			...returned,
			properties: { ...properties, id: { type: ['number', 'string'] } },
		};
		expect(findSchemaDifferences(wider, returned)).toEqual([]);
	});

	it('names a missing member, one that was not returned, and one of another type', () => {
		const schema = buildOutputSchema([{ id: 1, tags: [1], score: 1, other: 1 }]);
		expect(findSchemaDifferences(schema, returned).sort()).toEqual([
			"'fields' is missing",
			"'id' is of the type string",
			"'other' was not returned",
			"'tags[]' is of the type string",
		]);
	});
});
