import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { actionNodes, getActionNode } from './actionNodes.mts';

/** The properties that n8n shows for a node with these parameters; by default the one of their resource. */
export function getShownProperties(
	parameters: INodeParameters,
	{ description }: { description: INodeTypeDescription } = getActionNode(parameters.resource),
): INodeProperties[] {
	const node = { typeVersion: 1, parameters };
	const values = NodeHelpers.getNodeParameters(
		description.properties,
		parameters,
		true,
		false,
		node,
		description,
	);
	return description.properties.filter((property) =>
		NodeHelpers.displayParameter(values ?? {}, property, node, description),
	);
}

/** The names of the parameters that are resource locators. */
export const locatorParameters = Object.values(actionNodes)
	.flatMap(({ description }) => description.properties)
	.filter(({ type }) => type === 'resourceLocator')
	.map(({ name }) => name);
