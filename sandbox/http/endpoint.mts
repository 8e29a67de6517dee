import type { Inflection } from '../state/inflection.mts';
import type { Json, JsonObject } from '../state/json.mts';
import type { QuotaProduct } from '../state/limits.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';
import type { AccessRequirements, AuthenticatedKey } from './authentication.mts';
import type { JsonSchema } from './bodySchema.mts';

/** An authorized and validated request, as a handler receives it. */
export interface ApiRequest {
	state: SandboxState;
	key: AuthenticatedKey;
	/** The version of the API that was requested. */
	version: string;
	inflection: Inflection;
	/** Parameters of the path. */
	params: Record<string, string>;
	query: JsonObject;
	/** The members of `filter`, in kebab-case. */
	filter: Record<string, string>;
	attributes: JsonObject;
	meta: JsonObject;
	/** The whole body with kebab-case keys. */
	body: JsonObject;
}

/** What a handler returns, before it is serialized and paginated. */
export type HandlerResult =
	/** `status` is 200 by default. */
	| { object: StoredObject; status?: number; meta?: JsonObject }
	/** A list without pages, in the order of the response. */
	| { objects: StoredObject[]; hasLinks: boolean }
	/** Pages of a collection, newest first. */
	| { collection: { family: string; isListed?: (object: StoredObject) => boolean } }
	/** Pages of these objects, which are in reverse order; their cursors may not be IDs. */
	| { reversedObjects: StoredObject[]; hasOpaqueCursors?: true }
	/** Pages of entries that are not objects of the store, oldest first. */
	| { entries: (JsonObject & { id: string })[] }
	| { json: Json }
	| { pdf: Promise<Buffer> };

/** One operation of the API. */
export interface Endpoint extends AccessRequirements {
	/** Verb and path below `/api/v1`, with `:id` for parameters. */
	route: string;
	/** Members of `filter`. `name*` is required; `a.b` is the member `b` of `a`. */
	filter?: string[];
	/** Accepts `page`. */
	paged?: true;
	/** Other query parameters. */
	query?: string[];
	/** Relationships that `include` accepts; without it `include` is rejected. */
	include?: string[];
	/** Does not accept `fields`. */
	noFields?: true;
	body?: JsonSchema;
	/** Also accepts the body as a form, `multipart/form-data`. */
	acceptsForm?: true;
	/** Counts against the quota of this product. */
	quota?: QuotaProduct;
	handle(request: ApiRequest): HandlerResult;
}
