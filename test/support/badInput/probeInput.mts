import type { INodeParameters } from 'n8n-workflow';
import type { Encoding, Field } from '../../../nodes/Persona/fields/types.ts';
import type { Operation } from '../../../nodes/Persona/engine/types.ts';

/** How a value is encoded: as a field of a row, or in the way of one setting. */
export type InputForm =
	| Encoding
	| 'column'
	| 'fieldsToReturn'
	| 'id'
	| 'idempotencyKey'
	| 'limit'
	| 'match'
	| 'name'
	| 'query'
	| 'returnAll'
	| 'scalar';

/** A value that a user, an expression or an AI model fills in. */
export interface ProbeInput {
	/** Its label in the panel: an error must name it. */
	label: string;
	/** Its path in the parameters. */
	path: string[];
	form: InputForm;
	/** Its paths in the request; none if it only affects the output. */
	places: string[][];
	required?: boolean;
	/** What is sent if it is empty in an update; undefined if that fails. */
	clears?: null | '' | never[];
	/** Zero is sent as null. */
	zeroClears?: boolean;
	/** The only values that it takes. */
	choices?: string[];
	/** The row builds this part of the request itself, so its place is not checked. */
	loose?: boolean;
	/** The smallest and the largest number that is allowed. */
	range?: { minValue?: number; maxValue?: number };
	/** The field of the row; undefined for a setting of the engine. */
	field?: Field;
	/** JSON:API type of the objects that are returned. */
	type?: string;
}

/** An operation with valid values in every field, and its inputs. */
export interface Probe {
	name: string;
	row: Operation;
	parameters: INodeParameters;
	inputs: ProbeInput[];
	/** Parameters that cannot be expressions in n8n. */
	fixed: string[];
}

/** An input with one place in the request, or with none. */
export const buildInput = (
	label: string,
	path: string[],
	form: InputForm,
	place?: string[],
	more: Partial<ProbeInput> = {},
): ProbeInput => ({ label, path, form, places: place ? [place] : [], ...more });
