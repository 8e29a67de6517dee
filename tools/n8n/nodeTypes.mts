import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { N8nClient, StoredCredential } from './n8nClient.mts';

/** The node types of an n8n. */
export interface NodeTypes {
	/** Finds the description of a node's type and version. Throws when there is none. */
	findDescription(node: INode): INodeTypeDescription;
	/** Returns the types of the credentials that a node needs with its parameters. */
	getCredentialTypes(node: INode): string[];
	/**
	 * Selects a credential of each type that a node needs, by its type, as a user does in the editor.
	 * Throws when there is none of a type.
	 */
	selectCredentials(node: INode, credentials: Record<string, StoredCredential>): INode;
	/** Finds the issues that the editor would show for a node, except missing credentials. */
	findIssues(node: INode): string[];
}

/** Fetches the node types that n8n's editor uses. */
export async function fetchNodeTypes(client: N8nClient): Promise<NodeTypes> {
	const all = (await client.fetchNodeTypes()) as unknown as INodeTypeDescription[];

	const findDescription = ({ type, typeVersion }: INode) => {
		const description = all.find(
			({ name, version }) => name === type && [version].flat().includes(typeVersion),
		);
		if (!description) throw new Error(`n8n does not know ${type} of version ${typeVersion}`);
		return description;
	};

	/** Returns a node with the defaults of all parameters that are shown. */
	const fillDefaults = (node: INode, description: INodeTypeDescription): INode => {
		const { properties } = description;
		const parameters = NodeHelpers.getNodeParameters(
			properties,
			node.parameters,
			true,
			false,
			node,
			description,
		);
		return { ...node, parameters: parameters ?? ({} as INodeParameters) };
	};

	const nodeTypes: NodeTypes = {
		findDescription,

		getCredentialTypes(node) {
			const description = findDescription(node);
			const { parameters } = fillDefaults(node, description);
			const types = (description.credentials ?? [])
				.filter((credential) =>
					NodeHelpers.displayParameter(parameters, credential, node, description),
				)
				.map(({ name }) => name);
			// The HTTP Request node names another service's credential in a parameter.
			const { authentication, nodeCredentialType } = parameters;
			const isNamed = authentication === 'predefinedCredentialType';
			return isNamed ? [...types, String(nodeCredentialType)] : types;
		},

		selectCredentials(node, credentials) {
			const selected = nodeTypes.getCredentialTypes(node).map((type) => {
				const credential = credentials[type];
				if (!credential) throw new Error(`"${node.name}" needs ${type}, which no service here has`);
				return [type, { id: credential.id, name: credential.name }];
			});
			return selected.length > 0 ? { ...node, credentials: Object.fromEntries(selected) } : node;
		},

		findIssues(node) {
			const description = findDescription(node);
			const { properties } = description;
			const filledNode = fillDefaults(node, description);
			const issues = NodeHelpers.getNodeParametersIssues(properties, filledNode, description);
			return Object.values(issues?.parameters ?? {}).flat();
		},
	};
	return nodeTypes;
}
