import { Readable } from 'node:stream';
import type { IExecuteFunctions, INodeParameters, INodeType } from 'n8n-workflow';
import type { Field, Fields } from '../../nodes/Persona/fields/types.ts';
import { isTopLevel } from '../../nodes/Persona/engine/operationRules.ts';
import { readDuration } from '../../nodes/Persona/fields/encodeValue.ts';
import { Persona } from '../../nodes/Persona/Persona.node.ts';
import { getActionNode } from '../support/actionNodes.mts';
import { getSampleValue } from '../support/completeParameters.mts';
import { inputFiles } from '../support/badInput/binary.mts';
import { buildInput, type Probe, type ProbeInput } from '../support/badInput/probeInput.mts';
import { buildCompleteProbes } from '../support/badInput/probes.mts';
import { buildResponse, setValues } from '../support/badInput/runProbe.mts';
import { buildThing, FakeNode, runFakeNode, useFakeServer } from '../support/fakeResource.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { runNode, type NodeRunOptions } from '../support/runNode.mts';

/** A value in an expression, which two braces would end. */
const toCode = (value: unknown) => JSON.stringify(value).replace(/}(?=})/g, '} ');

/** An expression that n8n cannot evaluate for one of the items. */
const failFor = (item: number, value: unknown) =>
	`={{ $itemIndex === ${item} ? $('No such node').first().json.x : ${toCode(value)} }}`;

/** Values that no field of a form accepts; an object otherwise. */
const WRONG_VALUES: Partial<Record<ProbeInput['form'], unknown>> = {
	...{ json: '{', jsonList: '{', map: '{', query: '{', file: 'missing', files: 'missing' },
	...{ words: [{ a: 1 }], commaList: [{ a: 1 }], fieldsToReturn: [{ a: 1 }] },
};

const getAt = (parameters: INodeParameters, path: string[]): unknown =>
	path.reduce((value: unknown, name) => (value as INodeParameters | undefined)?.[name], parameters);

/** Whether the panel shows a field while the others have their sample values. */
const isShown = ({ shownWith = {} }: Field, nodeFields: Fields) =>
	Object.entries(shownWith).every(([name, values]) =>
		values.includes(getSampleValue(nodeFields[name]) as string),
	);

/** The fields that are for the node alone, as inputs. */
const listNodeInputs = ({ row: { nodeFields = {}, search } }: Probe): ProbeInput[] =>
	Object.entries(nodeFields)
		.filter(([, field]) => isShown(field, nodeFields))
		.filter(([name, { type }]) => type !== 'notice' && name !== 'conditions')
		.filter(([name]) => !search || !['query', 'sortBy', 'sortDirection', 'match'].includes(name))
		.map(([name, field]) => {
			const path = isTopLevel(field) ? [name] : ['options', name];
			if (field.type === 'resourceLocator') path.push('value');
			if (field.encoding === 'duration' && !isTopLevel(field)) path.push('duration', 'amount');
			return buildInput(field.displayName, path, field.encoding, undefined, { field });
		});

/** A valid value for each node field that the probe leaves to its default. */
function addSamples(probe: Probe, inputs: ProbeInput[]): INodeParameters {
	const missing = inputs.filter(({ path }) => getAt(probe.parameters, path) === undefined);
	const samples = missing.map(({ path: full }): [string[], unknown] => {
		const path = full.filter((name) => !['duration', 'amount'].includes(name));
		const name = path[0] === 'options' ? path[1] : path[0];
		const field = probe.row.nodeFields?.[name];
		const sample = field && getSampleValue(field);
		const isAmount = field !== undefined && isTopLevel(field) && field.encoding === 'duration';
		return [path, isAmount ? readDuration(sample).amount : sample];
	});
	return setValues(probe.parameters, samples);
}

/** Add Many reports an invalid value as refused; all else of it is checked like any operation. */
const isReported = ({ name }: Probe, { path }: ProbeInput) =>
	name.startsWith('listItem.addMany') &&
	!path.some((name) => ['importFrom', 'waitAtMost'].includes(name));

/** A file is read for the idempotency key, and again for the body. */
const READS_PER_REQUEST = 2;

const probes = buildCompleteProbes().map((probe): [string, Probe] => [probe.name, probe]);

describe('every operation of the table', () => {
	let server: RequestRecorder;
	let response: unknown;
	beforeAll(async () => {
		server = await startRequestRecorder(() => ({
			headers: {
				'content-type': Buffer.isBuffer(response) ? 'application/pdf' : 'application/json',
			},
			body: response,
		}));
	});
	afterAll(async () => await server.stop());

	/** The names of parameters that are read after the first request. */
	let lateReads: string[] = [];

	const observeNode = ({ description, execute }: INodeType): INodeType => ({
		description,
		async execute(this: IExecuteFunctions) {
			const get = this.getNodeParameter.bind(this) as (...given: unknown[]) => unknown;
			const getNodeParameter = (name: string, ...more: unknown[]) => {
				if (server.requests.length > 0) lateReads.push(name);
				return get(name, ...more);
			};
			return (await execute?.call(Object.assign(this, { getNodeParameter }))) ?? [];
		},
	});

	async function run(probe: Probe, options: Partial<NodeRunOptions>) {
		server.requests.length = 0;
		lateReads = [];
		response = buildResponse(probe);
		const { items = [{}], parameters = probe.parameters } = options;
		return await runNode({
			nodeType: observeNode(getActionNode(probe.parameters.resource)),
			credentials: { baseUrl: server.baseUrl },
			...options,
			parameters,
			items,
			binary: items.map(() => inputFiles),
		});
	}

	it.each(probes)(
		'%s reads all parameters of all items before its first request',
		async (_, probe) => {
			const parameters = setValues(addSamples(probe, listNodeInputs(probe)), [
				[['options', 'itemsAtATime'], 1],
			]);
			await run(probe, { parameters, items: [{}, {}, {}] });
			expect(lateReads).toEqual([]);
			expect(server.requests.length).toBeGreaterThan(0);
		},
	);

	it.each(probes)('%s sends nothing if any field of any item is wrong', async (_, probe) => {
		const nodeInputs = listNodeInputs(probe);
		const valid = addSamples(probe, nodeInputs);
		const inputs = [...probe.inputs, ...nodeInputs].filter((input) => !isReported(probe, input));
		// Item 0 is right, and in each other item another field is wrong.
		const cases = inputs.flatMap((input) => {
			const value = getAt(valid, input.path);
			const wrong = WRONG_VALUES[input.form] ?? { a: 1 };
			return [
				{ input, build: (item: number) => failFor(item, value) },
				...(input.form === 'column'
					? []
					: [
							{
								input,
								build: (item: number) =>
									`={{ $itemIndex === ${item} ? ${toCode(wrong)} : ${toCode(value)} }}`,
							},
						]),
			];
		});
		const problems: string[] = [];
		for (const { input, build } of cases) {
			const parameters = setValues(valid, [[input.path, build(1)]]);
			const { error } = await run(probe, { parameters, items: [{}, {}] });
			const { length } = server.requests;
			const isRefused = error?.message.startsWith('Nothing was sent to Persona: 1 of 2 items has');
			if (!isRefused || length > 0 || error?.context?.itemIndex !== 1) {
				problems.push(`${input.label}: ${length} requests, ${error?.message ?? 'no error'}`);
			}
		}
		expect(problems).toEqual([]);
	});
});

describe('the check of all items', () => {
	const serve = useFakeServer();

	/** Creates with a broken list of tags in one item, and a broken expression in another. */
	const runImport = async (server: RequestRecorder, options: Partial<NodeRunOptions> = {}) =>
		await runFakeNode(server, 'create', {
			items: Array.from({ length: 200 }, (_, row) => ({
				user: `user-${row}`,
				note: row === 57 ? '{"said": "it"s"}' : `{"row": ${row}}`,
				node: row === 120 ? 'No such node' : '',
			})),
			parameters: {
				kind: 'plain',
				additionalFields: {
					referenceId: '={{ $json.node ? $($json.node).first().json.x : $json.user }}',
					behaviors: '={{ $json.note }}',
				},
			},
			...options,
		});

	it('keeps anything from being sent if one of 200 items has an error', async () => {
		const server = await serve();
		const { error } = await runImport(server);
		expect(error?.message).toBe(
			"Nothing was sent to Persona: 2 of 200 items have errors. Item 57 (counted from 0): 'Behaviors' is not valid JSON",
		);
		expect(error).toMatchObject({
			description: 'Check quotes, commas and brackets.',
			context: { itemIndex: 57 },
		});
		expect(server.requests).toEqual([]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'lets the other items run with %s, and returns each error in its place',
		async (onError) => {
			const server = await serve(({ body }) => {
				const { attributes } = (body as { data: { attributes: { 'reference-id': string } } }).data;
				return { body: { data: buildThing(attributes['reference-id']) } };
			});
			const { outputs } = await runImport(server, { onError });
			expect(server.requests).toHaveLength(198);
			const [regular, failed = regular] = outputs.map((output) =>
				output.map(({ json, pairedItem }) => [pairedItem, json.id, json.error]),
			);
			const all = Array.from({ length: 200 }, (_, item) => [{ item }, `user-${item}`, undefined]);
			const isBad = (_: unknown, item: number) => item === 57 || item === 120;
			const isGood = (row: unknown, item: number) => !isBad(row, item);
			const good = regular.filter(([, , error]) => error === undefined);
			expect(good).toEqual(all.filter(isGood));
			expect(failed.filter(([, , error]) => error !== undefined)).toEqual([
				[{ item: 57 }, undefined, "'Behaviors' is not valid JSON"],
				[{ item: 120 }, undefined, expect.stringContaining('node')],
			]);
			if (failed === regular) {
				expect(regular.map(([paired]) => paired)).toEqual(all.map(([paired]) => paired));
			}
		},
	);

	it('says only what is wrong if there is one item', async () => {
		const server = await serve();
		const { error } = await runImport(server, { items: [{ user: 'user-1', note: '{' }] });
		expect(error?.message).toBe("'Behaviors' is not valid JSON");
	});

	it('looks at the first item only if the node runs once', async () => {
		const server = await serve();
		const { error } = await runImport(server, { settings: { executeOnce: true } });
		expect([error, server.requests.length]).toEqual([undefined, 1]);
	});

	it('lets n8n work in between, so that an execution that is stopped ends before its last item', async () => {
		const server = await serve();
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 50);
		const readItems = new Set<unknown>();
		const node = new FakeNode();
		const { execute } = node;
		node.execute = async function (this: IExecuteFunctions) {
			const get = this.getNodeParameter.bind(this) as (...given: unknown[]) => unknown;
			const getNodeParameter = (name: string, item: number, ...more: unknown[]) => {
				readItems.add(item);
				return get(name, item, ...more);
			};
			return await execute.call(Object.assign(this, { getNodeParameter }));
		};
		await runImport(server, {
			nodeType: node,
			items: Array.from({ length: 5_000 }, (_, row) => ({ user: `user-${row}`, note: '{}' })),
			signal: stop.signal,
		});
		expect(readItems.size).toBeLessThan(5_000);
		expect(server.requests).toEqual([]);
	});

	it('does not read the content of files before they are sent', async () => {
		const content = 'name_first\nJane\n';
		let readCount = 0;
		let sentCount = 0;
		let maxReadAhead = 0;
		const server = await serve(() => {
			maxReadAhead = Math.max(maxReadAhead, readCount - READS_PER_REQUEST * sentCount++);
			return { body: { data: { type: 'importer', id: 'imp_1', attributes: { status: 'ready' } } } };
		});
		const persona = new Persona();
		const node: INodeType = {
			description: persona.description,
			async execute(this: IExecuteFunctions) {
				// Where n8n would keep the files outside the items.
				Object.assign(this.helpers, {
					getBinaryMetadata: () => ({ fileSize: content.length }),
					getBinaryStream: () => {
						readCount++;
						return Readable.from([Buffer.from(content)]);
					},
				});
				return await persona.execute.call(this);
			},
		};
		const stored = { id: 'filesystem-v2:1', data: 'filesystem-v2', mimeType: 'text/csv' };
		const { error } = await runNode({
			nodeType: node,
			parameters: {
				...{ resource: 'importer', operation: 'import', importType: 'account', file: 'data' },
				options: { itemsAtATime: 2 },
			},
			items: Array.from({ length: 20 }, () => ({})),
			binary: Array.from({ length: 20 }, () => ({ data: { ...stored, fileName: 'people.csv' } })),
			credentials: { baseUrl: server.baseUrl },
		});
		expect([error, readCount, sentCount]).toEqual([undefined, 20 * READS_PER_REQUEST, 20]);
		expect(maxReadAhead).toBeLessThanOrEqual(2 * READS_PER_REQUEST);
	});
});
