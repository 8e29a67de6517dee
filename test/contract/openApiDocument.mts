/** A JSON Schema of the description, in the parts that the contract reads; references stay references. */
export interface OpenApiSchema {
	$ref?: string;
	type?: string | string[];
	properties?: Record<string, OpenApiSchema>;
	required?: string[];
	additionalProperties?: boolean | OpenApiSchema;
	items?: OpenApiSchema;
	enum?: unknown[];
	const?: unknown;
	format?: string;
	allOf?: OpenApiSchema[];
	anyOf?: OpenApiSchema[];
	oneOf?: OpenApiSchema[];
	deprecated?: boolean;
}

/** A parameter of a route. */
export interface OpenApiParameter {
	$ref?: string;
	name: string;
	in: 'path' | 'query' | 'header' | 'cookie';
	required?: boolean;
	schema?: OpenApiSchema;
}

/** A body of one media type; for a form, how its objects become parts. */
export interface OpenApiContent {
	schema?: OpenApiSchema;
	encoding?: Record<string, { style: string; explode: boolean }>;
}

/** The bodies of a request or of a response, by media type. */
export interface OpenApiBody {
	$ref?: string;
	content?: Record<string, OpenApiContent>;
	required?: boolean;
}

/** One verb of one path. */
export interface OpenApiOperation {
	summary?: string;
	description?: string;
	parameters?: OpenApiParameter[];
	requestBody?: OpenApiBody;
	responses: Record<string, OpenApiBody>;
}

/** Persona's published description of its API, in the parts that the contract reads. */
export interface OpenApiDocument {
	paths: Record<string, Record<string, OpenApiOperation>>;
	components: Record<string, Record<string, unknown>>;
}
