import { NodeHelpers, type IDataObject, type INodeParameters } from 'n8n-workflow';
import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { PersonaPollingTrigger } from '../../../nodes/Persona/PersonaPollingTrigger.node.ts';
import { PersonaTrigger } from '../../../nodes/Persona/PersonaTrigger.node.ts';
import { actionNodes } from '../../support/actionNodes.mts';

/** A node whose panel is opened, with the pickers and the maps that its parameters show. */
export interface PickerPanel {
	/** The name of the node: what was chosen in it. */
	name: string;
	/** The type of the node, without the package. */
	nodeType: string;
	parameters: IDataObject;
	pickers: string[];
	maps: string[];
}

const hasList = ({ modes = [] }: INodeProperties) => modes.some(({ type }) => type === 'list');

const isMap = ({ type }: INodeProperties) => type === 'resourceMapper';

const isPicker = (property: INodeProperties) => hasList(property) || isMap(property);

/** The pickers among the fields of a collection, which n8n shows once they have been added. */
const listMembers = ({ type, options = [] }: INodeProperties): INodeProperties[] =>
	type === 'collection'
		? options.filter((one): one is INodeProperties => 'type' in one && isPicker(one))
		: [];

/** What shows a property: one set of parameters for each operation, with the first of other choices. */
function listParameters({ displayOptions }: INodeProperties): INodeParameters[] {
	const { operation = [], ...others } = displayOptions?.show ?? {};
	const first = Object.fromEntries(
		Object.entries(others).map(([name, values = []]) => [name, values[0]]),
	);
	return operation.map((one) => ({ ...first, operation: one }) as INodeParameters);
}

/** Builds the panel that a node has with these parameters, where each of its pickers is added. */
function buildPanel(description: INodeTypeDescription, chosen: INodeParameters): PickerPanel {
	const node = { typeVersion: 1, parameters: chosen };
	const { properties } = description;
	const values = NodeHelpers.getNodeParameters(properties, chosen, true, false, node, description);
	const shown = properties.filter((one) =>
		NodeHelpers.displayParameter(values ?? {}, one, node, description),
	);
	const collections = shown
		.map((collection) => ({ collection, members: listMembers(collection) }))
		.filter(({ members }) => members.length > 0);
	const all = [...shown.filter(isPicker), ...collections.flatMap(({ members }) => members)];
	const added = collections.map(({ collection, members }) => [
		collection.name,
		Object.fromEntries(
			members.map(({ name, default: value }) => [name, { __rl: true, ...Object(value) }]),
		),
	]);
	return {
		name: Object.values(chosen).join(' '),
		nodeType: description.name,
		parameters: { ...chosen, ...Object.fromEntries(added) },
		pickers: all.filter(hasList).map(({ name }) => name),
		maps: all.filter(isMap).map(({ name }) => name),
	};
}

/** All panels with a picker or a map, of both action nodes. */
const allPanels = Object.values(actionNodes).flatMap(({ description }) => {
	const owners = description.properties.filter(
		(one) => isPicker(one) || listMembers(one).length > 0,
	);
	const panels = owners.flatMap(listParameters).map((one) => buildPanel(description, one));
	return [...new Map(panels.map((panel) => [panel.name, panel])).values()];
});

/**
 * Lists panels of both action nodes: those that together have every picker and every map of each resource,
 * and others, up to `count`.
 */
export function listPickerPanels(count: number): PickerPanel[] {
	const seen = new Set<string>();
	const first = allPanels.filter(({ parameters, pickers, maps }) => {
		const keys = [...pickers, ...maps].map((name) => `${String(parameters.resource)} ${name}`);
		const unseen = keys.filter((key) => !seen.has(key));
		unseen.forEach((key) => seen.add(key));
		return unseen.length > 0;
	});
	const others = allPanels.filter((panel) => !first.includes(panel));
	return [...first, ...others.slice(0, Math.max(0, count - first.length))];
}

/** Panels of both triggers, with every condition and option added. Neither has a picker. */
export const triggerPanels: PickerPanel[] = [new PersonaTrigger(), new PersonaPollingTrigger()].map(
	({ description }) => {
		const collections = description.properties.filter(({ type }) => type === 'collection');
		const added = collections.map(({ name, options = [] }) => [
			name,
			Object.fromEntries(
				options.flatMap((one) =>
					'displayName' in one && 'default' in one ? [[one.name, one.default]] : [],
				),
			),
		]);
		return {
			...{ name: description.displayName, nodeType: description.name, maps: [] },
			parameters: { events: ['inquiry.completed'], ...Object.fromEntries(added) },
			pickers: description.properties.filter(isPicker).map(({ name }) => name),
		};
	},
);
