import type { INodeParameters } from 'n8n-workflow';
import { startSandbox, type JsonObject, type Sandbox } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { runAddMany, toLocator } from './runAddMany.mts';
import { buildDuration } from '../../support/buildDuration.mts';

const createPhoneNumbers = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ value: `+1415555${1000 + index}` }));

const NO_PHONE_NUMBER =
	"'Value' is not a phone number with country code. Write it with + and the country code and without an extension, e.g. +14155551234.";

describe('Add Many', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.05 });
	});
	afterEach(() => {
		sandbox.control.clearFaults();
		sandbox.control.reset();
	});
	afterAll(async () => await sandbox.close());

	const createList = async (path: string) =>
		(await send(sandbox, 'POST', `/list/${path}`, { data: { attributes: { name: 'Blocked' } } }))
			.data.id;

	const fetchValues = async (listId: string) => {
		const { included } = await send(sandbox, 'GET', `/lists/${listId}?include=list-items`);
		return (included ?? []).map(({ attributes }) => attributes as JsonObject);
	};

	/** The requests that added items, e.g. `POST /importer/…`. */
	const getAddRequests = () =>
		sandbox.control.requests
			.map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`)
			.filter((request) => !/ \/lists?\//.test(request));

	const buildPhoneParameters = (listId: string, options: INodeParameters = {}) => ({
		listType: 'phoneNumber',
		listId: toLocator(listId),
		value: '={{ $json.value }}',
		options,
	});

	it('sends one import for hundreds of items and counts its results', async () => {
		const listId = await createList('phone-numbers');
		await send(sandbox, 'POST', '/list-item/phone-numbers', {
			data: { attributes: { 'list-id': listId, value: '+14155551000' } },
		});
		sandbox.control.requests.length = 0;
		const values = [...createPhoneNumbers(298), { value: '+14155551001' }, { value: 'nobody' }];
		const { items, error } = await runAddMany(sandbox.apiUrl, buildPhoneParameters(listId), values);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([
			{
				listId,
				listType: 'phoneNumber',
				method: 'import',
				given: 300,
				added: 297,
				duplicate: 2,
				refused: 1,
				importerId: expect.stringMatching(/^mprt_/) as string,
				problems: [{ item: 299, reason: NO_PHONE_NUMBER }],
				repetitions: [{ item: 298, repeats: 1 }],
			},
		]);
		expect(getAddRequests().length).toBeLessThan(5);
		expect(await fetchValues(listId)).toHaveLength(298);
	});

	it('sends few values one by one and says why a value is rejected', async () => {
		const listId = await createList('phone-numbers');
		const values = [
			...[{ value: 'nobody' }, { value: '+14155551234' }, { value: ' ' }],
			...[{ value: '+14155551234' }, { value: { a: 1 } }, { value: '+14155551235' }],
		];
		const { items, error } = await runAddMany(sandbox.apiUrl, buildPhoneParameters(listId), values);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([
			{
				listId,
				listType: 'phoneNumber',
				method: 'oneByOne',
				given: 6,
				added: 2,
				duplicate: 1,
				refused: 3,
				problems: [
					{ item: 0, reason: NO_PHONE_NUMBER },
					{ item: 2, reason: "'Value' is empty. A value is required here." },
					{ item: 4, reason: expect.stringContaining("'Value' must be text") as string },
				],
				repetitions: [{ item: 3, repeats: 1 }],
			},
		]);
		expect(getAddRequests()).toEqual(
			Array.from({ length: 2 }, () => 'POST /list-item/phone-numbers'),
		);
	});

	const buildEmailParameters = (listId: string, options: INodeParameters = {}) => ({
		listType: 'emailAddress',
		listId: toLocator(listId),
		value: '={{ $json.value }}',
		matchType: '={{ $json.matchType ?? "email_address" }}',
		options,
	});

	it('says which value Persona rejects', async () => {
		const listId = await createList('email-addresses');
		const values = [{ value: 'jane@example.com' }, { value: 'jane@example.c1' }];
		const { items } = await runAddMany(sandbox.apiUrl, buildEmailParameters(listId), values);
		expect(items[0].json).toMatchObject({
			...{ added: 1, refused: 1 },
			problems: [
				{
					...{ item: 1, value: 'jane@example.c1 email_address' },
					reason: expect.stringContaining('invalid') as string,
				},
			],
		});
	});

	const emails = [
		...['Jane@Example.com', ' jane@example.com\u200b', 'mailto:JANE@example.com'],
		...['example.org', '@Example.ORG', 'https://example.org/', 'nobody'],
		...['xn--bcher-kva.example', 'bücher.example', '*.example.net'],
	].map((value) => ({ value }));

	it.each([
		['one by one', 100],
		['by an import', 1],
	])(
		'stores domains as domains, and each value once in all its spellings: %s',
		async (_, importFrom) => {
			const listId = await createList('email-addresses');
			const values = [...emails, { value: 'joe@example.info', matchType: 'domain' }];
			const { items, error } = await runAddMany(
				sandbox.apiUrl,
				buildEmailParameters(listId, { importFrom }),
				values,
			);
			expect(error).toBeUndefined();
			expect(items[0].json).toMatchObject({ given: 11, added: 4, duplicate: 5, refused: 2 });
			const stored = (await fetchValues(listId)).map((item) => [item.value, item['match-type']]);
			expect(stored.sort()).toEqual([
				['Jane@Example.com', 'email_address'],
				['example.info', 'domain'],
				['example.org', 'domain'],
				['xn--bcher-kva.example', 'domain'],
			]);
		},
	);

	it.each<
		[
			listType: string,
			path: string,
			parameters: INodeParameters,
			values: unknown[],
			stored: unknown[],
		]
	>([
		[
			'phoneNumber',
			'phone-numbers',
			{ value: '={{ $json.value }}' },
			['+44-(0)20 7946 0958', '0044 20 7946 0958', '011 44 20 7946 0958', '020 7946 0958'],
			[['+442079460958']],
		],
		[
			'ipAddress',
			'ip-addresses',
			{ value: '={{ $json.value }}' },
			[
				'203.0.113.42:51544',
				'::ffff:203.0.113.42',
				'203.0.113.0/255.255.255.0',
				'203.0.113.*',
				'1.2.3.4, 5.6.7.8',
			],
			[['203.0.113.0/24'], ['203.0.113.42']],
		],
		[
			'country',
			'countries',
			{ countryCode: '={{ $json.value }}' },
			['UK', 'gb', 'Germany', 'DEU', 'Atlantis'],
			[['DE'], ['GB']],
		],
		[
			// How Persona compares them is not published, so no spelling of a number or a name is left out.
			'governmentIdNumber',
			'government-id-numbers',
			{ idNumber: '={{ $json.value }}', idClass: 'pp' },
			['123.456.789-09', '\ufeff123.456.789-09 ', '12345678909'],
			[
				['123.456.789-09', 'pp'],
				['12345678909', 'pp'],
			],
		],
	])(
		'adds each %s in the form that Persona asks for, once',
		async (...[listType, path, parameters, values, stored]) => {
			const listId = await createList(path);
			const { error } = await runAddMany(
				sandbox.apiUrl,
				{ listType, listId: toLocator(listId), ...parameters },
				values.map((value) => ({ value })) as never,
			);
			expect(error).toBeUndefined();
			const names = ['value', 'country-code', 'id-number', 'id-class'];
			const found = (await fetchValues(listId)).map((item) =>
				names.map((name) => item[name]).filter((value) => value !== undefined),
			);
			expect(found.sort()).toEqual(stored);
		},
	);

	it('counts values that are already on the list as duplicates', async () => {
		const listId = await createList('phone-numbers');
		const addNumbers = async (executionId: string) => {
			const options = { executionId };
			const { items } = await runAddMany(
				sandbox.apiUrl,
				buildPhoneParameters(listId),
				createPhoneNumbers(3),
				options,
			);
			return [items[0].json.added, items[0].json.duplicate];
		};
		expect([await addNumbers('1'), await addNumbers('2')]).toEqual([
			[3, 0],
			[0, 3],
		]);
	});

	it('returns one item for each list, and fails only items without a list', async () => {
		const listIds = [await createList('names'), await createList('names')];
		const { items } = await runAddMany(
			sandbox.apiUrl,
			{
				listType: 'name',
				listId: { __rl: true, mode: 'id', value: '={{ $json.listId }}' },
				nameFirst: '={{ $json.first }}',
				nameLast: 'Doe, Jr. "JD"',
				options: { importFrom: 2 },
			},
			[
				...[
					{ listId: listIds[0], first: 'Jane' },
					{ listId: listIds[1], first: 'June' },
				],
				...[
					{ listId: '', first: 'Nobody' },
					{ listId: listIds[0], first: 'John\nJack' },
				],
			],
			{ onError: 'continueRegularOutput' },
		);
		expect(items.map(({ json }) => [json.listId, json.method, json.given, json.added])).toEqual([
			[listIds[0], 'import', 2, 2],
			[listIds[1], 'oneByOne', 1, 1],
			[undefined, undefined, undefined, undefined],
		]);
		expect(items[2].json.error).toBe("'List' is empty");
		expect(await fetchValues(listIds[0])).toMatchObject([
			{ 'name-first': 'Jane', 'name-last': 'Doe, Jr. "JD"' },
			{ 'name-first': 'John\nJack' },
		]);
	});

	it('imports every type that Persona has an importer for, and adds others one by one', async () => {
		const cases: Array<[string, string, INodeParameters, string]> = [
			['emailAddress', 'email-addresses', { value: 'a@example.com' }, 'import'],
			[
				...(['geolocation', 'geolocations'] as const),
				{ latitude: -0.5, longitude: 1e-7, radiusMeters: 10 },
				'import',
			],
			['governmentIdNumber', 'government-id-numbers', { idNumber: 'A1', idClass: 'pp' }, 'import'],
			['ipAddress', 'ip-addresses', { value: '2001:db8::/32' }, 'import'],
			['name', 'names', { nameFirst: 'Jane', nameLast: 'Doe' }, 'import'],
			['phoneNumber', 'phone-numbers', { value: '+14155551234' }, 'import'],
			['string', 'strings', { value: 'abc123' }, 'oneByOne'],
			['country', 'countries', { countryCode: 'DE' }, 'oneByOne'],
		];
		const results = cases.map(async ([listType, path, values]) => {
			const listId = await createList(path);
			const parameters = {
				listType,
				listId: toLocator(listId),
				...values,
				options: { importFrom: 1 },
			};
			const { items, error } = await runAddMany(sandbox.apiUrl, parameters, [{}]);
			expect([listType, error]).toEqual([listType, undefined]);
			return [listType, items[0].json.method, items[0].json.added];
		});
		expect(await Promise.all(results)).toEqual(
			cases.map(([listType, , , method]) => [listType, method, 1]),
		);
	});

	it.each([1, 100])(
		'fails once if Persona refuses the list and not a value, imported from %i on',
		async (importFrom) => {
			const archived = await createList('phone-numbers');
			await send(sandbox, 'DELETE', `/lists/${archived}`);
			for (const [listId, reason] of [
				[archived, "'List': List is archived"],
				[await createList('email-addresses'), "'List': List is not a list/phone-number"],
			]) {
				const parameters = buildPhoneParameters(listId, { importFrom, itemsAtATime: 1 });
				sandbox.control.requests.length = 0;
				const { items, error } = await runAddMany(
					sandbox.apiUrl,
					parameters,
					createPhoneNumbers(9),
				);
				expect([items, error?.description]).toEqual([[], expect.stringContaining(reason)]);
				expect(getAddRequests()).toHaveLength(1);
			}
		},
	);

	it('adds all values that share an idempotency key of the user', async () => {
		const listId = await createList('phone-numbers');
		const options = { idempotencyKey: 'order-1234' };
		const addNumbers = async (executionId: string) =>
			(
				await runAddMany(
					sandbox.apiUrl,
					buildPhoneParameters(listId, options),
					createPhoneNumbers(3),
					{ executionId },
				)
			).items.map(({ json }) => json.added);
		expect([await addNumbers('1'), await addNumbers('2')]).toEqual([[3], [3]]);
		expect(await fetchValues(listId)).toHaveLength(3);
	});

	it.each<[INodeParameters, string]>([
		[{ listType: '__proto__' }, "'List Type' has an unknown value"],
		[{ listId: toLocator('lst_1/archive') }, "'List' is not an ID"],
		[{ options: { importFrom: 0 } }, "'Import From (Values)' is out of range"],
		[
			{ options: { importFrom: 1, waitAtMost: buildDuration('soon', 'minutes') } },
			"'Wait at Most' must be a number",
		],
	])('rejects %j before the first request', async (parameters, message) => {
		const allParameters = { ...buildPhoneParameters('lst_1'), ...parameters };
		const { error } = await runAddMany(sandbox.apiUrl, allParameters, createPhoneNumbers(1));
		expect([error?.message, getAddRequests()]).toEqual([message, []]);
	});

	it('rejects only the value whose idempotency key is not text', async () => {
		const listId = await createList('phone-numbers');
		const values = [
			{ value: '+14155551000', key: { a: 1 } },
			{ value: '+14155551001', key: 'a' },
		];
		const parameters = buildPhoneParameters(listId, { idempotencyKey: '={{ $json.key }}' });
		const { items } = await runAddMany(sandbox.apiUrl, parameters, values);
		expect(items[0].json).toMatchObject({ added: 1, refused: 1, problems: [{ item: 0 }] });
	});

	it.each([
		['perExecution', { added: 0, duplicate: 2 }],
		// Persona returns its first response again.
		['fromContent', { added: 2, duplicate: 0 }],
	])('makes its idempotency keys %s', async (makeIdempotencyKey, second) => {
		const listId = await createList('phone-numbers');
		const parameters = buildPhoneParameters(listId, { makeIdempotencyKey });
		const outputs = [];
		for (const executionId of ['1', '2']) {
			const options = { executionId };
			const { items } = await runAddMany(
				sandbox.apiUrl,
				parameters,
				createPhoneNumbers(2),
				options,
			);
			outputs.push(items[0].json);
		}
		expect(outputs).toMatchObject([{ added: 2, duplicate: 0 }, second]);
	});

	it('returns the created items as raw output', async () => {
		const listId = await createList('phone-numbers');
		const parameters = { ...buildPhoneParameters(listId), output: 'raw' };
		const { items } = await runAddMany(sandbox.apiUrl, parameters, createPhoneNumbers(2));
		expect(items[0].json.objects).toMatchObject([
			{ type: 'list-item/phone-number', attributes: { value: '+14155551000' } },
			{ type: 'list-item/phone-number', attributes: { value: '+14155551001' } },
		]);
	});

	it('fails all items of a list together where the API key may not write', async () => {
		const listId = await createList('phone-numbers');
		sandbox.control.addFault({ path: '/list-item/phone-numbers', kind: 'status', status: 403 });
		const { items } = await runAddMany(
			sandbox.apiUrl,
			buildPhoneParameters(listId, { itemsAtATime: 1 }),
			createPhoneNumbers(3),
			{ onError: 'continueRegularOutput' },
		);
		expect(items.map(({ json }) => json.error)).toEqual(
			Array.from({ length: 3 }, () => 'This API key is not allowed to do that'),
		);
		expect(items[0].json.message).toContain('0 of 3 values were added before');
		expect(getAddRequests()).toHaveLength(1);
	});
});
