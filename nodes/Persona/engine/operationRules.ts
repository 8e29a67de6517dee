import type { Field, Operation } from './types';

/** The stored value of "Detect From ID" in a list of variants. */
export const DETECT_VARIANT = 'detect';

/** The placeholder of a route that the variant fills, not an ID. */
export const VARIANT_PLACEHOLDER = 'variant';

/** The parameter that holds the optional fields of a row, other than its filters. */
export const getOptionalGroup = ({ route }: Operation) =>
	route.startsWith('PATCH') ? 'updateFields' : 'additionalFields';

/** The placeholders of a row's route that the user fills with IDs. */
export const getPathIds = ({ route }: Operation) =>
	Array.from(route.matchAll(/{(.+?)}/g), ([, name]) => name).filter(
		(name) => name !== VARIANT_PLACEHOLDER,
	);

/** Whether Persona accepts `include` and `fields` for a row. */
export const acceptsSelection = ({ noSelection, returns }: Operation) =>
	!noSelection && returns !== 'file';

/** Whether an AI agent needs the user's permission to use a row. */
export const isGuarded = ({ guarded, irreversible }: Operation) =>
	guarded === true || irreversible !== undefined;

/** Whether a field is shown directly in the panel, outside any collection. */
export const isTopLevel = ({ required, topLevel, columnsMethod }: Field) =>
	required === true || topLevel === true || columnsMethod !== undefined;
