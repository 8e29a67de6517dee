import { toLocator, runFakeNode, useFakeServer } from '../support/fakeResource.mts';

describe('request', () => {
	const serve = useFakeServer();

	const sent = async (operation: string, parameters: object) => {
		const server = await serve();
		const { error } = await runFakeNode(server, operation, {
			parameters: { ...parameters } as never,
		});
		if (error) throw error;
		return server.requests[0];
	};

	const refusal = async (operation: string, parameters: object) => {
		const server = await serve();
		const { error } = await runFakeNode(server, operation, {
			parameters: { ...parameters } as never,
		});
		expect(server.requests).toEqual([]);
		return error?.message;
	};

	it('pins the version and the spelling of every answer and names the package', async () => {
		const { headers } = await sent('get', { thingId: toLocator('thg_1') });
		expect(headers).toMatchObject({
			'persona-version': '2025-12-08',
			'key-inflection': 'kebab',
			'user-agent': expect.stringMatching(/^n8n-nodes-persona\/\d+\.\d+\.\d+/),
			authorization: expect.stringMatching(/^Bearer persona_sandbox_/),
		});
	});

	it('writes each value in its place and form', async () => {
		const { method, path, body } = await sent('create', {
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

	it('sends the fields of the chosen kind only', async () => {
		const { body } = await sent('create', {
			kind: 'square',
			queryRadius: 3,
			additionalFields: { querySide: 2 },
		});
		expect(body).toEqual({ data: { type: 'thing/square', attributes: { query: { side: 2 } } } });
	});

	it('names no type where the kind has none', async () => {
		expect((await sent('create', { kind: 'plain' })).body).toEqual({ data: { attributes: {} } });
	});

	it('takes a date as it is written, whatever its offset', async () => {
		const { body } = await sent('create', {
			kind: 'plain',
			additionalFields: { birthdate: '1995-09-08T23:30:00-08:00' },
		});
		expect(body).toEqual({ data: { attributes: { birthdate: '1995-09-08' } } });
	});

	it('takes dates from expressions', async () => {
		const { body } = await sent('create', {
			kind: 'plain',
			additionalFields: { birthdate: '={{ DateTime.fromISO("2001-02-03") }}' },
		});
		expect(body).toEqual({ data: { attributes: { birthdate: '2001-02-03' } } });
	});

	it('takes values of expressions that are missing for not given', async () => {
		const { body } = await sent('update', {
			thingId: toLocator('thg_1'),
			updateFields: { note: '={{ $json.nothing }}', nameFirst: 'Jane' },
		});
		expect(body).toEqual({ data: { attributes: { 'name-first': 'Jane' } } });
	});

	it('clears a text that an update leaves empty', async () => {
		const { body } = await sent('update', {
			thingId: toLocator('thg_1'),
			updateFields: { note: '', tags: '' },
		});
		expect(body).toEqual({ data: { attributes: { note: '', tags: [] } } });
	});

	it('maps the columns that the user kept', async () => {
		const { body } = await sent('create', {
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

	it('writes filters in brackets, with commas inside a value and a plus sign intact', async () => {
		const { path, query } = await sent('getAll', {
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

	it('asks for what the options want of the answer', async () => {
		const { query } = await sent('get', {
			thingId: toLocator('thg_1'),
			options: { include: ['owner'], fieldsToReturn: 'status, fields.name-first, user:name' },
		});
		expect(query).toEqual({
			include: 'owner',
			'fields[thing]': 'status,fields.name-first',
			'fields[user]': 'name',
		});
	});

	it('sends no body where there is nothing to say', async () => {
		const { body, headers } = await sent('approve', { thingId: toLocator('thg_1') });
		expect(body).toBeUndefined();
		expect(headers['content-type']).toBeUndefined();
	});

	it('sends an empty search as the empty object that Persona wants', async () => {
		const server = await serve(() => ({ body: { data: [], links: { next: null } } }));
		await runFakeNode(server, 'search', { parameters: { returnAll: true } });
		expect(server.requests[0].body).toEqual({ page: { size: 100 } });
	});

	it('writes conditions in the grammar of a search', async () => {
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

	it('puts an ID into the path without what stands around it', async () => {
		const { path } = await sent('get', { thingId: toLocator(' thg_1 ') });
		expect(path).toBe('/things/thg_1');
	});

	it.each([
		['={{ "" }}', "'Thing' is empty"],
		['={{ $json.gone }}', "'Thing' is empty"],
		['..', "'Thing' is not an ID"],
		['.', "'Thing' is not an ID"],
		['thg/../x?y=#1', "'Thing' is not an ID"],
	])('refuses %j as an ID before anything is sent', async (value, message) => {
		expect(await refusal('get', { thingId: toLocator(value) })).toBe(message);
	});

	it.each([
		[{ fields: '{"a": ' }, "'Fields' is not valid JSON"],
		[{ fields: '[1]' }, "'Fields' must be a JSON object"],
		[{ additionalFields: { birthdate: 'yesterday' } }, "'Birthdate' is not a date"],
		[{ additionalFields: { referenceId: '={{ {a: 1} }}' } }, "'Reference ID' must be text"],
		[{ additionalFields: { autoCreateLink: 'perhaps' } }, "'Create Link' must be true or false"],
		[{ kind: 'round', queryRadius: '={{ "wide" }}' }, "'Radius' must be a number"],
		[{ kind: 'round', queryRadius: '={{ null }}' }, "'Radius' is empty"],
		[{ kind: '={{ "oval" }}' }, "'Kind' has an unknown value"],
	])('says what is wrong with %j, naming the field as the panel does', async (given, message) => {
		expect(await refusal('create', { kind: 'plain', ...given })).toBe(message);
	});
});
