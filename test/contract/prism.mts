import { transformOas3Operations } from '@stoplight/http-spec/oas3/operation';
import { createInstance, type PickRequired, type PrismHttpComponents } from '@stoplight/prism-http';
import type { HttpMethod, IHttpOperation } from '@stoplight/types';
import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './openApiDocument.mts';
import { findOperation, getSuccessResponse, listRoutes } from './openApiRoutes.mts';
import { resolveReference } from './schemaShapes.mts';
import type { HttpExchange } from './exchangeRecorder.mts';
import { findPrismGaps } from './prismGaps.mts';

/** Checks exchanges against Persona's description, and answers in Persona's place. */
export interface ExchangeValidator {
	/** Returns all violations of the description by the request or the response, as sentences. */
	validate(exchange: HttpExchange): Promise<string[]>;
	/**
	 * Answers a request with an example of the description. A request that violates the description is
	 * refused with 422, and the violations are in `refusals`.
	 */
	answer(request: HttpExchange['request']): Promise<MockResponse>;
}

/** What Prism answers as a mock server. */
export type MockResponse = HttpExchange['response'] & { refusals: string[] };

const COMPONENTS = 'persona:components';

/** The `anyOf` around every body adds this message to the one that says what is wrong. */
const ANY_OF_MESSAGE = /^\w+: \w+ body must match a schema in anyOf$/;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * Loads Persona's description into Prism. Prism's own loader is not used: it resolves every
 * reference, which breaks recursive schemas, and Prism ignores a schema that it cannot compile
 * without a warning. So references stay references, all into one document that Prism compiles first
 * and only once. Every schema is read as OpenAPI 3.1 (JSON Schema 2020-12).
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
			return [...messages, ...(route ? findPrismGaps(description, route, exchange.request) : [])];
		},
		answer: async (request) => {
			// Whatever comes back: only what is said of the request counts here.
			const response = { status: 200, headers: {}, body: {} };
			const { route, messages } = await validateExchange(operations, { request, response });
			const refusals = [
				...messages.filter((message) => message.startsWith('request: ')),
				...(route ? findPrismGaps(description, route, request) : ['request: No such route']),
			];
			const operation = route && findOperation(description, route);
			if (operation && refusals.length === 0) {
				const { mediaType } = getSuccessResponse(description, operation);
				return { ...(await mockResponse(operations, request, mediaType)), refusals };
			}
			const errors = refusals.map((details) => ({ title: 'Refused by the description', details }));
			return { status: 422, headers: {}, body: { errors }, refusals };
		},
	};
}

/** Prism compiles each parameter alone, where a reference to the shared document leads nowhere. */
function inlineParameters({ components }: OpenApiDocument) {
	for (const parameter of Object.values(components.parameters) as Array<{
		schema?: OpenApiSchema;
	}>) {
		const name = parameter.schema?.$ref?.split('/').pop();
		if (name) parameter.schema = components.schemas[name] as OpenApiSchema;
	}
}

/** Moves all JSON bodies into the shared document, so that what they share is compiled once. */
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

/** Makes Prism compile the shared document, by validating an exchange that uses it. */
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

/** An operation whose body has an `$id`: Prism stores what it compiles under that ID, for all others. */
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

const ignore = () => {};

const logger = {
	child: () => logger,
	...Object.fromEntries(
		['trace', 'debug', 'info', 'success', 'warn', 'error', 'fatal'].map((name) => [name, ignore]),
	),
} as unknown as PrismHttpComponents['logger'];

/** What all instances of Prism here have in common. */
const CHECKS = {
	mock: { dynamic: false },
	checkSecurity: true,
	validateRequest: true,
	validateResponse: true,
	errors: false,
} as const;

const toPrismRequest = ({ method, path, query, headers, body }: HttpExchange['request']) => ({
	method: method.toLowerCase() as HttpMethod,
	url: { path, query },
	headers,
	body: body ?? null,
});

async function validateExchange(operations: IHttpOperation[], { request, response }: HttpExchange) {
	let route: string | undefined;
	const { status: statusCode, headers, body } = response;
	const components: PickRequired<Partial<PrismHttpComponents>, 'logger'> = {
		logger,
		// The exchange is over: it was recorded, so that bytes reach the node unchanged.
		forward: (_input, _upstream, _proxy, resource) => () => async () => {
			if (resource) route = `${resource.method.toUpperCase()} ${resource.path}`;
			return { _tag: 'Right', right: { statusCode, headers, body } };
		},
	};
	const upstream = { upstream: new URL('http://127.0.0.1'), upstreamProxy: undefined };
	const prism = createInstance({ isProxy: true, ...upstream, ...CHECKS }, components);
	const outcome = await prism.request(toPrismRequest(request), operations)();
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

/** Prism has no example of a PDF; this much of one tells what it is. */
const PDF: HttpExchange['response'] = {
	status: 200,
	headers: { 'content-type': 'application/pdf' },
	body: Buffer.from('%PDF-1.7'),
};

/** The description's own example of a successful response. Throws if Prism can make none. */
async function mockResponse(
	operations: IHttpOperation[],
	request: HttpExchange['request'],
	mediaType?: string,
): Promise<HttpExchange['response']> {
	if (mediaType === PDF.headers['content-type']) return PDF;
	const prism = createInstance({ isProxy: false, upstreamProxy: undefined, ...CHECKS }, { logger });
	const outcome = await prism.request(toPrismRequest(request), operations)();
	if (outcome._tag === 'Left') throw outcome.left;
	const { statusCode, headers = {}, body } = outcome.right.output;
	return { status: statusCode, headers: headers as Record<string, string>, body };
}
