import type { IDataObject } from 'n8n-workflow';
import type { PersonaObject } from '../../nodes/Persona/transport/jsonApi.ts';
import { flattenObject, toCamelCase } from '../../nodes/Persona/transport/flatten.ts';
import { singularize } from '../../nodes/Persona/utils/singularize.ts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';
import type { OpenApiDocument, OpenApiSchema } from './openApiDocument.mts';
import { expandShapes } from './schemaShapes.mts';

const MAX_DEPTH = 8;

/** The step of a path that leads to the entries of a list. */
const ENTRY = '[]';

/** Maps without declared keys whose keys are Persona's own words all the same. */
const PERSONAS_OWN = [
	// The payload of an event of Persona is one of its objects; custom events have a test of their own.
	/^payload\b/,
	/^context$/,
	/^routes\.\[\]$/,
	// Documented as empty.
	/^stats$/,
	// A file, with its name and its link.
	/^(face-image|qr-code-attachment)$/,
	// What Persona has observed and checked, by names of Persona's that differ from type to type.
	/^behaviors$/,
	/\.metadata$/,
];

/** Calls a function for each schema of the description that has these members. */
function visitObjects(part: unknown, visit: (schema: OpenApiSchema) => void) {
	if (typeof part !== 'object' || part === null) return;
	const { properties } = part as OpenApiSchema;
	if (properties?.attributes || properties?.relationships) visit(part as OpenApiSchema);
	for (const member of Object.values(part)) visitObjects(member, visit);
}

/** The names of the relationships, with whether their data is a list. */
function listRelationships(description: OpenApiDocument): Map<string, boolean> {
	const names = new Map<string, boolean>();
	visitObjects(description, ({ properties: { relationships } = {} }) => {
		const shapes = relationships ? expandShapes(description, relationships) : [];
		for (const [name, schema] of shapes.flatMap(({ members }) => Object.entries(members))) {
			const data = expandShapes(description, schema).flatMap(({ members }) =>
				members.data ? expandShapes(description, members.data) : [],
			);
			const isToMany = data.some(({ types }) => types.includes('array'));
			names.set(name, isToMany || names.get(name) === true);
		}
	});
	return names;
}

/** The paths of all maps in attributes whose keys Persona does not declare. */
function listFreeKeyedMaps(description: OpenApiDocument): string[] {
	const paths = new Set<string>();
	const walk = (schema: OpenApiSchema, path: string[]) => {
		if (path.length > MAX_DEPTH) return;
		for (const { members, open, types, items } of expandShapes(description, schema)) {
			const isMap = open && types.includes('object') && Object.keys(members).length === 0;
			if (isMap && path.length > 0) paths.add(path.join('.'));
			for (const [name, member] of Object.entries(members)) walk(member, [...path, name]);
			if (items) walk(items, [...path, ENTRY]);
		}
	};
	visitObjects(description, ({ properties: { attributes } = {} }) => {
		if (attributes) walk(attributes, []);
	});
	return [...paths].sort();
}

const KEYS = ['My-key', 'a_b.c', '__proto__', 'type', 'value', 'id', 'error', 'data'];

/** A map with keys of a customer, as JSON has them. */
const buildMap = () =>
	JSON.parse(`{${KEYS.map((key) => `${JSON.stringify(key)}:1`).join()}}`) as IDataObject;

/** Puts a value at a path. */
const nest = (path: string[], value: unknown): unknown =>
	path.reduceRight<unknown>((inner, step) => (step === ENTRY ? [inner] : { [step]: inner }), value);

/** Finds the map with a customer's keys in a simplified object, wherever it is. */
function findMap(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return undefined;
	if (Object.hasOwn(value, 'value')) return value;
	return Object.values(value).map(findMap).find(Boolean);
}

describeWithOpenApi("simplified names and Persona's description", () => {
	it('tell for each relationship whether it has one object or many', () => {
		const names = listRelationships(loadOpenApi());
		expect(names.size).toBeGreaterThan(40);
		for (const [name, isToMany] of names) {
			const data = isToMany ? [{ type: 'x', id: 'x_1' }] : { type: 'x', id: 'x_1' };
			const known = flattenObject({
				type: 'thing',
				id: 'thg_1',
				relationships: { [name]: { data } },
			} as PersonaObject);
			const singular = toCamelCase(singularize(name));
			expect([name, known]).toEqual([
				name,
				{
					type: 'thing',
					id: 'thg_1',
					[`${singular}${isToMany ? 'Ids' : 'Id'}`]: isToMany ? ['x_1'] : 'x_1',
				},
			]);
			expect([name, singularize(name) !== name]).toEqual([name, isToMany]);
			// A name with the ending of a plural would be one in the output, too.
			expect(singularize(singularize(name))).toBe(singularize(name));
		}
	});

	it('keep the keys of each map that Persona declares without keys', () => {
		const paths = listFreeKeyedMaps(loadOpenApi());
		expect(paths.length).toBeGreaterThan(15);
		const changed = paths
			.filter((path) => !PERSONAS_OWN.some((pattern) => pattern.test(path)))
			.filter((path) => {
				const attributes = nest(path.split('.'), buildMap()) as IDataObject;
				const simplified = flattenObject({ type: 'thing', id: 'thg_1', attributes });
				const map = findMap(simplified);
				return JSON.stringify(Object.keys(Object(map))) !== JSON.stringify(KEYS);
			});
		expect(changed).toEqual([]);
	});
});
