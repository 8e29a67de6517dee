import { readFileSync } from 'node:fs';
import { NodeTypeParser, searchCodeBuilderNodes } from '@n8n/ai-utilities/node-catalog';
import { generateNodeTypeFile } from '@n8n/workflow-sdk';
import type { INodeTypeDescription } from 'n8n-workflow';
import { Persona } from '../nodes/Persona/Persona.node.ts';
import { PersonaAdmin } from '../nodes/Persona/PersonaAdmin.node.ts';
import { PersonaPollingTrigger } from '../nodes/Persona/PersonaPollingTrigger.node.ts';
import { PersonaTrigger } from '../nodes/Persona/PersonaTrigger.node.ts';
import { isGuarded } from '../nodes/Persona/engine/operationRules.ts';
import { table } from '../nodes/Persona/resources/index.ts';
import { listSchemaRows, readSchema } from './contract/outputSchemaFiles.mts';
import { getActionNode } from './support/actionNodes.mts';
import { findPanelTexts, isMember } from './support/panelTexts.mts';

/** What n8n knows of a node's codex. */
type CodexFile = Pick<NonNullable<INodeTypeDescription['codex']>, 'alias' | 'categories'>;

/** A node as n8n's AI workflow builder sees it: under its full name, and with its codex. */
function load(Node: new () => { description: INodeTypeDescription }): INodeTypeDescription {
	const { description } = new Node();
	const file = `nodes/Persona/${Node.name}.node.json`;
	const { alias, categories } = JSON.parse(readFileSync(file, 'utf8')) as CodexFile;
	return {
		...description,
		name: `n8n-nodes-persona.${description.name}`,
		codex: { alias, categories },
	};
}

const nodes = [Persona, PersonaAdmin, PersonaTrigger, PersonaPollingTrigger].map(load);

const findNode = (name: string) =>
	nodes.find((node) => node.displayName === name) as INodeTypeDescription;

/** All keys and values of an object, at any depth. */
function listWords(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(listWords);
	if (!isMember(value)) return [String(value)];
	return Object.entries(value).flatMap(([key, member]) => [key, ...listWords(member)]);
}

/** What a hint may name: parameters and their values, and the fields of all outputs. */
const listNames = ({ properties }: INodeTypeDescription) =>
	new Set([
		...listWords(properties),
		...listSchemaRows().flatMap((row) => listWords(readSchema(row))),
	]);

/** Values of the output, which no schema lists. */
const OUTPUT_VALUES = ['ready', 'approved', 'declined', 'needs_review', 'none', 'unknown', 'true'];

/** All hints of a node: its own, and those of its parameters and their values. */
const listHints = ({ builderHint, properties }: INodeTypeDescription) => [
	...(builderHint?.searchHint ? [builderHint.searchHint] : []),
	...findPanelTexts(properties).flatMap(({ key, text }) => (key === 'propertyHint' ? [text] : [])),
];

// n8n-core brings both of these packages of n8n, which have types of n8n-workflow of their own.
const parser = new NodeTypeParser(
	nodes as unknown as ConstructorParameters<typeof NodeTypeParser>[0],
);

const search = (query: string) => searchCodeBuilderNodes(parser, [query]).results;

/** The types that the builder gets of a node. */
const writeTypes = (node: INodeTypeDescription) =>
	generateNodeTypeFile(node as unknown as Parameters<typeof generateNodeTypeFile>[0]);

describe("the hints for n8n's AI workflow builder", () => {
	it.each(nodes.map((node) => [node.displayName, node] as const))(
		'of %s name what is there, and nothing else',
		(_, node) => {
			const names = listNames(node);
			const named = listHints(node).flatMap((hint) =>
				Array.from(hint.matchAll(/`([^`]+)`/g), ([, name]) => name),
			);
			expect(named.length).toBeGreaterThan(2);
			const unknown = named.filter((name) => !names.has(name) && !OUTPUT_VALUES.includes(name));
			expect(unknown).toEqual([]);
		},
	);

	it.each(nodes.map((node) => [node.displayName, node] as const))(
		'of %s come with what the builder finds, and with its types',
		(name, node) => {
			const { searchHint = '', relatedNodes = [] } = node.builderHint ?? {};
			expect(searchHint).toMatch(/./);
			const found = search(name);
			expect(found).toContain(`@builderHint ${searchHint}`);
			for (const { nodeType, relationHint } of relatedNodes) {
				expect(found).toContain(`- ${nodeType}: "${relationHint}"`);
				const known = [...nodes.map((one) => one.name), 'n8n-nodes-persona.personaTool'];
				expect(known).toContain(nodeType);
			}
			const types = writeTypes(node);
			for (const hint of listHints(node)) {
				const isShown =
					types.includes(`@builderHint ${hint}`) || found.includes(`@builderHint ${hint}`);
				expect([hint, isShown]).toEqual([hint, true]);
			}
		},
	);

	it('stand where the builder cannot know better: template, mapped fields, and what a tool may decide', () => {
		const types = writeTypes(findNode('Persona'));
		for (const hint of ['Never make up an ID', 'set `fieldsMode` to `json`', 'Leave it `false`']) {
			expect(types).toContain(`@builderHint ${hint.startsWith('set') ? 'Unless' : hint}`);
			expect(types).toContain(hint);
		}
	});

	it.each(
		table.resources.flatMap(({ value, operations }) =>
			Object.entries(operations)
				.filter(([, row]) => isGuarded(row))
				.map(([operation]) => [value, operation]),
		),
	)('say that %s.%s needs permission in a tool', (resource, operation) => {
		const { properties } = getActionNode(resource).description;
		const select = properties.find(
			({ name, displayOptions }) =>
				name === 'operation' && displayOptions?.show?.resource?.includes(resource),
		);
		const option = select?.options?.find((one) => 'value' in one && one.value === operation);
		expect(option).toHaveProperty(
			'builderHint.propertyHint',
			expect.stringContaining('refused unless `allowDecisions` is `true`'),
		);
	});

	it('are not on resource or operation themselves, where n8n refuses to load them', () => {
		for (const { properties } of nodes) {
			const selectors = properties.filter(({ name }) =>
				['resource', 'operation', 'mode'].includes(name),
			);
			expect(selectors.filter(({ builderHint }) => builderHint)).toEqual([]);
		}
	});

	it.each(['KYC', 'sanctions', 'verify identity', 'age verification', 'background check'])(
		'lead to Persona by "%s" as well',
		(word) => {
			expect(search(word)).toContain('- n8n-nodes-persona.persona\n');
		},
	);
});
