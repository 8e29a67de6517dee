import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { Persona } from '../../nodes/Persona/Persona.node.ts';

const { description: ownDescription } = new Persona();

/** The properties that n8n shows for a node with these parameters; by default for the Persona node. */
export function getShownProperties(
	parameters: INodeParameters,
	description: INodeTypeDescription = ownDescription,
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
export const locatorParameters = ownDescription.properties
	.filter(({ type }) => type === 'resourceLocator')
	.map(({ name }) => name);
