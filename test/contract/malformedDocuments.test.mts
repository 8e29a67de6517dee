import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { isPlainObject } from '../../nodes/Persona/values/plainValues.ts';
import { OUTPUT_MODES } from '../../nodes/Persona/transport/output.ts';
import { fillAllOperations } from '../support/completeParameters.mts';
import {
	startRequestRecorder,
	type FakeResponse,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { runNode } from '../support/runNode.mts';
import { sampleFiles } from '../support/sampleFiles.mts';
import { useVirtualClock } from '../support/virtualClock.mts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';
import { pickRequired } from './prerequisites.mts';
import { resolveReference } from './schemaShapes.mts';
import { buildDuration } from '../support/buildDuration.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

/** How many documents each operation gets. */
const RUNS = 4;

/** The media types of a response, with Persona's examples. */
interface Examples {
	content?: Record<string, { example?: unknown; examples?: Record<string, { value?: unknown }> }>;
}

const RELATIONSHIPS = [{ data: {} }, { data: null }, {}, null, { data: [null] }, { data: [{}] }, 5];

const INCLUDED = [null, {}, 'text', [null], [{}], [{ type: 'inquiry' }], [[]]];

const ATTRIBUTES = [null, undefined, [], 'text'];

const ATTRIBUTE_VALUES = [null, {}, [], [null], 'text', 5, { value: null }];

/** Builds the arbitrary changes of a document: each member has its own choice. */
const choices = fc.infiniteStream(fc.nat({ max: 1_000 }));

/** Replaces parts of a document by forms that Persona's examples have, or that are no JSON:API. */
function damage(document: unknown, next: () => number): unknown {
	/** Chooses a form for every third member. */
	const choose = (forms: readonly unknown[], value: unknown) => {
		const choice = next();
		return choice % 3 === 0 ? forms[choice % forms.length] : value;
	};
	const damageMap = (map: unknown, forms: readonly unknown[]) =>
		isPlainObject(map)
			? Object.fromEntries(Object.entries(map).map(([key, value]) => [key, choose(forms, value)]))
			: map;
	const damageObject = (object: unknown): unknown => {
		if (!isPlainObject(object)) return object;
		const relationships = damageMap(object.relationships, RELATIONSHIPS);
		const attributes = damageMap(object.attributes, ATTRIBUTE_VALUES);
		return {
			...object,
			attributes: next() % 9 === 0 ? ATTRIBUTES[next() % ATTRIBUTES.length] : attributes,
			relationships: next() % 9 === 0 ? null : relationships,
		};
	};
	if (!isPlainObject(document)) return document;
	const { data, included = [], ...rest } = document;
	const changed = Array.isArray(included) ? included.map(damageObject) : included;
	return {
		...rest,
		data: Array.isArray(data) ? data.map(damageObject) : damageObject(data),
		included: choose(INCLUDED, changed),
		meta: choose([null, {}, 'text'], rest.meta),
		...('links' in rest && { links: choose([null, {}, { next: null }], { next: null }) }),
	};
}

describeWithOpenApi('a document with parts that are missing or malformed', () => {
	let server: RequestRecorder;
	let respond: (method: string, path: string) => FakeResponse = () => ({});

	useVirtualClock();

	beforeAll(async () => {
		server = await startRequestRecorder(({ method, path }) => respond(method, path));
	});

	afterAll(async () => await server.stop());

	const description = loadOpenApi();
	const routes = Object.entries(description.paths).map(([path, verbs]) => ({
		pattern: new RegExp(`^${path.replace(/{[^/]+}/g, '[^/]+')}$`),
		verbs,
	}));

	/** Persona's own example of a successful response; undefined if it has none. */
	function findExample(method: string, path: string): unknown {
		const operation = routes.find(
			({ pattern, verbs }) => pattern.test(path) && method.toLowerCase() in verbs,
		)?.verbs[method.toLowerCase()];
		const [, found] =
			Object.entries(operation?.responses ?? {}).find(([status]) => status < '300') ?? [];
		if (!found) return undefined;
		const { content = {} } = resolveReference(description, found) as Examples;
		const { example, examples = {} } = content['application/json'] ?? {};
		const [first] = Object.values(examples);
		const resolved =
			first && (resolveReference(description, first as never) as { value?: unknown });
		return example ?? resolved?.value;
	}

	const operations = fillAllOperations().map((operation) => [operation.name, operation] as const);

	it.each(operations)('never makes %s fail with an error of the program', async (_, operation) => {
		await fc.assert(
			fc.asyncProperty(choices, fc.constantFrom(...OUTPUT_MODES), async (stream, mode) => {
				const next = () => stream.next().value as number;
				respond = (method, path) => {
					if (path.endsWith('/print')) {
						return { headers: { 'content-type': 'application/pdf' }, body: Buffer.from('%PDF-') };
					}
					return { body: damage(findExample(method, path), next) };
				};
				const { error, items } = await runNode({
					parameters: {
						...pickRequired(operation),
						output: mode.value,
						options: { returnAll: true },
						waitAtMost: buildDuration(5, 'seconds'),
					},
					binary: [sampleFiles],
					credentials: { baseUrl: server.baseUrl },
					onError: 'continueRegularOutput',
				});
				const texts = [
					error?.message,
					...items.map(({ json }: { json: IDataObject }) => json.error),
				];
				for (const text of texts) {
					expect(String(text)).not.toMatch(
						/Cannot |is not (a function|iterable|an? )|undefined \(reading|of null/,
					);
				}
			}),
			{ numRuns: RUNS },
		);
	});
});
