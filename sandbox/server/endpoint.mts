import type { Json, JsonObject, StoredObject } from '../store.mts';
import type { World } from '../world.mts';
import type { Schema } from './body.mts';
import type { Inflection } from './inflection.mts';
import type { UsedKey } from './keys.mts';

/** A request that passed every check, as a handler sees it. */
export interface Call {
	world: World;
	key: UsedKey;
	/** The version of the API that was asked for. */
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

/** What a handler gives back; `status` is 200 unless it says otherwise. */
export type Answer =
	| { item: StoredObject; status?: number; meta?: JsonObject }
	| { all: StoredObject[]; links: boolean }
	| { list: { keep?: (thing: StoredObject) => boolean; family: string } }
	| { rows: StoredObject[] }
	| { flat: (JsonObject & { id: string })[] }
	| { raw: Json }
	| { pdf: Promise<Buffer> };

/** One operation of the API. */
export interface Endpoint {
	/** Verb and path below `/api/v1`, with `:id` for parameters. */
	route: string;
	/** The permission a key needs, e.g. `inquiry.write`. */
	permission?: string;
	/** Only keys that may read inquiry templates. */
	templatesOnly?: true;
	/** Members of `filter`; a name that ends in `*` is required, `a.b` is the member `b` of `a`. */
	filter?: string[];
	/** Takes `page`. */
	paged?: true;
	/** Other query parameters. */
	query?: string[];
	/** Relationships that `include` takes; without it `include` is refused. */
	include?: string[];
	/** Takes no `fields`. */
	noFields?: true;
	body?: Schema;
	/** Counts against the quota of this product. */
	quota?: string;
	handle(call: Call): Answer;
}
