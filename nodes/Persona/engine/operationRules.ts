import { pluralize } from '../utils/pluralize';
import type { Field, Fields } from '../fields/types';
import type { NodeName, Operation, OperationTable, Resource, Variant } from './types';

/** The stored value of "Detect From ID" in a list of variants. */
export const DETECT_VARIANT = 'detect';

/** The placeholder of a route that is filled by the variant, not by an ID. */
export const VARIANT_PLACEHOLDER = 'variant';

/** Returns the name of the parameter that holds a row's optional fields, other than its filters. */
export const getOptionalGroupName = ({ route }: Operation) =>
	route.startsWith('PATCH') ? 'updateFields' : 'additionalFields';

/** Whether a row replaces values that Persona has, so that an empty one can remove them. */
export const isUpdate = ({ route }: Operation) => route.startsWith('PATCH');

/** Returns the name of the node that offers a resource. */
export const getNodeName = ({ node }: Resource): NodeName => node ?? 'Persona';

/** Returns what a row does, in n8n's list of actions and for an AI agent, e.g. "Get many inquiries". */
export function getAction({ action, name, returns }: Operation, resource: Resource): string {
	const object = returns === 'list' ? pluralize(resource.name) : resource.name;
	const [verb, ...words] = `${name} ${object}`.split(' ');
	// Abbreviations such as "API" are left as they are.
	const others = words.map((word) => (/^[A-Z]{2}/.test(word) ? word : word.toLowerCase()));
	return action ?? [verb, ...others].join(' ');
}

/** Returns the JSON:API type of the objects of a resource, or of one of its rows and variants. */
export const getObjectType = ({ type, value }: Resource, row?: Operation, variant?: Variant) =>
	variant?.type ??
	row?.type ??
	type ??
	value.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/** Finds the resource of a JSON:API type. */
export const findResource = ({ resources }: OperationTable, objectType: string) =>
	resources.find((resource) => getObjectType(resource) === objectType);

/** Returns the fields that only a variant has; none for a row without variants. */
export const getVariantFields = (variant?: Variant): Fields => ({
	...variant?.attributes,
	...variant?.meta,
});

/** Returns the placeholders of a row's route that are filled with IDs. */
export const getIdPlaceholders = ({ route }: Operation) =>
	Array.from(route.matchAll(/{(.+?)}/g), ([, name]) => name).filter(
		(name) => name !== VARIANT_PLACEHOLDER,
	);

/** Whether Persona accepts `include` and `fields` for a row. */
export const acceptsIncludeAndFields = ({ noIncludeAndFields, returns }: Operation) =>
	!noIncludeAndFields && returns !== 'file';

/** Returns the fields of a row that are sent in the body, without those of variants. */
export const getBodyFields = ({ attributes, data, meta }: Operation): Fields => ({
	...attributes,
	...data,
	...meta,
});

/** Whether a row sends a map of which members can be files of the item. */
export const takesFiles = (row: Operation) =>
	Object.values(getBodyFields(row)).some((field) => field.takesFiles !== undefined);

/** Whether an AI agent needs the user's permission to use a row. */
export const isGuarded = ({ guarded, irreversible }: Operation) =>
	guarded === true || irreversible !== undefined;

/** Whether a row changes something for which an AI agent needs that permission. */
export const isDecision = (row: Operation) => isGuarded(row) && !row.route.startsWith('GET');

/** What an AI agent is told that may not do something, e.g. "Approve an inquiry". */
export const toGuardMessage = (action: string) =>
	`This tool is not allowed to '${action}': a person must do it, or turn on 'Allow Decisions and Redactions' in the tool`;

/** Whether some of what a row can do needs that permission: all of it, or the value of a field. */
export const isPartlyGuarded = (row: Operation) =>
	isGuarded(row) || Object.values(getBodyFields(row)).some((field) => field.guarded);

/** Whether a field is for experts, so that it comes last: one that says so, or that takes raw JSON. */
export const isExpert = ({ expert, type }: Field) => type === 'json' || expert === true;

/** Whether a field is shown directly in the panel, outside any collection. */
export const isTopLevel = ({ required, topLevel, columnsMethod }: Field) =>
	required === true || topLevel === true || columnsMethod !== undefined;
