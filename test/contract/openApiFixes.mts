import type { Description, PublishedOperation, Schema } from './description.mts';

/** A place where the description contradicts itself, and how it is read in the contract. */
interface Correction {
	/** Why it cannot be meant as it stands. */
	why: string;
	/** Mends the place; false where there is nothing to mend any more. */
	mend(description: Description): boolean;
}

interface Discriminated extends Schema {
	discriminator: { mapping: Record<string, string> };
}

const schemaOf = ({ components }: Description, name: string) => components.schemas[name] as Schema;

const listsOf = ({ components }: Description) =>
	Object.keys(components.schemas).filter((name) => /^lists-(?!shared)/.test(name));

/** All there are; each one fails the contract once Persona has mended it itself. */
const corrections: Correction[] = [
	{
		why: 'Lists of strings can be made, but are none of the lists that can be read and archived',
		mend(description) {
			const { anyOf = [] } = schemaOf(description, 'list');
			const $ref = '#/components/schemas/lists-strings';
			if (anyOf.some((part) => part.$ref === $ref)) return false;
			anyOf.push({ $ref });
			const { mapping } = (schemaOf(description, 'list') as Discriminated).discriminator;
			mapping['list/string'] = $ref;
			return true;
		},
	},
	{
		why: 'A list is related to its items, but nothing may stand in the references to them',
		mend: (description) =>
			listsOf(description).every((name) => {
				const { relationships } = schemaOf(description, name).properties ?? {};
				const { data } = relationships.properties?.['list-items'].properties ?? {};
				const reference = data.items as Schema;
				if (reference.properties) return false;
				reference.properties = { type: { type: 'string' }, id: { type: 'string' } };
				return true;
			}),
	},
	{
		why: 'Lists and their items take `include`, but their answers have no `included`',
		mend: ({ paths }) =>
			Object.keys(paths)
				.filter((path) => /^\/list(s|-item)?\/./.test(path))
				.flatMap((path) => Object.values(paths[path]))
				.every(({ responses }: PublishedOperation) => {
					const success = responses['200'] ?? responses['201'];
					const { properties } = success.content?.['application/json'].schema ?? {};
					if (!properties || 'included' in properties) return false;
					properties.included = { type: 'array' };
					return true;
				}),
	},
];

/** The description without its contradictions. Throws where one of them is gone. */
export function corrected(description: Description): Description {
	for (const { why, mend } of corrections) {
		if (!mend(description)) throw new Error(`Persona has mended this: ${why}`);
	}
	return description;
}
