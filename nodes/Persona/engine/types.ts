import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	ResourceMapperField,
} from 'n8n-workflow';
import type { Fields } from '../fields/types';
import type { ApiRequest } from '../transport/apiRequest';
import type { ApiResponse } from '../transport/apiResponse';
import type { Client } from '../transport/client';
import type { FailItem } from '../transport/errors';
import type { ListDocument, ObjectDocument, PersonaObject } from '../transport/jsonApi';
import type { Output, OutputMode } from '../transport/output';
import type { FileUpload } from '../transport/uploads';
import type { IdPrefix } from '../values/idKinds';

/*
 * The types of the table in `resources/`, whose rows are `Operation`s. n8n's panel, the requests,
 * the output, the errors and docs/operations.md are all derived from a row.
 *
 * Keys and values in the table are stored in users' workflows, so they are never renamed after a
 * release. Labels and descriptions may change.
 */

/**
 * Verb and path as in Persona's reference. The engine fills each `{placeholder}` from the panel.
 */
export type Route = `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`;

/** Fields of which Persona requires some, though none of them by itself. */
export interface Requirement {
	/** What is wrong if they are missing: the headline of the error. */
	problem: string;
	/** Requires them only if this field has a value, or this value. */
	when?: { field: string; is?: string };
	/** Lists of fields, by their names in the row. All fields of at least one list are needed. */
	oneOf?: string[][];
	/**
	 * The field of `meta` with the key of an attribute, or of a member of a map among them, by whose value
	 * Persona finds the object. It is needed.
	 */
	namedBy?: string;
}

/** One variant of an operation. Variants differ only in their attributes, their `meta` or their path. */
export interface Variant {
	/** Label in the list of variants. */
	name: string;
	/**
	 * Persona's name of the variant. It replaces `{variant}` in the route; in a route without that
	 * placeholder it is sent as `data.type`. Without this name, nothing is sent.
	 */
	apiName?: string;
	/** JSON:API type of the objects, if the variants of the operation differ in it. */
	type?: string;
	/** What the IDs of the objects begin with, if that identifies the variant. */
	prefix?: string;
	/** Fields that only this variant has, besides those of the operation. */
	attributes?: Fields;
	/** The same for fields that are sent in `meta`. */
	meta?: Fields;
	/** What Persona requires of this variant besides its required fields. */
	requirements?: Requirement[];
	/** The whole permission that this variant needs, if it is not that of the row. */
	permission?: string;
	/** Makes the attributes of an item fit each other after they are read. */
	alignAttributes?: (attributes: IDataObject) => IDataObject;
}

/** The variants of an operation, and the parameter by which the user chooses one. */
export interface Variants {
	/** Label of the parameter. */
	label: string;
	/** Name of the parameter, stored in workflows. */
	name: string;
	/**
	 * The route's placeholder whose ID identifies the variant by its prefix. The list then begins with
	 * "Detect From ID", and the user chooses a variant only if that does not work.
	 */
	detect?: string;
	/** The variant that is chosen at first, if that is not the first one. */
	commonest?: string;
	/** The variants by their values, which are stored in workflows. */
	options: Record<string, Variant>;
}

/** A form of conditions that becomes a query in Persona's search grammar. */
export interface SearchForm {
	/** Labels of the attributes that can be compared, by Persona's names. */
	attributes: Record<string, string>;
	/** What Persona can search by, for the error that it does not know an attribute. */
	known: string;
	/** The attributes that are entered by name; `fields.*` stands for all that begin with `fields.`. */
	others?: string[];
	/** All values of an attribute, where Persona says which there are. */
	values?: Record<string, string[]>;
	/**
	 * Builds the body of the search from the parameters of an item. Fails the item if they are
	 * invalid.
	 */
	buildBody: (context: ItemContext) => IDataObject;
}

/** One row of the table: all that n8n and Persona need to know about one operation. */
export interface Operation {
	/** Label in the list of operations, e.g. "Get Many". */
	name: string;
	/**
	 * Verb and object without articles, if it is not the name with the resource, such as "Get many
	 * inquiries". It also tells an AI agent what the tool does. Read it with `getAction`.
	 */
	action?: string;
	/** When one would take the operation, or what comes back: more than the action says. */
	description: string;
	/**
	 * What an AI model that builds workflows has to know besides, such as the main fields of the output.
	 * In backticks: names and values as workflows store them, and fields of the output.
	 */
	builderHint?: string;
	route: Route;
	/** Fields that are sent as `?name=`. */
	query?: Fields;
	/** Fields that are sent as `?filter[name]=`. */
	filter?: Fields;
	/** Fields that are sent in `data`, beside the attributes. */
	data?: Fields;
	/** Fields that are sent in `data.attributes`. */
	attributes?: Fields;
	/** Fields that are sent in `meta`. */
	meta?: Fields;
	/** What Persona requires besides the required fields. */
	requirements?: Requirement[];
	/** Fields for the node alone, which are never sent. Read them with `ItemContext.readSetting`. */
	nodeFields?: Fields;
	/** Variants such as report types or list types, if one row is enough for all of them. */
	variants?: Variants;
	/** For a search: the form of conditions that replaces the fields of a body. */
	search?: SearchForm;
	/**
	 * What comes back, if it is not one object: a list of objects (`list`), a file (`file`), or one item
	 * for each file that an object links to (`files`).
	 */
	returns?: 'list' | 'file' | 'files';
	/** The whole permission that a change needs, if it is not `.write` of the resource. */
	permission?: string;
	/** Persona accepts the body as a form, so that a file is sent as its bytes and not as Base64. */
	acceptsForm?: true;
	/** JSON:API type of the returned objects, if it is not the one of the resource. */
	type?: string;
	/** Relationships that `include` accepts, if they are not those of the resource. */
	include?: string[];
	/** Flattens an object of the response in its own way, to how much of it the user wants. */
	flatten?: (object: PersonaObject, mode: OutputMode) => IDataObject;
	/**
	 * Returns what the node itself has found out, which already is what people work with: Simplified has
	 * all of it, so the panel does not offer All Fields. Raw adds or returns what Persona has sent.
	 */
	ownOutput?: true;
	/** Persona accepts neither `include` nor `fields`, so the panel does not offer them. */
	noIncludeAndFields?: true;
	/** Persona returns the whole list at once and does not accept `page`. */
	unpaged?: true;
	/** A cursor of the list is no ID of an object, so that nobody has one to start after. */
	hasOpaqueCursors?: true;
	/**
	 * Says in one sentence what cannot be undone, and contains "for good". The panel shows it above
	 * the fields. The operation is guarded as well.
	 */
	irreversible?: string;
	/**
	 * The operation can let people through or block them, by itself or by what it starts, or it returns a
	 * secret that opens more than one person's own inquiry. An AI agent may use it only if the user has
	 * turned on "Allow Decisions and Redactions" in the tool.
	 */
	guarded?: true;
	/**
	 * Replaces the single request of the row, for an operation that needs several. Reads all parameters
	 * of an item, fails it if one is invalid, and sends nothing that changes anything: the engine calls
	 * this for all items before the first of them runs. Prefer the other keys. If a third row needs the
	 * same code, add a key for it.
	 */
	prepare?: PrepareItem;
}

/** Reads all parameters of an item and returns what is left to do for it. */
export type PrepareItem = (context: ItemContext) => PreparedItem | Promise<PreparedItem>;

/** What is left to do for an item whose parameters have all been read. */
export interface PreparedItem {
	/**
	 * The request that changes something, if it is a single one. Items that change the same object keep
	 * their order, and two different requests cannot share an idempotency key of the user.
	 */
	request?: ApiRequest;
	/** Sends the requests and returns the output of the item. Reads no parameters. */
	run: () => Promise<INodeExecutionData[]>;
	/**
	 * Runs once the requests of all items are sent, e.g. to wait for their results together. It gets the
	 * output of the item and those of all items, and returns the output that replaces the item's.
	 */
	afterAll?: (
		output: INodeExecutionData[],
		outputs: INodeExecutionData[][],
	) => Promise<INodeExecutionData[]>;
}

/** The nodes that offer the operations of the table, by their names in n8n. */
export type NodeName = 'Persona' | 'Persona Admin';

/** The operations on one type of Persona object. */
export interface Resource {
	/** Label in the list of resources: singular, as in Persona's dashboard. */
	name: string;
	/** Stored in workflows, as are the keys of `operations`: never rename one. */
	value: string;
	/** What it is, for an AI model that builds workflows, where the label alone does not say it. */
	builderHint?: string;
	/** The node that offers the operations, if it is not the one for every day. */
	node?: 'Persona Admin';
	/**
	 * JSON:API type of the objects, if it is not `value` with dashes, such as `inquiry-session`. Read it
	 * with `getObjectType`.
	 */
	type?: string;
	/** Relationships that `include` accepts. */
	include?: string[];
	/** Permission of the API key, without `.read` or `.write`, if Persona documents one. */
	permission?: string;
	/** Belongs to the organization, so that Persona responds to a sandbox key with 401. */
	productionOnly?: true;
	/** The rows by the values that are stored in workflows. */
	operations: Record<string, Operation>;
}

/** Where columns are read from: while a node is edited, and where the editor has not stored them, in a run. */
export interface ColumnSource {
	/**
	 * Reads an ID, which begins with `prefix`, or a choice in a parameter; undefined if there is none, or
	 * the editor does not know it.
	 */
	readId: (parameter: string, prefix?: IdPrefix) => string | undefined;
	/** Fetches one object; undefined if the editor finds none. Throws one of n8n's errors. */
	fetchObject: (request: Omit<ApiRequest, 'method'>) => Promise<ObjectDocument | undefined>;
	/** Fetches a page of a list. Throws one of n8n's errors. */
	fetchList: (request: Omit<ApiRequest, 'method'>) => Promise<ListDocument>;
}

/** Reads the columns of a map; undefined if the user has not chosen whose. */
export type ReadColumns = (source: ColumnSource) => Promise<ResourceMapperField[] | undefined>;

/**
 * All resources, the field for each `{placeholder}` of their routes, and what reads the columns of
 * maps, by the names that fields have in `columnsMethod`.
 */
export interface OperationTable {
	resources: Resource[];
	ids: Fields;
	columnReaders: Record<string, ReadColumns>;
}

/** What all items of one run of the node share. */
export interface Run {
	node: IExecuteFunctions;
	/** Whether an AI agent uses the node as a tool. */
	isTool: boolean;
	/** Whether it may decide and redact: always in a workflow. */
	isAllowedToDecide: boolean;
	client: Client;
	/** The API URL of the credential, as the user entered it. */
	apiUrl: string;
	table: OperationTable;
	resource: Resource;
	row: Operation;
	/** Differs for every execution, node and iteration of a loop; part of most idempotency keys. */
	idempotencySeed: string;
	/** The same in every execution; part of an idempotency key that is made from the content. */
	contentSeed: string;
	/** The last request for each idempotency key that several items may share. */
	requestsByKey: Map<string, Promise<ApiResponse>>;
	/** Set once an item has failed while results are waited for: then nothing waits any longer. */
	hasFailed?: boolean;
}

/** Query parameters that select what Persona returns: relationships, and attributes by type. */
export interface IncludeAndFields {
	include?: string;
	fields?: Record<string, string>;
}

/** One input item of a run: its parameters, and the requests made for it. */
export interface ItemContext {
	readonly run: Run;
	readonly itemIndex: number;
	/** Fails this item: `message` says what is wrong, `description` how to fix it. Never returns. */
	readonly fail: FailItem;
	/** The IDs of objects that the user gave by reference ID, by the paths of their parameters. */
	readonly idsByReference: Map<string, string>;
	/**
	 * Reads a parameter as the user set it; for one chosen from a list, the plain value, and for one given
	 * by reference ID the ID.
	 */
	readParameter<T>(name: string, fallback?: T): T;
	/**
	 * Reads one of the `commonFields` or of the row's `nodeFields`, converted by its encoding. Returns
	 * the default if the user set nothing, and fails the item if the value is invalid or empty.
	 */
	readSetting<T>(name: string): T;
	/** Reads a parameter as it is stored, with its expressions. */
	readRaw(path: string): unknown;
	/**
	 * Fails the item where a text that tells persons or requests apart lacks the part that an expression
	 * should have given: `user-` and `user-undefined` would be the same for everybody. `raw` is the text
	 * as it is stored.
	 */
	requireComplete(label: string, value: unknown, raw: unknown): void;
	/** Whether the user added one of the options, even if its value is empty. */
	hasOption(name: string): boolean;
	/** Reads the ID for a placeholder of the route. Fails the item if it is not an ID. */
	readId(placeholder: string): string;
	/** Reads "Include" and "Fields to Return" as query parameters. */
	readIncludeAndFields(): IncludeAndFields;
	/** Reads how the objects of the response become items. */
	readOutput(): Output;
	/**
	 * Checks the file in a binary field of the item; `label` names it in the error. Its content is read
	 * when the request is sent. Fails the item if there is no such file.
	 */
	readFile(binaryField: string, label: string): Promise<FileUpload>;
	/** Fills the placeholders of a path. Items with the same path work on the same object. */
	buildPath(path: string): string;
	/**
	 * Builds the request of the row, with the user's own idempotency key if there is one. The content of
	 * files is read only when it is sent. Fails the item if a value is missing or invalid.
	 */
	buildRequest(): Promise<ApiRequest>;
	/**
	 * Derives an idempotency key for a request whose row has been built: from the request's own key, or
	 * as the user has chosen.
	 */
	deriveIdempotencyKey(request: ApiRequest): string;
	/**
	 * Sends a request and returns the successful response. Throws one of n8n's errors for any other.
	 */
	request(request: ApiRequest): Promise<ApiResponse>;
	/** The same, but returns the document in the body of the response, which has one object. */
	readonly requestDocument: (request: ApiRequest) => Promise<ObjectDocument>;
	/** The same for a request whose response has a list. */
	readonly requestList: (request: ApiRequest) => Promise<ListDocument>;
}
