import type { INodeParameters } from 'n8n-workflow';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { runNode } from '../support/runNode.mts';
import { toLocator } from '../support/fakeResource.mts';

const inquiry = { resource: 'inquiry', inquiryId: toLocator('inq_1') };
const changeTags = (tagChange: string, tagName: unknown) =>
	({ ...inquiry, operation: 'changeTags', tagChange, tagName }) as INodeParameters;
const upsert = (referenceId: unknown) =>
	({ resource: 'account', operation: 'createOrUpdate', referenceId }) as INodeParameters;

describe('what an expression left out', () => {
	let server: RequestRecorder;
	beforeAll(async () => {
		server = await startRequestRecorder(() => ({
			body: { data: { type: 'inquiry', id: 'inq_1', attributes: {} } },
		}));
	});
	afterAll(async () => await server.stop());

	const run = async (parameters: INodeParameters) => {
		server.requests.length = 0;
		const { error } = await runNode({ parameters, credentials: { baseUrl: server.baseUrl } });
		return error?.message;
	};

	/** Lists with an empty entry, in every form. */
	const HOLES: unknown[] = [
		...['={{ ["vip", null] }}', '={{ ["vip", ""] }}', '={{ ["vip", $json.missing] }}'],
		...['["vip", null]', '["vip", "\u200b"]', '={{ JSON.stringify(["vip", null]) }}'],
		...[
			['vip', null],
			['vip', '={{ $json.missing }}'],
		],
	];

	it.each([...HOLES, 'vip,,mobile', 'vip, ', '={{ $json.missing }},{{ "vip" }}'])(
		'removes no tag where a list replaces all: %j',
		async (tags) => {
			expect(await run(changeTags('replace', tags))).toBe("'Tag Names' has an empty entry");
			expect(server.requests).toEqual([]);
		},
	);

	it.each([
		'={{ [null] }}',
		'={{ [""] }}',
		'={{ ["", " "] }}',
		'={{ " , " }}',
		'={{ ({}) }}',
		'={{ \'["", null]\' }}',
	])('is no empty list, which alone removes all tags: %j', async (tags) => {
		expect(await run(changeTags('replace', tags))).toBe("'Tag Names' is empty");
		expect(server.requests).toEqual([]);
	});

	it.each(['={{ [] }}', '={{ "[]" }}'])('removes all tags with an empty list: %j', async (tags) => {
		expect(await run(changeTags('replace', tags))).toBeUndefined();
		expect(server.requests).toMatchObject([{ body: { meta: { 'tag-name': [] } } }]);
	});

	it('is an incomplete list if an expression between commas found nothing', async () => {
		const filters = { accountId: '=act_1, {{ $json.missing }}' };
		const message = await run({ resource: 'inquiry', operation: 'getAll', filters });
		expect(message).toContain("'Account IDs' is incomplete");
		expect(server.requests).toEqual([]);
	});

	it.each([
		...['203.0.113.7,', '={{ ["203.0.113.7", null] }}', '={{ $json.missing }},{{ "203.0.113.7" }}'],
	])('does not change what an allowlist protects: %j', async (ipAddressAllowlist) => {
		const message = await run({
			...{ resource: 'apiKey', operation: 'update', apiKeyId: toLocator('api_1') },
			updateFields: { ipAddressAllowlist },
		});
		expect(message).toBe("'IP Address Allowlist' has an empty entry");
		expect(server.requests).toEqual([]);
	});

	it.each([
		['userId', '={{ ({ userId: $json.missing }) }}'],
		['user.ids.1', '={{ ({ user: { ids: ["a", $json.missing] } }) }}'],
	])('is named in JSON: %s in %s', async (name, json) => {
		const rows: INodeParameters[] = [
			{ resource: 'workflow', operation: 'run', workflowId: toLocator('wfl_1'), fields: json },
			{ resource: 'account', operation: 'create', fields: json },
			{
				...{ resource: 'account', operation: 'update', accountId: toLocator('act_1') },
				fields: json,
			},
			{
				...{ resource: 'transaction', operation: 'create', fields: json },
				transactionTypeId: toLocator('txntp_1'),
			},
		];
		for (const row of rows) {
			expect(await run(row)).toBe(`'Fields' has no value for '${name}'`);
			expect(server.requests).toEqual([]);
		}
	});

	it('is null in JSON where the workflow says so', async () => {
		await run({
			...{ resource: 'account', operation: 'update', accountId: toLocator('act_1') },
			fields: '={{ ({ userId: null }) }}',
		});
		expect(JSON.stringify(server.requests[0].body)).toContain('{"userId":null}');
	});

	it.each(['={{ false }}', '={{ !!$json.missing }}', '""', "''", '[]', '{}', '["a"]', '{"id": 1}'])(
		'is no text that names something: %j',
		async (text) => {
			const named: Array<[string, INodeParameters]> = [
				['Reference ID', upsert(text)],
				['Tag Name', changeTags('add', text)],
				[
					'Reference ID',
					{ resource: 'inquiry', operation: 'getAll', filters: { referenceId: text } },
				],
				['Idempotency Key', { ...upsert('a'), options: { idempotencyKey: text } }],
			];
			for (const [label, parameters] of named) {
				expect(await run(parameters)).toMatch(`'${label}' ${/^=/.test(text) ? 'is' : 'takes'} `);
				expect(server.requests).toEqual([]);
			}
		},
	);

	it('is sent as it is in a text for people, such as a comment', async () => {
		await run({ ...inquiry, operation: 'approve', comment: '["vip", "a"]' });
		expect(server.requests.at(-1)).toMatchObject({ body: { meta: { comment: '["vip", "a"]' } } });
	});

	it.each([
		...['["account","template"]', '={{ ["account","template"] }}', 'account, template'],
		...['={{ JSON.stringify(["account", "template"]) }}', ['account', '={{ "template" }}']],
	])('is not asked for by a list in another form: %j', async (include) => {
		await run({ ...inquiry, operation: 'get', options: { include, fieldsToReturn: 'status' } });
		expect(server.requests).toMatchObject([{ query: { include: 'account,template' } }]);
	});
});
