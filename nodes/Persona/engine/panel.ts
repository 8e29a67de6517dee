import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { OUTPUT_MODES } from '../transport/output';
import { compareByName } from '../utils/compareByName';
import { isEqual } from '../utils/isEqual';
import { toTitle } from '../utils/toTitle';
import { commonFields, SELECTED_FIELDS } from './commonFields';
import { getClearingValue } from './emptyValues';
import { buildProperty, choice, choices, notice, required, text } from '../fields/kinds';
import {
	acceptsIncludeAndFields,
	DETECT_VARIANT,
	getAction,
	getBodyFields,
	getOptionalGroupName,
	getIdPlaceholders,
	getNodeName,
	getVariantFields,
	isExpert,
	isGuarded,
	isPartlyGuarded,
	isTopLevel,
	takesFiles,
} from './operationRules';
import type { DisplayRules, Field, Fields } from '../fields/types';
import type { NodeName, Operation, OperationTable, Resource, Variants } from './types';
import { toParameterName } from '../fields/encodeValue';

const EMPTY_FIELD_NOTICE =
	'What the model leaves empty is not sent and changes nothing, also inside JSON fields of the object. To remove a value on purpose, use the Persona node in the workflow itself.';

const EMPTY_FILTER_NOTICE =
	"A filter or condition that the model leaves empty is an error: it never means 'all'";

const GUARD_HINT = 'As a tool, it is refused unless `allowDecisions` is `true`.';

/** A hint for n8n's AI workflow builder; none without a sentence. */
function toBuilderHint(...sentences: Array<string | false | undefined>) {
	const propertyHint = sentences.filter(Boolean).join(' ');
	return propertyHint && { builderHint: { propertyHint } };
}

/**
 * Builds the properties of a node, which are its whole panel, from the table. Resources and operations
 * keep their order, and so has n8n's list of actions: those that are used most come first.
 */
export function buildProperties(table: OperationTable, node: NodeName): INodeProperties[] {
	const { ids } = table;
	const resources = table.resources.filter((resource) => getNodeName(resource) === node);
	const options = resources.map(({ name, value, builderHint }) => ({
		name,
		value,
		...toBuilderHint(builderHint),
	}));
	const overrides = { noDataExpression: true, options, default: resources[0].value };
	const hasOperation = (resource: string, operation: string) =>
		resources.some(({ value, operations }) => value === resource && operation in operations);
	const buildSection = (buildPart: BuildPart): INodeProperties[] => {
		const forms = resources.map((resource) => {
			const parts = Object.entries(resource.operations).map(([operation, row]) => {
				const show = { resource: [resource.value], operation: [operation] };
				return addDisplayRules(show, buildPart(row, resource));
			});
			return mergeForms(parts, uniteValues('operation'));
		});
		return mergeForms(forms, uniteResources(hasOperation));
	};
	return [
		buildProperty('resource', choice('Resource', undefined, {}, overrides)),
		...resources.map(buildOperationSelect),
		...buildSection(buildHead),
		...buildSection((row) => buildDirectFields(row, ids)),
		...buildSection(buildReturnFields),
		...buildSection(buildGroups),
		...buildSection(buildOptions),
	];
}

/** Builds a part of the form of one row, in the order in which the panel shows it. */
type BuildPart = (row: Operation, resource: Resource) => INodeProperties[];

function buildOperationSelect(resource: Resource): INodeProperties {
	const options = Object.entries(resource.operations).map(([value, row]) => ({
		name: row.name,
		value,
		action: getAction(row, resource),
		description: row.description,
		...toBuilderHint(row.builderHint, isGuarded(row) && GUARD_HINT),
	}));
	const overrides = { noDataExpression: true, options, default: options[0].value };
	const field = choice('Operation', undefined, {}, overrides);
	return buildProperty('operation', field, { resource: [resource.value] });
}

/** The field for a file; none if the row has it among its own, since it does not always return one. */
const getFileField = ({ binaryPropertyName }: Fields): Fields =>
	binaryPropertyName ? {} : { binaryPropertyName: commonFields.binaryPropertyName };

/**
 * Builds what the panel shows first. The variants of all rows come before everything that depends on them,
 * where n8n finds them soonest.
 */
const buildHead: BuildPart = ({ irreversible, variants }) => [
	...(irreversible ? [buildProperty('irreversible', notice(irreversible))] : []),
	...(variants ? [buildVariantSelect(variants)] : []),
];

/** Builds the fields of a row that are not in a group. */
function buildDirectFields(row: Operation, ids: Fields): INodeProperties[] {
	const { filter = {}, nodeFields = {} } = row;
	const path = Object.fromEntries(
		getIdPlaceholders(row).map((name) => [name, required(ids[name])]),
	);
	return [
		...buildTopLevelProperties(path),
		...buildVariantParts(row, (fields) =>
			buildTopLevelProperties(fields, getColumnDependencies({ ...path, ...fields })),
		),
		...buildTopLevelProperties(filter),
		...buildTopLevelProperties(nodeFields),
	];
}

/** Builds the fields that say how much is returned, and in which form. */
function buildReturnFields(row: Operation): INodeProperties[] {
	const { nodeFields = {}, returns, unpaged } = row;
	const { allowDecisions, limit, returnAll } = commonFields;
	return [
		...(returns === 'list' && !unpaged
			? [
					buildProperty('returnAll', returnAll),
					buildProperty('limit', limit, { returnAll: [false] }),
				]
			: []),
		...(returns?.startsWith('file')
			? buildTopLevelProperties(getFileField(nodeFields))
			: buildOutputProperties(row)),
		...(isPartlyGuarded(row)
			? [buildProperty('allowDecisions', allowDecisions, { '@tool': [true] })]
			: []),
	];
}

/** Builds the groups of a row's own fields that can be left out. */
const buildGroups: BuildPart = (row) => [
	...buildCollection('filters', pickFields(row.filter ?? {}, false)),
	...buildVariantParts(row, (fields) =>
		buildCollection(getOptionalGroupName(row), pickFields(fields, false)),
	),
];

const buildOptions: BuildPart = (row, resource) => [
	...buildCollection('options', getOptionFields(row, resource)),
	...buildEmptyNotices(row),
];

/**
 * Builds the choice of how much of an object is returned. In a workflow it is read by people and other
 * nodes, and in a tool by a model, which should get no more than it needs.
 */
function buildOutputProperties({ ownOutput }: Operation): INodeProperties[] {
	const { output, outputFields } = commonFields;
	const [simplified, allFields, raw] = OUTPUT_MODES;
	const options = ownOutput ? [simplified, raw] : [simplified, allFields, raw];
	const toolOptions = [simplified, SELECTED_FIELDS, raw];
	return [
		buildProperty('output', { ...output, options }, { '@tool': [false] }),
		buildProperty('output', { ...output, options: toolOptions }, { '@tool': [true] }),
		buildProperty('outputFields', outputFields, {
			'@tool': [true],
			output: [SELECTED_FIELDS.value],
		}),
	];
}

/**
 * Builds a part of a row's form from the fields that are sent. If the row has variants, the part is
 * built for each of them, and properties that are equal in several variants are merged.
 */
function buildVariantParts(
	row: Operation,
	buildPart: (fields: Fields) => INodeProperties[],
): INodeProperties[] {
	const shared: Fields = { ...row.query, ...getBodyFields(row) };
	if (!row.variants) return buildPart(addClearingHints(shared, row));
	const { name, options } = row.variants;
	const parts = Object.entries(options).map(([value, variant]) => {
		const own = getVariantFields(variant);
		// Spread twice: once for the order, since the variant's fields come first, once for the values.
		const fields = addClearingHints({ ...own, ...shared, ...own }, row);
		return addDisplayRules({ [name]: [value] }, buildPart(fields));
	});
	return mergeForms(parts, uniteValues(name));
}

/** Adds to each field whose value an update can remove how to do that. */
const addClearingHints = (fields: Fields, row: Operation): Fields =>
	Object.fromEntries(
		Object.entries(fields).map(([name, field]) => {
			const clearing = getClearingValue(field, row);
			if (clearing === undefined) return [name, field];
			const what = Array.isArray(clearing) ? 'all' : 'the value that Persona has';
			// A field that is shown directly is empty until someone fills it in.
			const hint = isTopLevel(field)
				? `To remove ${what}, use an expression that returns ${Array.isArray(clearing) ? 'an empty list: []' : 'an empty text'}`
				: `Leave it empty to remove ${what}`;
			return [name, { ...field, hint: [field.hint, hint].filter(Boolean).join('. ') }];
		}),
	);

/** Builds the notices that say, in a tool of an AI agent, what an empty value of the model means. */
function buildEmptyNotices({ variants, ...row }: Operation): INodeProperties[] {
	const show: DisplayRules = { '@tool': [true] };
	const variantFields = Object.values(variants?.options ?? {}).map(getVariantFields);
	const written: Fields = Object.assign({}, ...variantFields, getBodyFields(row));
	const hasWritten = Object.values(written).some((field) => !field.required && !field.neverEmpty);
	return [
		...(hasWritten ? [buildProperty('emptyFieldNotice', notice(EMPTY_FIELD_NOTICE), show)] : []),
		...(row.filter || row.search
			? [buildProperty('emptyFilterNotice', notice(EMPTY_FILTER_NOTICE), show)]
			: []),
	];
}

function buildVariantSelect({
	label,
	name,
	options,
	detect,
	commonest,
}: Variants): INodeProperties {
	const labels = Object.entries(options).map(([value, variant]) => [value, variant.name]);
	if (detect) labels.unshift([DETECT_VARIANT, 'Detect From ID']);
	const haveFields = Object.values(options).some(({ attributes, meta }) => attributes ?? meta);
	const description = haveFields
		? 'Determines which fields are available'
		: 'Type of the object that the ID belongs to';
	const overrides = { noDataExpression: true, default: commonest ?? labels[0][0] };
	return buildProperty(name, choice(label, description, Object.fromEntries(labels), overrides));
}

/**
 * Selects the fields that are shown directly in the panel, or all others, in the order of the row.
 */
const pickFields = (fields: Fields, topLevel: boolean): Fields =>
	Object.fromEntries(Object.entries(fields).filter(([, field]) => isTopLevel(field) === topLevel));

/**
 * Builds the properties that are shown directly. A change of a parameter in `dependsOn` makes n8n
 * read the columns of a map again.
 */
const buildTopLevelProperties = (fields: Fields, dependsOn: string[] = []): INodeProperties[] =>
	Object.entries(pickFields(fields, true)).flatMap(([name, field]) =>
		field.columnsMethod
			? buildMapperProperties(name, field, dependsOn)
			: field.encoding === 'duration'
				? buildDurationProperties(name, field)
				: [buildProperty(name, field, field.shownWith)],
	);

/**
 * Builds the number and the unit of a duration. n8n cannot load a group of both with a default, except in
 * a collection.
 */
function buildDurationProperties(
	name: string,
	{ options = [], required }: Field,
): INodeProperties[] {
	const [{ values }] = options as INodePropertyCollection[];
	const [amount, unit] = values;
	return [
		{ ...amount, name: toParameterName(name), ...(required && { required }) },
		{ ...unit, name: `${toParameterName(name)}Unit` },
	];
}

/** Returns the IDs in a form: which columns a map has depends on the objects they identify. */
const getColumnDependencies = (fields: Fields): string[] =>
	Object.entries(pickFields(fields, true))
		.filter(([name]) => name.endsWith('-id'))
		.map(
			([name, { type }]) => toParameterName(name) + (type === 'resourceLocator' ? '.value' : ''),
		);

const COLUMNS_DESCRIPTION =
	'Values for the fields that Persona knows. Map Automatically sends those that the item has; case, blanks, _ and - in their names do not matter. Blanks and invisible marks around a text are removed. An empty value is not sent; in an update, an expression without a result is an error.';

/** Builds the properties of a map that the user can enter either column by column or as JSON. */
function buildMapperProperties(name: string, field: Field, dependsOn: string[]): INodeProperties[] {
	const parameter = toParameterName(name);
	const mode = `${parameter}Mode`;
	const files = field.takesFiles ? ' For a file, enter the name of its binary field.' : '';
	const columns = text(field.displayName, COLUMNS_DESCRIPTION + files, undefined, {
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		...toBuilderHint(
			`Unless you have read the columns from Persona, set \`${mode}\` to \`json\` and give \`${parameter}\` an object with Persona's keys`,
		),
		typeOptions: {
			loadOptionsDependsOn: dependsOn,
			resourceMapper: {
				resourceMapperMethod: field.columnsMethod as string,
				mode: 'add',
				fieldWords: { singular: 'field', plural: 'fields' },
				addAllFields: false,
				supportAutoMap: true,
				// The notice of `methods/resourceMapping.ts` says why there are no fields.
				hideNoDataError: true,
			},
		},
	});
	const modes = { columns: 'Mapping Each Field Below', json: 'Using JSON' };
	const description = 'How to enter the values. Mapping reads the fields from Persona.';
	const modeField = choice(`Specify ${field.displayName}`, description, modes, {
		default: 'columns',
	});
	return [
		buildProperty(mode, modeField),
		buildProperty(name, field, { [mode]: ['json'] }),
		buildProperty(`${parameter}Columns`, columns, { [mode]: ['columns'] }),
	];
}

/**
 * Removes the checks of a locator within a collection: n8n would apply them to a parameter of the same
 * name outside of it.
 */
const removeValidation = (field: Field): Field => ({
	...field,
	...(field.modes && { modes: field.modes.map((mode) => ({ ...mode, validation: undefined })) }),
});

function buildCollection(name: string, fields: Fields): INodeProperties[] {
	const getName = ({ displayName }: Field) => ({ name: displayName });
	const sorted = Object.entries(fields).sort(
		([, a], [, b]) =>
			Number(isExpert(a)) - Number(isExpert(b)) || compareByName(getName(a), getName(b)),
	);
	const options = sorted.map(([key, field]) => buildProperty(key, removeValidation(field)));
	if (options.length === 0) return [];
	const placeholder = `Add ${{ filters: 'Filter', options: 'Option' }[name] ?? 'Field'}`;
	return [
		{ displayName: toTitle(name), name, type: 'collection', placeholder, default: {}, options },
	];
}

/** Returns the fields under "Options": the common ones that apply to a row, and the row's own. */
function getOptionFields(row: Operation, resource: Resource): Fields {
	const { fieldsToReturn, files, idempotencyKey, itemsAtATime, makeIdempotencyKey, startAfter } =
		commonFields;
	const related = row.include ?? (row.returns === 'list' ? [] : (resource.include ?? []));
	const labels = Object.fromEntries(related.map((name) => [name, toTitle(name)]));
	const include = choices('Include', 'Related objects to return in full', labels);
	return {
		...(acceptsIncludeAndFields(row) && related.length > 0 && { include }),
		...(acceptsIncludeAndFields(row) && row.returns !== 'files' && { fieldsToReturn }),
		...(takesFiles(row) && { files }),
		...(row.route.startsWith('POST') && !row.search && { idempotencyKey, makeIdempotencyKey }),
		...(row.returns === 'list' && !row.unpaged && !row.hasOpaqueCursors && { startAfter }),
		...pickFields(row.nodeFields ?? {}, false),
		itemsAtATime,
	};
}

const addDisplayRules = (show: DisplayRules, properties: INodeProperties[]): INodeProperties[] =>
	properties.map((property) => ({
		...property,
		displayOptions: { show: { ...show, ...property.displayOptions?.show } },
	}));

/** Returns when a property is shown that replaces two equal ones; nothing if none can. */
type UniteRules = (first: DisplayRules, second: DisplayRules) => DisplayRules | undefined;

/** Unites properties that differ only in the values of one parameter for which they are shown. */
const uniteValues =
	(parameter: string): UniteRules =>
	({ [parameter]: values, ...others }, { [parameter]: moreValues, ...otherRules }) =>
		isEqual(others, otherRules)
			? { [parameter]: [...values, ...moreValues], ...others }
			: undefined;

/**
 * Unites properties of different resources. n8n would show such a property for each operation of one
 * resource in the others too: they are united only if the others have no such operation, or show it there.
 * n8n goes through all properties of a node several times per execution, so fewer of them are faster.
 */
const uniteResources =
	(hasOperation: (resource: string, operation: string) => boolean): UniteRules =>
	(first, second) => {
		const { resource: resources, operation: operations, ...others } = first;
		const { resource: moreResources, operation: moreOperations, ...otherRules } = second;
		const isShownTooOften = (
			list: DisplayRules[''],
			own: DisplayRules[''],
			added: DisplayRules[''],
		) =>
			list.some((resource) =>
				added.some(
					(operation) =>
						!own.includes(operation) && hasOperation(String(resource), String(operation)),
				),
			);
		if (
			!isEqual(others, otherRules) ||
			isShownTooOften(resources, operations, moreOperations) ||
			isShownTooOften(moreResources, moreOperations, operations)
		) {
			return undefined;
		}
		const united = [...new Set([...operations, ...moreOperations])];
		return { operation: united, resource: [...resources, ...moreResources], ...others };
	};

/**
 * Merges forms into one. Properties that are equal, and whose rules can be united, become one property,
 * unless that would change the order of a form. It begins at the end of each form: what only one form has
 * stays directly before what it shares with others, or comes after all of theirs.
 */
function mergeForms(forms: INodeProperties[][], unite: UniteRules): INodeProperties[] {
	const backwards: Array<{ property: INodeProperties; show: DisplayRules }> = [];
	for (const form of forms) {
		let position = 0;
		for (const { displayOptions, ...property } of [...form].reverse()) {
			const show = displayOptions?.show as DisplayRules;
			let united: DisplayRules | undefined;
			const equal = backwards.findIndex((candidate, index) => {
				if (index < position || !isEqual(candidate.property, property)) return false;
				united = unite(candidate.show, show);
				return united !== undefined;
			});
			if (united) backwards[equal].show = united;
			else backwards.splice(position, 0, { property, show });
			position = Math.max(equal, position) + 1;
		}
	}
	return backwards
		.reverse()
		.map(({ property, show }) => ({ ...property, displayOptions: { show } }));
}
