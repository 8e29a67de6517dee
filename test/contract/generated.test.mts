import type {
	INodeParameters,
	INodePropertyOptions,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { findNodeName } from '../support/actionNodes.mts';
import { loadBuiltNodes, type BuiltNodes } from '../support/builtNodes.mts';
import { fillNamedField, generateParameters } from '../support/generateParameters.mts';
import { runNode } from '../support/runNode.mts';
import { sampleFiles } from '../support/sampleFiles.mts';
import documentedOnly from '../../tools/docs/documentedOnly.json';
import { table } from '../../nodes/Persona/resources/index.ts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';
import { startMockPersona, type MockPersona } from './mockPersona.mts';

const BUILD_TIMEOUT_MS = 180_000;

const OPERATION_TIMEOUT_MS = 120_000;

/** A run that has not ended by then waits for something that an example never does. */
const RUN_TIMEOUT_MS = 5_000;

/** How many fields an error may ask for, one after another. */
const MAX_NAMED_FIELDS = 8;

/** What needs a value that no example can have: then the node refuses it by the name of the field. */
const NEEDS_REAL_VALUE: Record<string, string> = {
	'account.erase': "'Confirmation Code' does not match",
	'event.verifyDelivery': 'The signature does not match',
	'listItem.checkValue': "'Value' does not fit the type of the list",
};

/** The panel without the events that only Persona's documentation names, not its description. */
const withoutDocumentedEvents = (description: INodeTypeDescription) =>
	JSON.parse(
		JSON.stringify(description, (_, value: unknown) =>
			Array.isArray(value)
				? value.filter(
						(option: INodePropertyOptions) =>
							!documentedOnly.events.some(({ name }) => name === option?.value),
					)
				: value,
		),
	) as INodeTypeDescription;

const operations = table.resources.flatMap((resource) =>
	Object.keys(resource.operations).map((operation) => [resource.value, operation] as const),
);

const getRow = (value: string, operation: string) =>
	table.resources.filter((resource) => resource.value === value)[0].operations[operation];

/** Without those that only Persona's documentation has: it gives no example to answer with. */
const published = operations.filter(([value, operation]) => {
	const { route } = getRow(value, operation);
	return !documentedOnly.routes.some((documented) => documented.route === route);
});

describeWithOpenApi(
	'the built nodes, filled from their panels alone, against the description alone',
	() => {
		let built: BuiltNodes;
		let persona: MockPersona;
		let runCount = 0;

		beforeAll(async () => {
			built = await loadBuiltNodes();
			for (const node of Object.values(built.nodeTypes)) {
				node.description = withoutDocumentedEvents(node.description);
			}
			persona = await startMockPersona(loadOpenApi());
		}, BUILD_TIMEOUT_MS);

		afterAll(async () => {
			await persona?.stop();
			await built?.remove();
		});

		/** Runs the node, and fills what its error asks for as long as it sends nothing. */
		async function runUntilSent(
			nodeType: INodeType,
			parameters: INodeParameters,
			fieldsLeft = MAX_NAMED_FIELDS,
		) {
			const { error } = await runNode({
				parameters,
				nodeType,
				items: [{ 'name-first': 'Jane' }],
				binary: [sampleFiles],
				// What the node remembers from one run to the next, it remembers for the key.
				credentials: { baseUrl: persona.baseUrl, apiKey: `persona_sandbox_${++runCount}` },
				signal: AbortSignal.timeout(RUN_TIMEOUT_MS),
			});
			const requests = persona.takeRequests();
			const message = error && `${error.message} ${error.description ?? ''}`;
			const more = message && fillNamedField(nodeType.description, parameters, message);
			if (requests.count > 0 || !more || fieldsLeft === 0) return { message, ...requests };
			return await runUntilSent(nodeType, more, fieldsLeft - 1);
		}

		it('offers every operation of the table', () => {
			const offered = Object.values(built.nodeTypes)
				.flatMap(({ description }) => description.properties)
				.filter(({ name }) => name === 'operation')
				.flatMap(({ displayOptions, options = [] }) =>
					(options as INodePropertyOptions[]).map(({ value }) => [
						displayOptions?.show?.resource?.[0],
						value,
					]),
				);
			expect(offered).toEqual(expect.arrayContaining(operations.map((pair) => [...pair])));
			expect(offered).toHaveLength(operations.length);
		});

		it.each(published)(
			'%s.%s: no request is refused with the required fields, all fields, or any one more',
			async (resource, operation) => {
				const faults: unknown[] = [];
				const expected = NEEDS_REAL_VALUE[`${resource}.${operation}`];
				const nodeType = built.nodeTypes[findNodeName(resource)];
				const generated = generateParameters(nodeType.description, resource, operation);
				for (const { name, parameters } of generated) {
					const { count, refusals, message } = await runUntilSent(nodeType, parameters);
					const isExpected = expected ? message?.startsWith(expected) : message === undefined;
					if (count > 0 && refusals.length === 0 && isExpected) continue;
					faults.push({ name, count, refusals, message });
				}
				expect(faults).toEqual([]);
			},
			OPERATION_TIMEOUT_MS,
		);
	},
);
