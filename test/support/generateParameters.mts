import type {
	INodeParameters,
	INodeProperties,
	INodePropertyCollection,
	INodeTypeDescription,
	NodeParameterValueType,
} from 'n8n-workflow';
import { getShownProperties } from './panel.mts';

/** One way to fill the panel of an operation. */
export interface GeneratedParameters {
	/** What was filled, such as `required` or `filters.status=approved`. */
	name: string;
	parameters: INodeParameters;
}

/** As long as Persona's own IDs: a pattern of its description counts the characters. */
const ID_PARTS = { ABC123: 'ABC123def456GHI789jkl012', DEF456: 'DEF456ghi789JKL012mno345' };

/** The members of a property that has several: of a collection, or of the entries of a list. */
const getMembers = ({ options = [] }: INodeProperties) => options as INodeProperties[];

const getEntries = ({ options = [] }: INodeProperties) => options as INodePropertyCollection[];

const getValues = ({ options = [] }: INodeProperties) =>
	options.flatMap((option) => ('value' in option ? [option.value] : []));

/** The example that a person reads in the placeholder, or else in the description. */
function findExample({ placeholder = '', description = '' }: INodeProperties): string {
	const [, shown] = /^e\.g\. (.+)$/s.exec(placeholder) ?? [];
	const [, told] = /\be\.g\. (\S+?)[.,;)]*(?:\s|$)/i.exec(description) ?? [];
	return Object.entries(ID_PARTS).reduce(
		(text, [short, long]) => text.replaceAll(short, long),
		shown ?? told ?? '',
	);
}

const findJson = ({ placeholder = '', description = '' }: INodeProperties) =>
	/e\.g\. ([[{].*[\]}])/i.exec(placeholder || description)?.[1];

const buildColumns = (mappingMode: string) => ({
	mappingMode,
	value: mappingMode === 'defineBelow' ? { 'name-first': 'Jane' } : null,
	schema: [
		{
			id: 'name-first',
			displayName: 'First Name',
			required: false,
			defaultMatch: false,
			display: true,
			type: 'string',
		},
	],
});

/** The values to try in a field, the most usual one first. It is not a collection. */
function listValues(property: INodeProperties): NodeParameterValueType[] {
	const { type, default: preset, typeOptions = {}, modes = [] } = property;
	switch (type) {
		case 'boolean':
			return [!preset];
		case 'options':
			return getValues(property) as NodeParameterValueType[];
		case 'multiOptions':
			return [getValues(property) as NodeParameterValueType];
		case 'number': {
			const example = Number.parseFloat(findExample(property));
			const usual = Number.isNaN(example) ? (preset as number) : example;
			return [...new Set([usual, typeOptions.minValue || usual])];
		}
		case 'resourceLocator': {
			const [byId] = modes.filter(({ name }) => name === 'id');
			const { placeholder } = byId as unknown as INodeProperties;
			const value = findExample({ ...property, placeholder });
			return [{ __rl: true, mode: 'id', value } as NodeParameterValueType];
		}
		case 'resourceMapper':
			return ['defineBelow', 'autoMapInputData'].map(
				(mode) => buildColumns(mode) as unknown as NodeParameterValueType,
			);
		case 'dateTime':
			return ['2025-06-30T14:00:00Z'];
		case 'json':
			return [findJson(property) ?? (preset as string)];
		case 'fixedCollection':
			return [fillEntries(property)];
		default:
			return [findExample(property) || (preset as string) || 'Some text'];
	}
}

/** One entry for each value of the first choice in it: a condition for each attribute. */
function fillEntries(property: INodeProperties): NodeParameterValueType {
	if (!property.typeOptions?.multipleValues) return property.default as NodeParameterValueType;
	const lists = getEntries(property).map(({ name, values }) => {
		const [choice, ...others] = values;
		const entries = listValues(choice).map((value) => {
			const isShown = ({ displayOptions }: INodeProperties) =>
				displayOptions?.show?.[choice.name]?.includes(value as string) ?? true;
			const shown = others.filter(isShown).map((field) => [field.name, listValues(field)[0]]);
			return { [choice.name]: value, ...Object.fromEntries(shown) };
		});
		return [name, entries];
	});
	return Object.fromEntries(lists) as NodeParameterValueType;
}

/** What decides which other properties are shown, such as the type of a report. */
function listSelectors(description: INodeTypeDescription, shown: INodeProperties[]) {
	const names = new Set(
		description.properties.flatMap(({ displayOptions }) => Object.keys(displayOptions?.show ?? {})),
	);
	return shown.filter(({ name, type }) => names.has(name) && ['options', 'boolean'].includes(type));
}

/** All combinations of what decides about the rest of the panel. */
function listChoices(
	description: INodeTypeDescription,
	chosen: INodeParameters,
): INodeParameters[] {
	const next = listSelectors(description, getShownProperties(chosen, { description })).find(
		({ name }) => !(name in chosen),
	);
	if (!next) return [chosen];
	const values = next.type === 'boolean' ? [false, true] : getValues(next);
	return values.flatMap((value) => listChoices(description, { ...chosen, [next.name]: value }));
}

/** The parameters with another field filled, wherever the panel shows it. */
function addField(
	parameters: INodeParameters,
	{ group, property }: PlacedProperty,
	value = listValues(property)[0],
): INodeParameters {
	if (group === undefined) return { ...parameters, [property.name]: value };
	const others = parameters[group] as INodeParameters | undefined;
	return { ...parameters, [group]: { ...others, [property.name]: value } as INodeParameters };
}

/** A field of the panel, and the collection that it is in. */
interface PlacedProperty {
	group?: string;
	property: INodeProperties;
}

/** The fields that n8n shows with these parameters, also those that can be added. */
const listFields = (
	description: INodeTypeDescription,
	parameters: INodeParameters,
): PlacedProperty[] =>
	getShownProperties(parameters, { description })
		.flatMap((property) =>
			property.type === 'collection'
				? getMembers(property).map((member) => ({ group: property.name, property: member }))
				: [{ property }],
		)
		.filter(({ property }) => property.type !== 'notice');

const isFilled = (parameters: INodeParameters, { group, property }: PlacedProperty) =>
	property.name in
	(((group ? parameters[group] : parameters) as INodeParameters | undefined) ?? {});

/**
 * The parameters with the first field filled that an error names and that is empty, or that has an ID of
 * another kind than it says, as a reader of the error would do; undefined if it names none.
 */
export function fillNamedField(
	description: INodeTypeDescription,
	parameters: INodeParameters,
	message: string,
): INodeParameters | undefined {
	const isNamed = ({ property }: PlacedProperty) => message.includes(`'${property.displayName}'`);
	const fields = listFields(description, parameters).filter(isNamed);
	const [, prefix] = /has the wrong kind of ID.*begins with (\w+_)/.exec(message) ?? [];
	const empty = fields.find((field) => !isFilled(parameters, field));
	if (prefix && !empty) return addField(parameters, fields[0], `${prefix}ABC123`);
	return empty && addField(parameters, empty);
}

/** Whether a filter chooses a period of the calendar. */
const isPeriod = ({ group, property }: PlacedProperty) =>
	group === 'filters' && getValues(property).includes('lastWeek');

/**
 * Fills the panel of an operation in every way, with nothing but n8n's description of the node: for
 * each combination of what decides about the rest, the required fields alone, all fields, and each
 * optional field by itself, with each of its values.
 */
export function generateParameters(
	description: INodeTypeDescription,
	resource: string,
	operation: string,
): GeneratedParameters[] {
	return listChoices(description, { resource, operation }).flatMap((chosen) => {
		const { resource: _, operation: __, ...variant } = chosen;
		const label = Object.values(variant).join(' ');
		const fields = listFields(description, chosen).filter((field) => !isFilled(chosen, field));
		const fill = (some: PlacedProperty[]) =>
			some.reduce((parameters, field) => addField(parameters, field), chosen);
		const required = fill(fields.filter(({ property }) => property.required));
		const single = fields
			.filter(({ property }) => !property.required)
			.flatMap((field) =>
				listValues(field.property).map((value) => ({
					name: `${field.property.name}=${JSON.stringify(value)}`,
					parameters: addField(required, field, value),
				})),
			);
		return [
			{ name: 'required fields', parameters: required },
			// A period is in the way of a start or an end.
			{ name: 'all fields', parameters: fill(fields.filter((field) => !isPeriod(field))) },
			...single,
		].map(({ name, parameters }) => ({ name: `${label} ${name}`.trim(), parameters }));
	});
}
