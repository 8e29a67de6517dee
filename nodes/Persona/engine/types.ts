import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { NodeItemContext } from './itemContext';
import type { Encoding } from './values';

/** Verb and path as Persona's reference writes them; each `{placeholder}` is filled from the panel. */
export type Route = `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`;

/** An n8n property without its name and its display rules: the engine derives both. */
export interface Field extends Omit<INodeProperties, 'name' | 'displayOptions'> {
	/** How its value is written for Persona. */
	encoding: Encoding;
	/** Stands by itself in the panel although it is optional, because most users want it. */
	topLevel?: true;
	/** For `map` fields: the method in `pickers.ts` that reads the user's own columns. */
	columnsMethod?: string;
	/** An update in which it is emptied sends null, by which Persona takes the value away. */
	clearable?: true;
}

/**
 * Fields by the name Persona gives them. `redirect-uri` becomes the parameter `redirectUri`; a dot
 * goes one level down, so `query.term` is the member `term` of `query`.
 */
export type Fields = Record<string, Field>;

/** When a property is shown: values by the parameter that must have one of them. */
export type DisplayRules = Record<string, Array<string | boolean>>;

/** One choice among the variants of an operation that differ only by their fields or their path. */
export interface Variant {
	name: string;
	/** What Persona calls it: the `{kind}` of the route, else `data.type`. None is sent without it. */
	apiName?: string;
	/** JSON:API type of its objects, where the kinds of a row differ in it. */
	type?: string;
	/** What the IDs of its objects begin with, where that tells the kind. */
	prefix?: string;
	attributes?: Fields;
}

/** The variants of an operation and the parameter that chooses one of them. */
export interface Variants {
	label: string;
	/** Name of the parameter, stored in workflows. */
	name: string;
	/** The placeholder whose ID tells the kind by its prefix, unless the user chooses one. */
	detect?: string;
	options: Record<string, Variant>;
}

/** A form that becomes a query in Persona's search grammar. */
export interface SearchForm {
	/** Attributes that can be compared, as Persona spells them, with their labels. */
	attributes: Record<string, string>;
	buildBody: (session: NodeItemContext) => IDataObject;
}

/** One row of the table: all that n8n and Persona need to know about one operation. */
export interface Operation {
	/** Label in the operation list, e.g. "Get Many". */
	name: string;
	/** Verb and object, e.g. "Get many inquiries". An AI agent reads it as what the tool does. */
	action: string;
	/** What the label leaves open; the action stands in for it. */
	description?: string;
	route: Route;
	/** Where values go: `?name=`, `?filter[name]=`, `data`, `data.attributes`, `meta`. */
	query?: Fields;
	filter?: Fields;
	data?: Fields;
	attributes?: Fields;
	meta?: Fields;
	/** What steers the node and is not sent as it is. */
	nodeFields?: Fields;
	variants?: Variants;
	search?: SearchForm;
	/** What comes back: one object, a list of them, a file, or the files that an object links to. */
	returns: 'item' | 'list' | 'file' | 'files';
	/** JSON:API type of what comes back, where it is not the resource's own. */
	type?: string;
	/** Relationships that `include` takes, where they are not the resource's own. */
	include?: string[];
	/** Persona takes neither `include` nor `fields` here. */
	noSelection?: true;
	/** Persona gives the whole list at once and takes no `page`. */
	unpaged?: true;
	/** Cannot be undone: the panel says so in this sentence. Guarded as well. */
	irreversible?: string;
	/** Decides about people or hands out secrets: as an AI tool it needs the user's permission. */
	guarded?: true;
	/** Goes on with the output of each item once all of them are sent, e.g. waits for results. */
	afterAll?: (
		session: NodeItemContext,
		sent: INodeExecutionData[],
	) => Promise<INodeExecutionData[]>;
	/** Replaces "send once" for the few operations that take several requests. */
	execute?: (session: NodeItemContext) => Promise<INodeExecutionData[]>;
}

/** The operations on one kind of Persona object. */
export interface Resource {
	/** Singular, as Persona's dashboard calls it. */
	name: string;
	/** Stored in workflows, as are the keys of `operations`: never rename one. */
	value: string;
	/** JSON:API type of its objects. */
	type: string;
	/** Relationships that `include` takes for its objects. */
	include?: string[];
	/** Name of the API key permission, without `.read` or `.write`, where Persona documents one. */
	permission?: string;
	operations: Record<string, Operation>;
}

/** All resources, and what each `{placeholder}` of their routes stands for. */
export interface OperationTable {
	resources: Resource[];
	ids: Fields;
}
