import type { INodeParameters } from 'n8n-workflow';
import type { Encoding, Operation } from '../../../nodes/Persona/engine/types.ts';

/** How a value is written: as a field of a row is, or in a way that one of the settings has. */
export type InputForm =
	| Encoding
	| 'column'
	| 'fieldsToReturn'
	| 'id'
	| 'idempotencyKey'
	| 'limit'
	| 'match'
	| 'name'
	| 'returnAll'
	| 'scalar';

/** One thing that a user, an expression or an AI model fills in. */
export interface ProbeInput {
	/** Its label in the panel, by which an error has to name it. */
	label: string;
	/** Where the parameters have it. */
	path: string[];
	form: InputForm;
	/** Where the request has its value; nowhere if it is about the output. */
	places: string[][];
	required?: boolean;
	/** Left empty, something else stands in its place. */
	preset?: boolean;
	/** Emptied in an update, it is sent as null. */
	clears?: boolean;
	/** The row takes its part of the request to pieces, so it may stand anywhere below its place. */
	loose?: boolean;
	/** Least and greatest number. */
	range?: { minValue?: number; maxValue?: number };
	/** Type of the objects that come back. */
	type?: string;
}

/** An operation with every field set validly, and all that can be set in it. */
export interface Probe {
	name: string;
	row: Operation;
	parameters: INodeParameters;
	inputs: ProbeInput[];
	/** Parameters that n8n lets nobody give by an expression. */
	fixed: string[];
}

/** An input, which has its value in one place of the request or in none. */
export const buildInput = (
	label: string,
	path: string[],
	writing: InputForm,
	place?: string[],
	more: Partial<ProbeInput> = {},
): ProbeInput => ({ label, path, form: writing, places: place ? [place] : [], ...more });
