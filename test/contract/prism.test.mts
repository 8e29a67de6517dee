import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';
import type { OpenApiDocument } from './openApiDocument.mts';
import type { HttpExchange } from './exchangeRecorder.mts';
import { loadPrism, type ExchangeValidator } from './prism.mts';
import {
	getSuccessResponse,
	getRequestShapes,
	findOperation,
	getRowRoutes,
} from './openApiRoutes.mts';
import { table } from '../../nodes/Persona/resources/index.ts';

const reached = new Set(
	table.resources.flatMap(({ operations }) => Object.values(operations).flatMap(getRowRoutes)),
);

const headers = { authorization: 'Bearer key' };

const json = { 'content-type': 'application/json' };

const listed: HttpExchange = {
	request: {
		method: 'GET',
		path: '/inquiries',
		query: { 'page[size]': '5', 'filter[status]': 'approved', 'fields[inquiry]': 'status' },
		headers,
	},
	response: { status: 200, headers: json, body: { data: [], links: { prev: null, next: null } } },
};

const account = { data: { type: 'account', id: 'act_1', attributes: { tags: [] } } };

const created: HttpExchange = {
	request: {
		method: 'POST',
		path: '/accounts',
		query: {},
		headers: { ...headers, ...json, 'content-length': '2' },
		body: { data: { attributes: { 'reference-id': 'user-42' } } },
	},
	response: { status: 200, headers: json, body: account },
};

const withRequest = (
	exchange: HttpExchange,
	request: Partial<HttpExchange['request']>,
): HttpExchange => ({
	...exchange,
	request: { ...exchange.request, ...request },
});

const withResponse = (
	exchange: HttpExchange,
	response: Partial<HttpExchange['response']>,
): HttpExchange => ({
	...exchange,
	response: { ...exchange.response, ...response },
});

describeWithOpenApi('loadPrism', () => {
	let description: OpenApiDocument;
	let validator: ExchangeValidator;

	beforeAll(async () => {
		description = loadOpenApi();
		validator = await loadPrism(description);
	});

	it.each([listed, created])(
		'finds no violation if both sides keep to the description',
		async (one) => {
			expect(await validator.validate(one)).toEqual([]);
		},
	);

	it.each<[string, HttpExchange, string]>([
		['an unknown path', withRequest(listed, { path: '/inquirys' }), 'route not found'],
		['a missing key', withRequest(listed, { headers: {} }), 'security'],
		[
			'an undeclared parameter',
			withRequest(listed, { query: { sort: 'id' } }),
			"parameter 'sort' is not declared",
		],
		[
			'an undeclared filter',
			withRequest(listed, { query: { 'filter[state]': 'x' } }),
			"parameter 'filter[state]' is not declared",
		],
		[
			'a parameter of a wrong type',
			withRequest(listed, { query: { 'page[size]': 'all' } }),
			'page.size must be number',
		],
		[
			'an undeclared attribute',
			withRequest(created, { body: { data: { attributes: { 'referenz-id': 'x' } } } }),
			"'referenz-id'",
		],
		[
			'an absent body',
			withRequest(created, { path: '/webhooks', body: undefined }),
			'body is required',
		],
		[
			'an unexpected body',
			withRequest(created, { path: '/inquiries/inq_1/expire', body: {} }),
			'No supported content types',
		],
	])('reports %s in the request', async (_, exchange, fault) => {
		const violations = await validator.validate(exchange);
		expect(violations.filter((one) => one.startsWith('re')).join('\n')).toContain(fault);
	});

	it.each<[string, HttpExchange, string]>([
		['an undeclared status', withResponse(listed, { status: 202 }), 'returned status code'],
		[
			'a wrong media type',
			withResponse(listed, { headers: { 'content-type': 'text/html' } }),
			'media type',
		],
		['a missing member', withResponse(listed, { body: { data: [] } }), "'links'"],
		['an unknown member', withResponse(created, { body: { ...account, more: 1 } }), "found 'more'"],
		[
			'an object of another type',
			withResponse(created, { body: { data: { ...account.data, type: 'inquiry' } } }),
			'data.type must be equal to constant',
		],
		[
			'an included object of no known type',
			withResponse(created, { body: { ...account, included: [{ type: 'nothing', id: '1' }] } }),
			'included',
		],
		[
			'an error of another shape',
			withResponse(created, { status: 422, body: { errors: 'wrong' } }),
			'errors',
		],
	])('reports %s in the response', async (_, exchange, fault) => {
		const violations = await validator.validate(exchange);
		expect(violations.join('\n')).toContain(fault);
	});

	it.each([...reached])('validates both sides of %s', async (route) => {
		const [method, path] = route.split(' ');
		const operation = findOperation(description, route);
		if (!operation) throw new Error('Unpublished');
		const { mediaType = '' } = getSuccessResponse(description, operation);
		const takesBody = getRequestShapes(description, operation).length > 0;
		const [type] = Object.keys(operation.requestBody?.content ?? { 'application/json': {} });
		const violations = await validator.validate({
			request: {
				method,
				path: path.replace(/{.+?}/g, 'x'),
				query: {},
				headers: { ...headers, 'content-type': type },
				body: takesBody ? 'nonsense' : undefined,
			},
			response: {
				status: Number(Object.keys(operation.responses).find((status) => status.startsWith('2'))),
				headers: { 'content-type': mediaType },
				body: ['nonsense'],
			},
		});
		expect(violations).toContainEqual(expect.stringMatching(/^response: Response body/));
		if (takesBody)
			expect(violations).toContainEqual(expect.stringMatching(/^request: (Request body|Boundary)/));
	});
});
