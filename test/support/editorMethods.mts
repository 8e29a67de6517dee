import './n8nFolder.mts';
import { LoadOptionsContext } from 'n8n-core';
import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';
import { listSearch } from '../../nodes/Persona/methods/listSearch.ts';
import { resourceMapping } from '../../nodes/Persona/methods/resourceMapping.ts';
import { buildAdditionalData, NODE_NAME, buildWorkflow } from './workflow.mts';

function createContext(
	credentials: ICredentialDataDecryptedObject,
	parameters: INodeParameters = {},
) {
	const workflow = buildWorkflow({ parameters });
	return new LoadOptionsContext(
		workflow,
		workflow.nodes[NODE_NAME],
		{ ...buildAdditionalData(workflow, credentials), currentNodeParameters: parameters },
		'',
	);
}

/** Fetches one page of a list, as the editor does for a node with these parameters. */
export const runListSearch = async (
	method: keyof typeof listSearch,
	credentials: ICredentialDataDecryptedObject,
	filter?: string,
	token?: string,
	parameters?: INodeParameters,
) => await listSearch[method].call(createContext(credentials, parameters), filter, token);

/** Fetches the columns of a map, as the editor does for a node with these parameters. */
export const runResourceMapping = async (
	method: keyof typeof resourceMapping,
	credentials: ICredentialDataDecryptedObject,
	parameters: INodeParameters,
) => await resourceMapping[method].call(createContext(credentials, parameters));
