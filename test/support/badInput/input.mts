import type { INodeParameters } from 'n8n-workflow';
import type { Operation } from '../../../nodes/Persona/engine/types.ts';
import type { Form } from '../../../nodes/Persona/engine/values.ts';

/** How a value is written: as a field of a row is, or in a way that one of the settings has. */
export type Writing =
	| Form
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
export interface Input {
	/** Its label in the panel, by which an error has to name it. */
	label: string;
	/** Where the parameters have it. */
	path: string[];
	writing: Writing;
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
	inputs: Input[];
	/** Parameters that n8n lets nobody give by an expression. */
	fixed: string[];
}

/** An input, which has its value in one place of the request or in none. */
export const input = (
	label: string,
	path: string[],
	writing: Writing,
	place?: string[],
	more: Partial<Input> = {},
): Input => ({ label, path, writing, places: place ? [place] : [], ...more });
