import { resolveReference } from './schemaShapes.mts';
import type {
	OpenApiContent,
	OpenApiDocument,
	OpenApiOperation,
	OpenApiSchema,
} from './openApiDocument.mts';

/** A fix of a contradiction in the description. */
interface OpenApiFix {
	/** Why the description cannot be meant like this. */
	reason: string;
	/** Fixes it. Returns false if there is nothing to fix any more. */
	apply(description: OpenApiDocument): boolean;
}

interface DiscriminatedSchema extends OpenApiSchema {
	discriminator: { mapping: Record<string, string> };
}

const getSchema = ({ components }: OpenApiDocument, name: string) =>
	components.schemas[name] as OpenApiSchema;

const findListSchemas = ({ components }: OpenApiDocument) =>
	Object.keys(components.schemas).filter((name) => /^lists-(?!shared)/.test(name));

/** Each one makes the contract tests fail as soon as Persona has fixed it. */
const openApiFixes: OpenApiFix[] = [
	{
		reason:
			'Lists of strings can be created, but are missing among the lists that can be read and archived',
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
		reason: 'A list is related to its items, but the references to them allow no member',
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
		reason: 'Lists and their items accept `include`, but their responses have no `included`',
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
	{
		reason:
			'Forms of importers have parts with names such as data[attributes][file] (https://docs.withpersona.com/accounts-cookbook), but the description does not say how an object becomes parts',
		apply: (description) =>
			findForms(description).every((form) => {
				if (form.encoding) return false;
				form.encoding = { data: { style: 'deepObject', explode: true } };
				return true;
			}),
	},
];

const FORM = 'multipart/form-data';

/** The forms among the bodies of requests; several operations can share one. */
function findForms(description: OpenApiDocument): OpenApiContent[] {
	const operations = Object.values(description.paths).flatMap((path) => Object.values(path));
	const forms = operations.flatMap(({ requestBody }: OpenApiOperation) => {
		const content = requestBody && resolveReference(description, requestBody).content;
		return content?.[FORM] ?? [];
	});
	return [...new Set(forms)];
}

/** Fixes a description in place. Throws if a fix is no longer needed. */
export function applyOpenApiFixes(description: OpenApiDocument): OpenApiDocument {
	for (const { reason, apply } of openApiFixes) {
		if (!apply(description)) throw new Error(`Persona has fixed this: ${reason}`);
	}
	return description;
}
