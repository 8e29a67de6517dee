import { inspect } from 'node:util';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { CREDENTIAL } from '../support/credentialsHelper.mts';
import { runFakeNode, toLocator, useFakeServer } from '../support/fakeResource.mts';
import { useVirtualClock } from '../support/virtualClock.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

describe('errors', () => {
	const serve = useFakeServer();
	useVirtualClock();

	/** Runs an operation whose request gets this response. */
	const runFailing = async (status: number, body: unknown, operation = 'create') => {
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

	it("name the field by its label, with Persona's details and the Request-Id", async () => {
		const error = await runFailing(422, {
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

	it('find the field in the details of a malformed request', async () => {
		const error = await runFailing(400, {
			errors: [{ title: 'Bad Request', details: 'data.attributes.reference_id is missing' }],
		});
		expect(error?.description).toMatch(
			/^'Reference ID': data\.attributes\.reference_id is missing\. /,
		);
	});

	it('find the field in the details about meta', async () => {
		const errors = [{ title: 'Record not found', details: 'meta.comment is not found' }];
		const error = await runFailing(404, { errors }, 'approve');
		expect(error?.description).toMatch(/^'Comment': meta\.comment is not found\. /);
	});

	it.each([
		[401, 'Persona does not recognize this API key', "Check 'API Key' in the credential"],
		[403, 'This API key is not allowed to do that', 'has the permission thing.write'],
		[404, 'Persona has no object with this ID', 'cannot see objects of the sandbox'],
		[409, 'The object is not in a state that allows this', 'decided or redacted'],
	])('say for %i what happened and how to fix it', async (status, message, fix) => {
		const error = await runFailing(status, { errors: [{ title: 'No', details: 'Because' }] });
		expect(error?.message).toBe(message);
		expect(error?.description).toContain('Because.');
		expect(error?.description).toContain(fix);
		expect(error).toMatchObject({ httpCode: String(status), context: { itemIndex: 0 } });
	});

	it.each([
		[402, 'The request was refused with status 402', "check 'API URL' in the credential"],
		[405, 'The request was refused with status 405', 'https://api.withpersona.com/api/v1'],
		[410, 'Persona no longer has this object', 'Check the ID'],
		[421, 'The request was refused with status 421', 'may come from a proxy'],
		[423, 'The object is locked', 'The change was not made'],
		[425, 'The request came too early', 'It was not carried out'],
		[451, 'The request was refused for legal reasons', 'It was not carried out'],
		[499, 'Persona did not finish the request in time', 'may have been carried out once'],
		[501, 'The request was refused with status 501', 'may come from a proxy'],
	])('say it also for %i, which Persona does not document', async (status, message, fix) => {
		const error = await runFailing(status, { errors: [{ title: 'No' }] });
		expect(error?.message).toBe(message);
		expect(error?.description).toContain(fix);
		expect(error?.description).not.toContain('Check the fields');
	});

	it.each([
		[{ title: 'Not found' }, true],
		[{ title: 'Record not found' }, false],
		[{ title: 'Record not found', details: 'data.attributes.inquiry_id is not found' }, false],
	])(
		"name 'API URL' for a 404 only if it may not be about an object: %j",
		async (entry, isNamed) => {
			const error = await runFailing(404, { errors: [entry] });
			expect(error?.message).toBe('Persona has no object with this ID');
			expect(error?.description?.includes("'API URL'")).toBe(isNamed);
		},
	);

	it.each([
		['create', 'but not twice'],
		['update', 'You can run this again'],
		['get', 'Run again later'],
	])('say after 408 what may have been done by: %s', async (operation, outcome) => {
		const error = await runFailing(408, { errors: [{ title: 'Request Timeout' }] }, operation);
		expect(error?.message).toBe('Persona did not finish the request in time');
		expect(error?.description).toContain(outcome);
	});

	it.each([
		['create', 'thing.write'],
		['update', 'thing.write'],
		['get', 'thing.read'],
		['search', 'thing.read'],
	])('name the permission that is needed to %s', async (operation, permission) => {
		const error = await runFailing(403, { errors: [{ title: 'Forbidden' }] }, operation);
		expect(error?.description).toContain(`has the permission ${permission},`);
		expect(error?.description).toContain('quota');
	});

	it("contain Persona's details even if a file was requested", async () => {
		const error = await runFailing(404, { errors: [{ title: 'Record not found' }] }, 'print');
		expect(error?.description).toContain('Record not found.');
	});

	it.each([
		['nothing', Buffer.alloc(0)],
		['an empty object', {}],
		['null', Buffer.from('null')],
		['a part of its errors', Buffer.from('{"errors": [{"tit')],
		['errors that are null', { errors: [null] }],
		['details that are not text', { errors: [{ details: 5, source: { pointer: {} } }] }],
	])('are readable for a body with %s', async (_, body) => {
		expect((await runFailing(422, body))?.message).toBe('Persona rejected a value');
	});

	describe("say of an answer that is not Persona's what it is", () => {
		const PAGE =
			'<html><head><style>p {}</style></head><body>\n<h1>Access&nbsp;denied</h1><p>by the firewall</p></body></html>';

		it.each<[number, unknown, string]>([
			[403, Buffer.from(PAGE), 'Access denied by the firewall'],
			[502, Buffer.from(PAGE), 'Access denied by the firewall'],
			[511, Buffer.from('Log in to the network'), 'Log in to the network'],
		])('with the status %i', async (status, body, words) => {
			const error = await runFailing(status, body);
			expect(error?.message).toBe(
				`The answer with status ${status} is not Persona's, but begins with “${words}”: check 'API URL' in the credential`,
			);
		});

		it.each([
			[413, 'The request is too large for Persona'],
			[414, 'The request is too long for Persona'],
		])('and what to send if it is %i, whoever says so', async (status, message) => {
			const page = `<html><h1>Refused</h1>${'<p>more</p>'.repeat(500)}</html>`;
			const error = await runFailing(status, Buffer.from(page), 'get');
			expect(error?.message).toBe(message);
			expect(error?.description).toMatch(/ begins with “Refused more more .*…”: check 'API URL'/);
			expect(error?.description?.length).toBeLessThan(500);
		});

		it('without the API key, where an answer repeats the request', async () => {
			for (const status of [200, 403]) {
				const server = await serve(({ headers }) => ({ status, body: { headers } }));
				const { error } = await runFakeNode(server, 'get', {
					parameters: { thingId: toLocator('thg_1') },
					credentials: { apiKey: 'customkey' },
				});
				expect(error?.message).toContain('{"headers":{"accept"');
				expect(error?.message).not.toContain('customkey');
				const echo = await serve(({ headers }) => ({
					status,
					body: Buffer.from(String(headers.authorization)),
				}));
				const other = await runFakeNode(echo, 'get', {
					parameters: { thingId: toLocator('thg_1') },
				});
				expect(other.error?.message).toContain('begins with “…”');
			}
		});
	});

	it.each([400, 403, 404, 409, 422])(
		"ask for another key if Persona stores the status %i for the user's own key",
		async (status) => {
			const server = await serve(() => ({ status, body: { errors: [{ title: 'No' }] } }));
			const create = async (options: IDataObject) =>
				await runFakeNode(server, 'create', {
					parameters: { kind: 'plain', options } as INodeParameters,
				});
			const customKey = await create({ idempotencyKey: 'order-1234' });
			const derivedKey = await create({});
			expect(customKey.error?.description).toContain("your 'Idempotency Key': use a new key");
			expect(derivedKey.error?.description).not.toContain('Idempotency Key');
		},
	);

	it('contain neither the API key nor what was sent', async () => {
		const server = await serve(() => ({ status: 422, body: { errors: [{ title: 'No' }] } }));
		const additionalFields = { referenceId: '={{ $json.who }}' };
		const run = {
			items: [{ who: 'very private' }],
			parameters: { kind: 'plain', additionalFields },
		};
		const rejected = await runFakeNode(server, 'create', run);
		await server.stop();
		const unreachable = await runFakeNode(server, 'create', run);
		for (const { error } of [rejected, unreachable]) {
			const text = JSON.stringify(error) + String(error?.stack) + inspect(error, { depth: 10 });
			expect(text).not.toContain(CREDENTIAL.apiKey);
			expect(text).not.toContain('very private');
		}
	});
});
