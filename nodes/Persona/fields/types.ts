import type { INodeProperties } from 'n8n-workflow';
import type { IdPrefix } from '../values/idKinds';
import type { ValueFormat } from '../values/valueFormats';

/**
 * How the value of a field is converted for Persona; `fields/encodeValue.ts` has an encoder for each.
 */
export type Encoding =
	| 'text'
	| 'words'
	| 'commaList'
	| 'file'
	| 'files'
	| 'json'
	| 'jsonList'
	| 'map'
	| 'fileMap'
	| 'date'
	| 'dateTime'
	| 'toggle'
	| 'number'
	| 'duration'
	| 'period';

/**
 * One field of the panel: an n8n property without its name and its display rules, which the engine
 * derives. Make one with the functions in `fields/kinds.ts`, such as `text` or `choice`.
 */
export interface Field extends Omit<INodeProperties, 'name' | 'displayOptions'> {
	encoding: Encoding;
	/** The kind of the value, or of each word, if it has several spellings. */
	format?: ValueFormat;
	/** What the ID of the object, or each ID, begins with, or may begin with. Another kind fails the item. */
	idPrefix?: IdPrefix | IdPrefix[];
	/**
	 * Shows an optional field directly in the panel instead of under "Add Field", because most users
	 * need it. Required fields are always shown directly.
	 */
	topLevel?: true;
	/**
	 * For a `map` field: the method in `methods/resourceMapping.ts` that reads the customer's own
	 * columns, so that the user can enter each value in a field of its own.
	 */
	columnsMethod?: string;
	/**
	 * For a map of which members can be files of the item: the option "Files" and the columns name their
	 * binary fields. With `contentOnly`, Persona refuses a reference to a file that it has stored.
	 */
	takesFiles?: 'contentOnly' | 'anyForm';
	/** For experts: it comes after the fields for every day. Set it with `expert` of `fields/kinds.ts`. */
	expert?: true;
	/** For a duration: the smallest and the largest that Persona takes, in seconds. */
	seconds?: [minimum: number, maximum: number];
	/** For a list: how many entries Persona takes in a request. */
	maxEntries?: number;
	/** The field only says which columns a map has. It is never sent. */
	columnsOnly?: true;
	/** An update sends null when the user empties the field, and Persona then removes the value. */
	clearable?: true;
	/** The list takes the place of the one that Persona has, as in an update: an empty one removes it. */
	replaces?: true;
	/**
	 * An empty value fails even in an update or in an AI tool: the field protects something, or the
	 * object cannot be without it.
	 */
	neverEmpty?: true;
	/** Shown directly only with these values of other parameters. */
	shownWith?: DisplayRules;
	/** An AI agent may give a value only where it may use a guarded operation. */
	guarded?: true;
}

/**
 * Fields by Persona's own names. `redirect-uri` becomes the parameter `redirectUri`. A dot nests a
 * value, so `query.term` is sent as the member `term` of `query`.
 */
export type Fields = Record<string, Field>;

/** When a property is shown: the values that each named parameter may have. */
export type DisplayRules = Record<string, Array<string | boolean>>;
