import { inspect } from 'node:util';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { CREDENTIAL } from '../support/credentialsHelper.mts';
import { toLocator, runFakeNode, useFakeServer } from '../support/fakeResource.mts';

describe('errors', () => {
	const serve = useFakeServer();

	const failing = async (status: number, body: unknown, operation = 'create') => {
		const server = await serve(() => ({
			status,
			headers: { 'request-id': 'req_ABC123' },
			body,
		}));
		const { error } = await runFakeNode(server, operation, {
			parameters:
				operation === 'create'
					? { kind: 'plain', additionalFields: { referenceId: 'user-42', birthdate: '1995-09-08' } }
					: { thingId: toLocator('thg_1') },
		});
		return error;
	};

	it('name the field as the panel does, with what Persona says and its Request-Id', async () => {
		const error = await failing(422, {
			errors: [
				{
					title: 'Record invalid',
					details: 'must be in the past',
					source: { pointer: '/data/attributes/birthdate' },
				},
			],
		});
		expect(error?.message).toBe('Persona rejected a value');
		expect(error?.description).toBe(
			"'Birthdate': must be in the past. Correct it and run again. Persona's Request-Id: req_ABC123",
		);
	});

	it('find the field in the words of a malformed request', async () => {
		const error = await failing(400, {
			errors: [{ title: 'Bad Request', details: 'data.attributes.reference_id is missing' }],
		});
		expect(error?.description).toMatch(
			/^'Reference ID': data\.attributes\.reference_id is missing\. /,
		);
	});

	it.each([
		[401, 'Persona does not recognize this API key', "Check 'API Key' in the credential"],
		[403, 'This API key is not allowed to do that', 'has the permission thing.write'],
		[404, 'Persona has no object with this ID', 'cannot see objects of the sandbox'],
		[409, 'The object is not in a state that allows this', 'decided or redacted'],
	])('say for %i what happened and how to mend it', async (status, message, mend) => {
		const error = await failing(status, { errors: [{ title: 'No', details: 'Because' }] });
		expect(error?.message).toBe(message);
		expect(error?.description).toContain('Because.');
		expect(error?.description).toContain(mend);
		expect(error).toMatchObject({ httpCode: String(status), context: { itemIndex: 0 } });
	});

	it('read what Persona says also where a file was asked for', async () => {
		const error = await failing(404, { errors: [{ title: 'Record not found' }] }, 'print');
		expect(error?.description).toContain('Record not found.');
	});

	it.each([
		['not JSON', Buffer.from('<html>Bad gateway</html>')],
		['an empty object', {}],
		['errors of another shape', { errors: 'nope' }],
		['null', null],
		['details that are no text', { errors: [{ details: 5, source: { pointer: {} } }] }],
	])('cope with a body that is %s', async (_, body) => {
		expect((await failing(422, body))?.message).toBe('Persona rejected a value');
	});

	it.each([
		[413, 'The request is too large for Persona'],
		[414, 'The request is too long for Persona'],
		[418, 'Persona could not read the request'],
	])(
		'say in a line what a proxy answers with %i and a page',
		async (status, message) => {
			const page = `<html><h1>Refused</h1>${'<p>more</p>'.repeat(500)}</html>`;
			const error = await failing(status, Buffer.from(page), 'get');
			expect(error?.message).toBe(message);
			expect(error?.description).toMatch(/^Refused more more /);
			expect(error?.description?.length).toBeLessThan(500);
		},
		40_000,
	);

	it('ask for another key where Persona keeps the answer to the one of the user', async () => {
		const server = await serve(() => ({ status: 422, body: { errors: [{ title: 'No' }] } }));
		const create = async (options: IDataObject) =>
			await runFakeNode(server, 'create', {
				parameters: { kind: 'plain', options } as INodeParameters,
			});
		const [own, ours] = [await create({ idempotencyKey: 'order-1234' }), await create({})];
		expect(own.error?.description).toContain("your 'Idempotency Key': use a new key");
		expect(ours.error?.description).not.toContain('Idempotency Key');
	});

	it('hold neither the key nor what was sent', async () => {
		const server = await serve(() => ({ status: 422, body: { errors: [{ title: 'No' }] } }));
		const additionalFields = { referenceId: '={{ $json.who }}' };
		const run = {
			items: [{ who: 'very private' }],
			parameters: { kind: 'plain', additionalFields },
		};
		const refused = await runFakeNode(server, 'create', run);
		await server.stop();
		const unreachable = await runFakeNode(server, 'create', run);
		for (const { error } of [refused, unreachable]) {
			const text = JSON.stringify(error) + String(error?.stack) + inspect(error, { depth: 10 });
			expect(text).not.toContain(CREDENTIAL.apiKey);
			expect(text).not.toContain('very private');
		}
	}, 40_000);

	it('tell of an operation that this version does not have', async () => {
		const server = await serve();
		const { error } = await runFakeNode(server, 'getAll', { parameters: { resource: 'gone' } });
		expect(error?.message).toContain("no operation '' for 'gone'");
	});
});
