import { ABSENT, descriptionPath, loadDescription } from './description.mts';
import { loadPrism, type Exchange, type Judge } from './prism.mts';
import { answerOf, bodyShapes, published, routesOf } from './openApiRoutes.mts';
import { table } from '../../nodes/Persona/resources/index.ts';

const reached = new Set(
	table.resources.flatMap(({ operations }) => Object.values(operations).flatMap(routesOf)),
);

const known = descriptionPath() !== undefined;

const headers = { authorization: 'Bearer key' };

const json = { 'content-type': 'application/json' };

const listed: Exchange = {
	request: {
		method: 'GET',
		path: '/inquiries',
		query: { 'page[size]': '5', 'filter[status]': 'approved', 'fields[inquiry]': 'status' },
		headers,
	},
	answer: { status: 200, headers: json, body: { data: [], links: { prev: null, next: null } } },
};

const account = { data: { type: 'account', id: 'act_1', attributes: { tags: [] } } };

const created: Exchange = {
	request: {
		method: 'POST',
		path: '/accounts',
		query: {},
		headers: { ...headers, ...json, 'content-length': '2' },
		body: { data: { attributes: { 'reference-id': 'user-42' } } },
	},
	answer: { status: 200, headers: json, body: account },
};

const asking = (exchange: Exchange, request: Partial<Exchange['request']>): Exchange => ({
	...exchange,
	request: { ...exchange.request, ...request },
});

const answering = (exchange: Exchange, answer: Partial<Exchange['answer']>): Exchange => ({
	...exchange,
	answer: { ...exchange.answer, ...answer },
});

(known ? describe : describe.skip)(known ? 'violations' : `violations (${ABSENT})`, () => {
	const description = known ? loadDescription() : { paths: {}, components: {} };
	let judge: Judge;

	beforeAll(async () => {
		judge = await loadPrism(description);
	});

	it.each([listed, created])('are none where both sides keep to the description', async (one) => {
		expect(await judge.violations(one)).toEqual([]);
	});

	it.each<[string, Exchange, string]>([
		['an unknown path', asking(listed, { path: '/inquirys' }), 'route not found'],
		['a missing key', asking(listed, { headers: {} }), 'security'],
		[
			'an undeclared parameter',
			asking(listed, { query: { sort: 'id' } }),
			"parameter 'sort' is not declared",
		],
		[
			'an undeclared filter',
			asking(listed, { query: { 'filter[state]': 'x' } }),
			"parameter 'filter[state]' is not declared",
		],
		[
			'a parameter of a wrong type',
			asking(listed, { query: { 'page[size]': 'all' } }),
			'page.size must be number',
		],
		[
			'an undeclared attribute',
			asking(created, { body: { data: { attributes: { 'referenz-id': 'x' } } } }),
			"'referenz-id'",
		],
		['an absent body', asking(created, { path: '/webhooks', body: undefined }), 'body is required'],
		[
			'a body where none belongs',
			asking(created, { path: '/inquiries/inq_1/expire', body: {} }),
			'No supported content types',
		],
	])('name %s in the request', async (_, exchange, fault) => {
		const violations = await judge.violations(exchange);
		expect(violations.filter((one) => one.startsWith('re')).join('\n')).toContain(fault);
	});

	it.each<[string, Exchange, string]>([
		['an undeclared status', answering(listed, { status: 202 }), 'returned status code'],
		[
			'a wrong media type',
			answering(listed, { headers: { 'content-type': 'text/html' } }),
			'media type',
		],
		['a missing member', answering(listed, { body: { data: [] } }), "'links'"],
		['an unknown member', answering(created, { body: { ...account, more: 1 } }), "found 'more'"],
		[
			'an object of another type',
			answering(created, { body: { data: { ...account.data, type: 'inquiry' } } }),
			'data.type must be equal to constant',
		],
		[
			'an included object of no known type',
			answering(created, { body: { ...account, included: [{ type: 'nothing', id: '1' }] } }),
			'included',
		],
		[
			'an error of another shape',
			answering(created, { status: 422, body: { errors: 'wrong' } }),
			'errors',
		],
	])('name %s in the answer', async (_, exchange, fault) => {
		const violations = await judge.violations(exchange);
		expect(violations.join('\n')).toContain(fault);
	});

	it.each([...reached])('are looked for on both sides of %s', async (route) => {
		const [method, path] = route.split(' ');
		const operation = published(description, route);
		if (!operation) throw new Error('Unpublished');
		const { mediaType = '' } = answerOf(description, operation);
		const takesBody = bodyShapes(description, operation).length > 0;
		const [type] = Object.keys(operation.requestBody?.content ?? { 'application/json': {} });
		const violations = await judge.violations({
			request: {
				method,
				path: path.replace(/{.+?}/g, 'x'),
				query: {},
				headers: { ...headers, 'content-type': type },
				body: takesBody ? 'nonsense' : undefined,
			},
			answer: {
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
