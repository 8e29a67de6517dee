import { NodeHelpers, type INodeParameters, type INodeProperties } from 'n8n-workflow';
import { Persona } from '../../nodes/Persona/Persona.node.ts';

const { description } = new Persona();

/** The properties that n8n shows for a node with these parameters. */
export function getShownProperties(parameters: INodeParameters): INodeProperties[] {
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
export const locatorParameters = description.properties
	.filter(({ type }) => type === 'resourceLocator')
	.map(({ name }) => name);
