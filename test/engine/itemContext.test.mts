import { tryToParseBoolean } from 'n8n-workflow';
import { buildThing, runFakeNode, toLocator, useFakeServer } from '../support/fakeResource.mts';

describe('request', () => {
	const serve = useFakeServer();

	const sendRequest = async (operation: string, parameters: object) => {
		const server = await serve();
		const { error } = await runFakeNode(server, operation, {
			parameters: { ...parameters } as never,
		});
		if (error) throw error;
		return server.requests[0];
	};

	const getErrorMessage = async (operation: string, parameters: object) => {
		const server = await serve();
		const { error } = await runFakeNode(server, operation, {
			parameters: { ...parameters } as never,
		});
		expect(server.requests).toEqual([]);
		return error?.message;
	};

	it('has each value in its place, converted by the encoding of its field', async () => {
		const { method, path, body } = await sendRequest('create', {
			kind: 'round',
			queryRadius: 0,
			fieldsMode: 'json',
			fields: '{"name-first": "Jane"}',
			additionalFields: {
				referenceId: 42,
				birthdate: '1995-09-08T00:00:00',
				tags: 'vip, mobile ,',
				expiresAt: '2025-06-30T14:00:00.000+02:00',
				behaviors: { fast: true },
				autoCreateLink: false,
			},
		});
		expect([method, path]).toEqual(['POST', '/things']);
		expect(body).toEqual({
			data: {
				type: 'thing/round',
				attributes: {
					'reference-id': '42',
					birthdate: '1995-09-08',
					fields: { 'name-first': 'Jane' },
					tags: ['vip', 'mobile'],
					'expires-at': '2025-06-30T12:00:00.000Z',
					behaviors: { fast: true },
					query: { radius: 0 },
				},
			},
			meta: { 'auto-create-link': false },
		});
	});

	it('has only the fields of the chosen variant', async () => {
		const { body } = await sendRequest('create', {
			kind: 'square',
			queryRadius: 3,
			additionalFields: { querySide: 2 },
		});
		expect(body).toEqual({ data: { type: 'thing/square', attributes: { query: { side: 2 } } } });
	});

	it('has no type if the variant has none', async () => {
		expect((await sendRequest('create', { kind: 'plain' })).body).toEqual({
			data: { attributes: {} },
		});
	});

	it('keeps a date as it is written, whatever its offset', async () => {
		const { body } = await sendRequest('create', {
			kind: 'plain',
			additionalFields: { birthdate: '1995-09-08T23:30:00-08:00' },
		});
		expect(body).toEqual({ data: { attributes: { birthdate: '1995-09-08' } } });
	});

	it('accepts dates of expressions', async () => {
		const { body } = await sendRequest('create', {
			kind: 'plain',
			additionalFields: { birthdate: '={{ DateTime.fromISO("2001-02-03") }}' },
		});
		expect(body).toEqual({ data: { attributes: { birthdate: '2001-02-03' } } });
	});

	it('is not sent if the expression of a field finds nothing', async () => {
		const updateFields = { note: '={{ $json.nothing }}', nameFirst: 'Jane' };
		const given = { thingId: toLocator('thg_1'), updateFields };
		expect(await getErrorMessage('update', given)).toBe("'Note' is empty");
	});

	it('has nothing of a field that is shown directly and was left empty', async () => {
		const { body } = await sendRequest('approve', { thingId: toLocator('thg_1'), comment: '' });
		expect(body).toBeUndefined();
	});

	it.each([
		'={{ $json.nothing }}',
		'={{ "" }}',
		'={{ null }}',
		'={{ [] }}',
		'= {{ $json.nothing }}',
	])('is not sent if a field that is shown directly has the expression %j', async (comment) => {
		const given = { thingId: toLocator('thg_1'), comment };
		expect(await getErrorMessage('approve', given)).toBe("'Comment' is empty");
	});

	it.each([
		[{ filters: { status: [] } }, "'Status' is empty"],
		[{ filters: { identifierKey: ' \u200b' } }, "'Key' is empty"],
		[{ limit: '={{ $json.nothing }}' }, "'Limit' is empty"],
		[{ limit: '' }, "'Limit' is empty"],
		[{ returnAll: '={{ $json.nothing }}' }, "'Return All' is empty"],
		[{ options: { fieldsToReturn: '' } }, "'Fields to Return' is empty"],
		[{ options: { itemsAtATime: '={{ $json.nothing }}' } }, "'Items at a Time' is empty"],
	])('is not sent with the empty setting %j', async (given, message) => {
		expect(await getErrorMessage('getAll', given)).toBe(message);
	});

	it.each([
		[{ note: '={{ null }}' }, "'Note' is empty"],
		[{ tags: '={{ $json.nothing }}' }, "'Tags' is empty"],
		[{ tags: '={{ [$json.nothing] }}' }, "'Tags' is empty"],
	])(
		'is not sent in an update whose expression found nothing: %j',
		async (updateFields, message) => {
			const given = { thingId: toLocator('thg_1'), updateFields };
			expect(await getErrorMessage('update', given)).toBe(message);
		},
	);

	it('has each kind of list as a list', async () => {
		for (const tags of ['vip, mobile', '["vip","mobile"]', '={{ ["vip", ["mobile"]] }}']) {
			const { body } = await sendRequest('create', { kind: 'plain', additionalFields: { tags } });
			expect(body).toEqual({ data: { attributes: { tags: ['vip', 'mobile'] } } });
		}
	});

	it('takes a switch for what n8n takes it', async () => {
		const values = [true, false, 'true', 'FALSE', 'True', 1, 0, '1', '0', 2, 'yes', 'on', {}, [1]];
		for (const value of values) {
			let expected: boolean | undefined;
			try {
				expected = typeof value === 'object' ? undefined : tryToParseBoolean(value);
			} catch {
				// n8n refuses it.
			}
			const server = await serve();
			const { error } = await runFakeNode(server, 'create', {
				items: [{ value: value as never }],
				parameters: { kind: 'plain', additionalFields: { autoCreateLink: '={{ $json.value }}' } },
			});
			const sent = server.requests[0]?.body as { meta?: { 'auto-create-link': boolean } };
			expect([value, sent?.meta?.['auto-create-link']]).toEqual([value, expected]);
			expect(error === undefined).toBe(expected !== undefined);
		}
	});

	it('clears a text that is empty in an update', async () => {
		const { body } = await sendRequest('update', {
			thingId: toLocator('thg_1'),
			updateFields: { note: '', tags: '' },
		});
		expect(body).toEqual({ data: { attributes: { note: '', tags: [] } } });
	});

	it('has the columns that the user kept', async () => {
		const { body } = await sendRequest('create', {
			kind: 'plain',
			fieldsMode: 'columns',
			fieldsColumns: {
				mappingMode: 'defineBelow',
				value: { 'name-first': 'Jane', age: 0, gone: 'x', empty: '' },
				schema: [
					{ id: 'name-first' },
					{ id: 'age' },
					{ id: 'gone', removed: true },
					{ id: 'empty' },
				].map((column) => ({ displayName: column.id, required: false, ...column })),
			},
		});
		expect(body).toEqual({ data: { attributes: { fields: { 'name-first': 'Jane', age: 0 } } } });
	});

	it('has filters in brackets, with commas and plus signs intact', async () => {
		const { path, query } = await sendRequest('getAll', {
			filters: { status: ['open', 'closed'], identifierKey: '+1 415', color: 'blue' },
		});
		expect(path).toBe('/things');
		expect(query).toEqual({
			'filter[status]': 'open,closed',
			'filter[identifier][key]': '+1 415',
			'filter[color]': 'blue',
			'page[size]': '50',
		});
	});

	it('asks for the relationships and attributes of the options', async () => {
		const { query } = await sendRequest('get', {
			thingId: toLocator('thg_1'),
			options: { include: ['owner'], fieldsToReturn: 'status, fields.name-first, user:name' },
		});
		expect(query).toEqual({
			include: 'owner',
			'fields[thing]': 'status,fields.name-first',
			'fields[user]': 'name',
		});
	});

	it('has no body if there is nothing to send', async () => {
		const { body, headers } = await sendRequest('approve', { thingId: toLocator('thg_1') });
		expect(body).toBeUndefined();
		expect(headers['content-type']).toBeUndefined();
	});

	it('has an empty object for an empty search, as Persona requires', async () => {
		const server = await serve(() => ({ body: { data: [], links: { next: null } } }));
		await runFakeNode(server, 'search', { parameters: { returnAll: true } });
		expect(server.requests[0].body).toEqual({ page: { size: 100 } });
	});

	it('has conditions in the grammar of a search', async () => {
		const server = await serve(() => ({ body: { data: [], links: { next: null } } }));
		await runFakeNode(server, 'search', {
			parameters: {
				match: 'or',
				conditions: {
					condition: [
						{ attribute: 'status', operator: 'eq', value: 'open' },
						{
							attribute: 'other',
							customAttribute: 'fields.age',
							operator: 'gte',
							value: '={{ 18 }}',
						},
					],
				},
				options: { sortBy: 'created_at', sortDirection: 'asc' },
			},
		});
		expect(server.requests[0].body).toEqual({
			query: {
				or: [
					{ attribute: 'status', operator: 'eq', value: 'open' },
					{ attribute: 'fields.age', operator: 'gte', value: 18 },
				],
			},
			sort: { attribute: 'created_at', direction: 'asc' },
			page: { size: 50 },
		});
	});

	it.each([
		['2025-06-30', '2025-06-29T15:00:00.000Z'],
		['2025-06-30T12:00:00', '2025-06-30T03:00:00.000Z'],
		['2025-06-30T12:00:00+02:00', '2025-06-30T10:00:00.000Z'],
		['={{ DateTime.fromISO("2025-06-30T12:00:00Z") }}', '2025-06-30T12:00:00.000Z'],
		['={{ new Date("2025-06-30T12:00:00Z") }}', '2025-06-30T12:00:00.000Z'],
	])('compares a point in time as a search by day and zone: %s', async (value, sent) => {
		const server = await serve(() => ({ body: { data: [], links: { next: null } } }));
		await runFakeNode(server, 'search', {
			parameters: {
				conditions: { condition: [{ attribute: 'created_at', operator: 'gt', value }] },
			},
			timezone: 'Asia/Tokyo',
		});
		expect(server.requests[0].body).toMatchObject({ query: { and: [{ value: sent }] } });
	});

	it.each([
		[{ value: '={{ "" }}' }, "'Value' is empty"],
		[{ attribute: 'created_at', value: 'yesterday' }, "'Value' is not a date"],
		[
			{ attribute: 'created_at', value: '30.06.2025' },
			"'Value' is not a date written as YYYY-MM-DD",
		],
		[{ attribute: 'created_at', value: '={{ 1751277600 }}' }, "'Value' is a number, not a date"],
		[{ attribute: 'created_at', value: '={{ true }}' }, "'Value' is not a date"],
		[{ attribute: 'created_at', value: '={{ null }}' }, "'Value' is empty"],
		[{ value: '={{ $json.nothing }}' }, "'Value' is empty"],
		[{ value: ' \u200b' }, "'Value' is empty"],
		[{ value: 'open', operator: '={{ null }}' }, "'Operator' is empty"],
		[
			{ value: 'open', operator: '={{ "like" }}' },
			"'Operator' of condition 1 has an unknown value",
		],
		[{ value: 'open', attribute: '={{ "" }}' }, "'Attribute' is empty"],
		[{ value: 'open', attribute: 'other', customAttribute: '' }, "'Attribute Name' is empty"],
		[{ value: '={{ {a: 1} }}' }, "'Value' must be text"],
		...[
			['={{ DateTime.fromISO("nothing") }}', "'Value' contains a date that does not exist"],
			['={{ new Date("nothing") }}', "'Value' must be text"],
			['{{ DateTime.fromISO("nothing") }}', "'Value' contains a date that does not exist"],
			['={{ String({}) }}', "'Value' contains an object instead of text"],
		].map(([value, message]): [object, string] => [
			{
				...{ attribute: 'other', customAttribute: 'fields.signed_at', operator: 'gt' },
				value: value.replace(/^{{/, '=at {{'),
			},
			message,
		]),
		[
			{ value: 'open', attribute: 'other', customAttribute: 'name_first' },
			"'Attribute Name' of condition 1 has an unknown value",
		],
		[
			{ value: 'open', attribute: '={{ "colour" }}' },
			"'Attribute' of condition 1 has an unknown value",
		],
	])('is not sent with the condition %j', async (condition, message) => {
		const conditions = { condition: [{ attribute: 'status', operator: 'eq', ...condition }] };
		expect(await getErrorMessage('search', { conditions })).toBe(message);
	});

	it('says what Persona searches by when it does not know an attribute', async () => {
		const errors = [{ title: 'Bad Request', details: 'query attribute colour is not supported' }];
		const server = await serve(() => ({ status: 400, body: { errors } }));
		const condition = {
			attribute: 'other',
			customAttribute: 'fields.colour',
			operator: 'eq',
			value: 'a',
		};
		const parameters = { conditions: { condition: [condition] } };
		const { error } = await runFakeNode(server, 'search', { parameters });
		expect(error?.description).toMatch(
			/is not supported\. Persona searches by status, created_at, fields\.\*\./,
		);
	});

	it('has a query of the user as it is', async () => {
		const server = await serve(() => ({ body: { data: [], links: { next: null } } }));
		const isOpen = { attribute: 'status', operator: 'eq', value: 'open' };
		const query = { and: [{ not: isOpen }, { or: [isOpen, isOpen] }, isOpen] };
		const parameters = { options: { query: JSON.stringify(query) } };
		await runFakeNode(server, 'search', { parameters });
		expect(server.requests[0].body).toMatchObject({ query });
	});

	it.each([
		['{}', "'Query (JSON)' is empty"],
		['={{ ({}) }}', "'Query (JSON)' is empty"],
		['={{ $json.nothing }}', "'Query (JSON)' is empty"],
		['{"or": []}', "'Query (JSON)' is empty at 'or'"],
		[
			'{"or": [{"attribute": "status", "operator": "eq", "value": "b"}, {}]}',
			"'Query (JSON)' is empty at 'or.1'",
		],
		['{"not": {}}', "'Query (JSON)' is empty at 'not'"],
		[
			'={{ ({ attribute: "status", operator: "eq", value: $json.nothing }) }}',
			"'Query (JSON)' has no value for 'value'",
		],
		['{"status": "open"}', "'Query (JSON)' is not a query"],
		['{"and": [{"status": "open"}]}', "'Query (JSON)' is not a query at 'and.0'"],
		['{"or": {"status": "open"}}', "'Query (JSON)' is not a query"],
		[
			'{"not": {"attribute": "a", "operator": "eq", "value": "b", "or": 1}}',
			"'Query (JSON)' is not a query at 'not'",
		],
		['{"and": ["status"]}', "'Query (JSON)' is not a query at 'and.0'"],
		[
			'{"attribute": "status", "operator": "like", "value": "b"}',
			"'Query (JSON)': the operator has an unknown value",
		],
		[
			'{"or": [{"not": {"attribute": "status", "operator": "toString", "value": "b"}}]}',
			"'Query (JSON)': the operator at 'or.0.not' has an unknown value",
		],
		[
			'{"or": [{"attribute": "identifiers.user", "operator": "eq", "value": "b"}]}',
			"'Query (JSON)': the attribute at 'or.0' has an unknown value",
		],
		[
			'{"attribute": "fields.", "operator": "eq", "value": "b"}',
			"'Query (JSON)': the attribute has an unknown value",
		],
		[
			'{"and": [{"or": [{"not": {"attribute": "status", "operator": "eq", "value": "b"}}]}]}',
			"'Query (JSON)' is nested too deep at 'and.0.or.0'",
		],
		[
			JSON.stringify({
				not: { or: Array(21).fill({ attribute: 'status', operator: 'eq', value: 'b' }) },
			}),
			"'Query (JSON)' has more than 20 entries at 'not.or'",
		],
		...[
			['={{ DateTime.fromISO("nothing") }}', 'contains a date that does not exist'],
			['={{ new Date("nothing") }}', 'contains a date that does not exist'],
			['={{ `${DateTime.fromISO("nothing")}` }}', 'contains a date that does not exist'],
			['={{ String({ }) }}', 'contains an object instead of text'],
		].map(([value, problem]) => [
			`={{ ({ attribute: "fields.signed_at", operator: "gt", value: ${value.slice(3, -2)} }) }}`,
			`'Query (JSON)' ${problem}`,
		]),
	])('is not sent with the query %j', async (query, message) => {
		expect(await getErrorMessage('search', { options: { query } })).toBe(message);
	});

	it('has an ID in its path without the spaces around it', async () => {
		const { path } = await sendRequest('get', { thingId: toLocator(' thg_1 ') });
		expect(path).toBe('/things/thg_1');
	});

	it.each([
		['={{ "" }}', "'Thing' is empty"],
		['={{ $json.gone }}', "'Thing' is empty"],
		['..', "'Thing' is not an ID"],
		['.', "'Thing' is not an ID"],
		['thg/../x?y=#1', "'Thing' is not an ID"],
	])('is not sent with %j as an ID', async (value, message) => {
		expect(await getErrorMessage('get', { thingId: toLocator(value) })).toBe(message);
	});

	it.each([
		[{ fields: '{"a": ' }, "'Fields' is not valid JSON"],
		[{ fields: '[1]' }, "'Fields' must be a JSON object"],
		[{ additionalFields: { birthdate: 'yesterday' } }, "'Birthdate' is not a date"],
		[{ additionalFields: { referenceId: '={{ {a: 1} }}' } }, "'Reference ID' must be text"],
		[{ additionalFields: { autoCreateLink: 'perhaps' } }, "'Create Link' must be true or false"],
		[{ kind: 'round', queryRadius: '={{ "wide" }}' }, "'Radius' must be a number"],
		[{ kind: 'round', queryRadius: '={{ null }}' }, "'Radius' is empty"],
		[{ additionalFields: { autoCreateLink: '={{ [1] }}' } }, "'Create Link' must be true or false"],
		[{ kind: '={{ "oval" }}' }, "'Kind' has an unknown value"],
		[{ additionalFields: { tags: '[vip]' } }, "'Tags' begins with [ but is not a JSON list"],
		[{ additionalFields: { tags: '={{ [{a: 1}] }}' } }, "'Tags' must be a list of texts"],
		[
			{ additionalFields: { referenceId: '=user-{{ {a: 1} }}' } },
			"'Reference ID' contains an object instead of text",
		],
		[{ fields: '={{ ({ user: "" + {a: 1} }) }}' }, "'Fields' contains an object instead of text"],
	])('is not sent with %j; the error names the field by its label', async (given, message) => {
		expect(await getErrorMessage('create', { kind: 'plain', ...given })).toBe(message);
	});
});

describe('idempotency key', () => {
	const serve = useFakeServer();

	const sendKeys = async (options: Parameters<typeof runFakeNode>[2]) => {
		const server = await serve();
		await runFakeNode(server, 'create', {
			...options,
			parameters: { kind: 'plain', ...options?.parameters },
		});
		return server.requests.map(({ headers }) => headers['idempotency-key']);
	};

	it('is the same when n8n runs the node again in the same execution', async () => {
		const run = { items: [{}, {}], executionId: '7' };
		expect(await sendKeys(run)).toEqual(await sendKeys(run));
	});

	it('differs between items, executions, iterations of a loop and requests', async () => {
		const keys = [
			...(await sendKeys({ items: [{}, {}], executionId: '7' })),
			...(await sendKeys({ executionId: '8' })),
			...(await sendKeys({ executionId: '7', runIndex: 1 })),
			...(await sendKeys({
				executionId: '7',
				parameters: { additionalFields: { referenceId: 'corrected' } },
			})),
		];
		expect(new Set(keys).size).toBe(5);
	});

	it("is the user's own in any execution, if there is one", async () => {
		const options = { idempotencyKey: '={{ "order-" + $json.order }}' };
		const run = { items: [{ order: 1 }, { order: 2 }], parameters: { options } };
		expect(await sendKeys({ ...run, executionId: '1' })).toEqual(['order-1', 'order-2']);
	});

	const ofContent = (parameters: Record<string, unknown> = {}) => ({
		parameters: { options: { makeIdempotencyKey: 'fromContent' }, ...parameters } as never,
	});

	it('is the same for the same content in any execution and item, if the user wants that', async () => {
		const keys = [
			...(await sendKeys({ ...ofContent(), executionId: '1', items: [{}, {}] })),
			...(await sendKeys({ ...ofContent(), executionId: '2', runIndex: 1 })),
		];
		expect(keys).toHaveLength(3);
		expect(new Set(keys).size).toBe(1);
		expect(keys[0]).not.toEqual((await sendKeys({ executionId: '1' }))[0]);
	});

	it('is the same for the same content in another order of its members, but not of its lists', async () => {
		const sendFields = async (fields: string) => (await sendKeys(ofContent({ fields })))[0];
		const key = await sendFields('{"name": "Jane", "home": {"city": "Berlin", "zip": 1}}');
		expect(await sendFields('{"home": {"zip": 1, "city": "Berlin"}, "name": "Jane"}')).toBe(key);
		const ofList = await sendFields('{"phones": [1, 2]}');
		expect(await sendFields('{"phones": [2, 1]}')).not.toBe(ofList);
	});

	it('differs for other content, and between sandbox and production', async () => {
		const sendWith = async (apiKey: string) =>
			await sendKeys({ ...ofContent(), credentials: { apiKey } });
		const keys = [
			...(await sendWith('persona_sandbox_1')),
			...(await sendWith('persona_production_1')),
			...(await sendKeys(ofContent({ additionalFields: { referenceId: 'user-1' } }))),
			...(await sendKeys(ofContent({ kind: 'square' }))),
		];
		expect(new Set(keys).size).toBe(4);
		// A new key of the same environment changes nothing.
		expect(await sendWith('persona_sandbox_2')).toEqual([keys[0]]);
	});

	it("is the user's own also if it would be made from the content", async () => {
		const options = { idempotencyKey: 'order-1', makeIdempotencyKey: 'fromContent' };
		expect(await sendKeys({ parameters: { options } })).toEqual(['order-1']);
	});

	it.each([{ idempotencyKey: 'order-1' }, {}])(
		'goes to one request at a time, whose response the next one gets (%p)',
		async (ownKey) => {
			let active = 0;
			let maxActive = 0;
			const server = await serve(async () => {
				maxActive = Math.max(maxActive, ++active);
				await new Promise((resolve) => setTimeout(resolve, 20));
				active--;
				return { body: { data: buildThing('thg_1') } };
			});
			const options = { ...ownKey, makeIdempotencyKey: 'fromContent' };
			const { items } = await runFakeNode(server, 'create', {
				items: [{}, {}, {}],
				parameters: { kind: 'plain', options },
			});
			expect([items.length, server.requests.length, maxActive]).toEqual([3, 3, 1]);
		},
	);

	it("may not be the user's own for two different requests: nothing is sent", async () => {
		const server = await serve();
		const { error } = await runFakeNode(server, 'create', {
			items: [{ user: 'a' }, { user: 'b' }, { user: 'c', key: 'other' }],
			parameters: {
				kind: 'plain',
				additionalFields: { referenceId: '={{ $json.user }}' },
				options: { idempotencyKey: '={{ $json.key ?? "order-1" }}' },
			},
		});
		expect(error?.message).toBe(
			"Nothing was sent to Persona: 2 of 3 items have errors. Item 0 (counted from 0): 'Idempotency Key' is the same for several items with different requests",
		);
		expect(error?.description).toContain('only the first of them');
		expect(server.requests).toEqual([]);
	});
});
