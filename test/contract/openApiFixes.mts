import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './openApiDocument.mts';

/** A place where the description contradicts itself, and how it is read in the contract. */
interface OpenApiFix {
	/** Why it cannot be meant as it stands. */
	reason: string;
	/** Mends the place; false where there is nothing to mend any more. */
	apply(description: OpenApiDocument): boolean;
}

interface DiscriminatedSchema extends OpenApiSchema {
	discriminator: { mapping: Record<string, string> };
}

const getSchema = ({ components }: OpenApiDocument, name: string) =>
	components.schemas[name] as OpenApiSchema;

const findListSchemas = ({ components }: OpenApiDocument) =>
	Object.keys(components.schemas).filter((name) => /^lists-(?!shared)/.test(name));

/** All there are; each one fails the contract once Persona has mended it itself. */
const openApiFixes: OpenApiFix[] = [
	{
		reason: 'Lists of strings can be made, but are none of the lists that can be read and archived',
		apply(description) {
			const { anyOf = [] } = getSchema(description, 'list');
			const $ref = '#/components/schemas/lists-strings';
			if (anyOf.some((part) => part.$ref === $ref)) return false;
			anyOf.push({ $ref });
			const { mapping } = (getSchema(description, 'list') as DiscriminatedSchema).discriminator;
			mapping['list/string'] = $ref;
			return true;
		},
	},
	{
		reason: 'A list is related to its items, but nothing may stand in the references to them',
		apply: (description) =>
			findListSchemas(description).every((name) => {
				const { relationships } = getSchema(description, name).properties ?? {};
				const { data } = relationships.properties?.['list-items'].properties ?? {};
				const reference = data.items as OpenApiSchema;
				if (reference.properties) return false;
				reference.properties = { type: { type: 'string' }, id: { type: 'string' } };
				return true;
			}),
	},
	{
		reason: 'Lists and their items take `include`, but their answers have no `included`',
		apply: ({ paths }) =>
			Object.keys(paths)
				.filter((path) => /^\/list(s|-item)?\/./.test(path))
				.flatMap((path) => Object.values(paths[path]))
				.every(({ responses }: OpenApiOperation) => {
					const success = responses['200'] ?? responses['201'];
					const { properties } = success.content?.['application/json'].schema ?? {};
					if (!properties || 'included' in properties) return false;
					properties.included = { type: 'array' };
					return true;
				}),
	},
];

/** The description without its contradictions. Throws where one of them is gone. */
export function applyOpenApiFixes(description: OpenApiDocument): OpenApiDocument {
	for (const { reason: why, apply: mend } of openApiFixes) {
		if (!mend(description)) throw new Error(`Persona has mended this: ${why}`);
	}
	return description;
}
