import { transformOas3Operations } from '@stoplight/http-spec/oas3/operation';
import {
	createInstance,
	type IHttpNameValue,
	type PickRequired,
	type PrismHttpComponents,
} from '@stoplight/prism-http';
import type { HttpMethod, IHttpOperation } from '@stoplight/types';
import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './loadOpenApi.mts';
import { findOperation, listRoutes } from './openApiRoutes.mts';
import { resolveReference } from './schemaShapes.mts';
import { findPrismGaps } from './prismGaps.mts';

/** A request and the answer to it, as they went over the wire. */
export interface HttpExchange {
	request: {
		method: string;
		/** Below the API URL. */
		path: string;
		query: Record<string, string | string[]>;
		headers: IHttpNameValue;
		/** Parsed where it is JSON. */
		body?: unknown;
	};
	response: { status: number; headers: IHttpNameValue; body: unknown };
}

/** Persona's description, ready to judge what goes over the wire. */
export interface ExchangeValidator {
	/** Every violation of either side, as sentences; none when the exchange is as Persona publishes it. */
	validate(exchange: HttpExchange): Promise<string[]>;
}

const COMPONENTS = 'persona:components';

/** Comes of the `anyOf` around every body, in addition to what is wrong with it. */
const ANY_OF_MESSAGE = /^\w+: \w+ body must match a schema in anyOf$/;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * Prism over Persona's description. Its own loader resolves every reference, which breaks the
 * schemas that contain themselves, and Prism passes over a schema that it cannot compile without a
 * word. So references stay, all into one document that Prism compiles first and once, and every
 * schema is read as OpenAPI 3.1 means it.
 */
export async function loadPrism(description: OpenApiDocument): Promise<ExchangeValidator> {
	const text = JSON.stringify(description);
	const document = JSON.parse(
		text.replaceAll('"#/components/schemas/', `"${COMPONENTS}#/$defs/`),
	) as OpenApiDocument;
	inlineParameters(document);
	gatherBodies(document);
	const operations = transformOas3Operations({ ...document }) as IHttpOperation[];
	for (const { request, responses } of operations) {
		const contents = [request?.body, ...responses].flatMap((part) => part?.contents ?? []);
		for (const { schema } of contents) if (schema) Object.assign(schema, { $schema: DIALECT });
	}
	await compileSchemas(document.components.schemas);
	return {
		validate: async (exchange) => {
			const { route, messages } = await validateExchange(operations, exchange);
			return [...messages, ...(route ? findPrismGaps(description, route, exchange) : [])];
		},
	};
}

/** Parameters are compiled by themselves, out of reach of the shared document. */
function inlineParameters({ components }: OpenApiDocument) {
	for (const parameter of Object.values(components.parameters) as Array<{
		schema?: OpenApiSchema;
	}>) {
		const name = parameter.schema?.$ref?.split('/').pop();
		if (name) parameter.schema = components.schemas[name] as OpenApiSchema;
	}
}

/** Moves all JSON bodies into the shared document, where they share what is compiled. */
function gatherBodies(document: OpenApiDocument) {
	const { schemas } = document.components;
	const bodies = listRoutes(document).flatMap((route) => {
		const { requestBody, responses } = findOperation(document, route) as OpenApiOperation;
		return [...(requestBody ? [requestBody] : []), ...Object.values(responses)];
	});
	const gathered = new Set<object>();
	for (const [index, body] of bodies.entries()) {
		const json = resolveReference(document, body).content?.['application/json'];
		if (!json?.schema || gathered.has(json)) continue;
		schemas[`body-${index}`] = json.schema;
		// A bare reference would lose the dialect beside it.
		json.schema = { anyOf: [{ $ref: `${COMPONENTS}#/$defs/body-${index}` }] };
		gathered.add(json);
	}
}

/** Has Prism compile the shared document. */
async function compileSchemas(schemas: object) {
	const path = `/${COMPONENTS}`;
	await validateExchange([buildComponentsOperation(path, schemas)], {
		request: {
			method: 'POST',
			path,
			query: {},
			headers: { 'content-type': 'application/json' },
			body: {},
		},
		response: { status: 200, headers: {}, body: {} },
	});
}

/** Prism keeps a schema that it compiles under its `$id`, where others then find it. */
const buildComponentsOperation = (path: string, schemas: object) =>
	({
		id: 'components',
		method: 'post',
		path,
		request: {
			body: {
				id: 'components',
				contents: [
					{
						id: 'components',
						mediaType: 'application/json',
						schema: { $id: COMPONENTS, $schema: DIALECT, $defs: schemas },
					},
				],
			},
		},
		responses: [{ id: 'components', code: '200' }],
	}) as unknown as IHttpOperation;

const silence = () => {};

const logger = {
	child: () => logger,
	...Object.fromEntries(
		['trace', 'debug', 'info', 'success', 'warn', 'error', 'fatal'].map((name) => [name, silence]),
	),
} as unknown as PrismHttpComponents['logger'];

async function validateExchange(
	operations: IHttpOperation[],
	{ request, response: answer }: HttpExchange,
) {
	let route: string | undefined;
	const { status: statusCode, headers, body } = answer;
	const components: PickRequired<Partial<PrismHttpComponents>, 'logger'> = {
		logger,
		// The exchange has taken place already, so that bytes reach the node untouched.
		forward: (_input, _upstream, _proxy, resource) => () => async () => {
			if (resource) route = `${resource.method.toUpperCase()} ${resource.path}`;
			return { _tag: 'Right', right: { statusCode, headers, body } };
		},
	};
	const prism = createInstance(
		{
			isProxy: true,
			upstream: new URL('http://127.0.0.1'),
			upstreamProxy: undefined,
			mock: { dynamic: false },
			checkSecurity: true,
			validateRequest: true,
			validateResponse: true,
			errors: false,
		},
		components,
	);
	const outcome = await prism.request(
		{
			method: request.method.toLowerCase() as HttpMethod,
			url: { path: request.path, query: request.query },
			headers: request.headers,
			body: request.body ?? null,
		},
		operations,
	)();
	if (outcome._tag === 'Left') throw outcome.left;
	const { input, output } = outcome.right.validations;
	const messages = [
		...input.map(({ message }) => `request: ${message}`),
		...output.map(({ message }) => `response: ${message}`),
	];
	return {
		route,
		messages: [...new Set(messages)].filter((message) => !ANY_OF_MESSAGE.test(message)),
	};
}
