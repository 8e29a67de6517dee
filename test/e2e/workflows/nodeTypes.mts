import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { N8nClient } from '../../../tools/n8n/n8nClient.mts';

/** What an n8n knows of its nodes. */
export interface NodeTypes {
	/** The description for the version that a node was made with; throws where there is none. */
	findDescription(node: INode): INodeTypeDescription;
	/** The types of the credentials that a node asks for, with the parameters it has. */
	getCredentialTypes(node: INode): string[];
	/** What the editor would complain about in a node, besides credentials that are not chosen. */
	findIssues(node: INode): string[];
}

/** Reads the descriptions that n8n gives its editor. */
export async function fetchNodeTypes(client: N8nClient): Promise<NodeTypes> {
	const all = (await client.fetchNodeTypes()) as unknown as INodeTypeDescription[];

	const descriptionOf = ({ type, typeVersion }: INode) => {
		const found = all.find(
			({ name, version }) => name === type && [version].flat().includes(typeVersion),
		);
		if (!found) throw new Error(`n8n does not know ${type} of version ${typeVersion}`);
		return found;
	};

	/** A node with the defaults of all parameters that are shown. */
	const filled = (node: INode, description: INodeTypeDescription): INode => {
		const { properties } = description;
		const given = NodeHelpers.getNodeParameters(
			properties,
			node.parameters,
			true,
			false,
			node,
			description,
		);
		return { ...node, parameters: given ?? ({} as INodeParameters) };
	};

	return {
		findDescription: descriptionOf,

		getCredentialTypes(node) {
			const description = descriptionOf(node);
			const { parameters } = filled(node, description);
			return (description.credentials ?? [])
				.filter((credential) =>
					NodeHelpers.displayParameter(parameters, credential, node, description),
				)
				.map(({ name }) => name);
		},

		findIssues(node) {
			const description = descriptionOf(node);
			const { properties } = description;
			const whole = filled(node, description);
			const issues = NodeHelpers.getNodeParametersIssues(properties, whole, description);
			return Object.values(issues?.parameters ?? {}).flat();
		},
	};
}
