import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

describe('requests and responses of the sandbox', () => {
	let sandbox: Sandbox;
	let id: string;

	beforeAll(async () => {
		sandbox = await startSandbox();
		const fields = { 'name-first': 'Jane', custom_Key: 'kept', birthdate: '1990-01-02' };
		({
			data: { id },
		} = await send(
			sandbox,
			'POST',
			'/inquiries',
			buildInquiry(fields, { 'reference-id': 'user-1' }),
		));
	});
	afterAll(() => sandbox.close());

	const fetchAttributes = async (inflection: string) => {
		const headers = { 'Key-Inflection': inflection };
		return (await send(sandbox, 'GET', `/inquiries/${id}`, undefined, headers)).data.attributes;
	};

	it('have keys in the requested casing, except inside fields', async () => {
		expect(await fetchAttributes('kebab')).toHaveProperty('reference-id', 'user-1');
		expect(await fetchAttributes('snake')).toHaveProperty('reference_id', 'user-1');
		const camel = await fetchAttributes('camel');
		expect(camel).toHaveProperty('referenceId', 'user-1');
		expect(camel.fields).toMatchObject({
			'name-first': { type: 'string', value: 'Jane' },
			custom_Key: { type: 'string', value: 'kept' },
			birthdate: { type: 'date', value: '1990-01-02' },
		});
	});

	it('accept keys in any casing', async () => {
		const body = { data: { attributes: { inquiryTemplateId: 'itmpl_SandboxIdAndSelfie' } } };
		const meta = { auto_create_one_time_link: true };
		const reply = await send(sandbox, 'POST', '/inquiries', { ...body, meta });
		expect(reply.status).toBe(201);
		expect(reply.meta['one-time-link']).toContain('/verify?code=');
	});

	it('include related objects on request only, at most two levels deep', async () => {
		const plain = await send(sandbox, 'GET', `/inquiries/${id}`);
		expect(plain.included).toBeUndefined();
		const path = `/inquiries/${id}?include=account,inquiry-template.latest-published-version`;
		const { included } = await send(sandbox, 'GET', path);
		expect(included.map(({ type }) => type)).toEqual([
			'account',
			'inquiry-template',
			'inquiry-template-version',
		]);
		expect((await send(sandbox, 'GET', `/inquiries/${id}?include=cases`)).status).toBe(400);
	});

	it('contain the requested attributes only, down to single fields', async () => {
		const path = `/inquiries/${id}?fields[inquiry]=status,fields.name-first`;
		expect((await send(sandbox, 'GET', path)).data).toEqual({
			type: 'inquiry',
			id,
			attributes: {
				status: 'created',
				fields: { 'name-first': { type: 'string', value: 'Jane' } },
			},
		});
	});

	it('apply the fields of a family to all its types', async () => {
		const simulate = `/inquiries/${id}/perform-simulate-actions`;
		const meta = { 'simulate-actions': [{ type: 'complete_inquiry' }] };
		await send(sandbox, 'POST', simulate, { meta });
		const path = `/inquiries/${id}?include=verifications&fields[verification]=status`;
		const { included } = await send(sandbox, 'GET', path);
		expect(included).toHaveLength(2);
		expect(included.map((each) => each.attributes)).toEqual([
			{ status: 'passed' },
			{ status: 'passed' },
		]);
	});

	it('reject unknown members, naming their path', async () => {
		const unknown = buildInquiry({}, { 'nick-name': 'x' });
		const reply = await send(sandbox, 'POST', '/inquiries', unknown);
		expect(reply.status).toBe(400);
		expect(reply.errors[0].details).toBe('data.attributes.nick_name is not permitted');
		const typed = { data: { type: 'inquiry', attributes: {} } };
		expect((await send(sandbox, 'POST', '/inquiries', typed)).status).toBe(400);
	});

	it('point to an invalid value', async () => {
		const reply = await send(sandbox, 'POST', '/inquiries', buildInquiry({ birthdate: 'soon' }));
		expect(reply.status).toBe(422);
		expect(reply.errors[0].source?.pointer).toBe('/data/attributes/fields/birthdate');
	});

	it('accept an empty body with any content type', async () => {
		for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
			const headers = { 'Content-Type': type };
			const { data } = await send(sandbox, 'POST', '/inquiries', buildInquiry());
			const path = `/inquiries/${data.id}/generate-one-time-link`;
			expect((await send(sandbox, 'POST', path, undefined, headers)).status).toBe(200);
		}
	});

	it('reject unknown versions and casings', async () => {
		const invalid: Record<string, string>[] = [
			{ 'Persona-Version': '1999-01-01' },
			{ 'Key-Inflection': 'pascal' },
		];
		for (const headers of invalid) {
			expect((await send(sandbox, 'GET', '/inquiries', undefined, headers)).status).toBe(400);
		}
	});
});
