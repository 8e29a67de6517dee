import type { INodeType, NodeParameterValueType } from 'n8n-workflow';
import { getNodeName } from '../../nodes/Persona/engine/operationRules.ts';
import type { NodeName } from '../../nodes/Persona/engine/types.ts';
import { Persona } from '../../nodes/Persona/Persona.node.ts';
import { PersonaAdmin } from '../../nodes/Persona/PersonaAdmin.node.ts';
import { table } from '../../nodes/Persona/resources/index.ts';

/** The action nodes, one of each for all tests: building a panel takes longer than most of them. */
export const actionNodes: Record<NodeName, INodeType> = {
	Persona: new Persona(),
	'Persona Admin': new PersonaAdmin(),
};

/** The name of the action node that offers a resource; Persona if the table does not have it. */
export function findNodeName(value?: NodeParameterValueType): NodeName {
	const resource = table.resources.find((candidate) => candidate.value === value);
	return resource ? getNodeName(resource) : 'Persona';
}

/** n8n derives a tool from each node, of whose panel it shows more. */
export const toTool = (node: INodeType): INodeType =>
	Object.assign(Object.create(node) as INodeType, {
		description: { ...node.description, name: `${node.description.name}Tool` },
	});

/** The action node that offers a resource. */
export const getActionNode = (value?: NodeParameterValueType) => actionNodes[findNodeName(value)];
