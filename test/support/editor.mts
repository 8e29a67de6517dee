import './environment.mts';
import { LoadOptionsContext } from 'n8n-core';
import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';
import { pickers } from '../../nodes/Persona/methods/pickers.ts';
import { additionalData, NODE, workflowOf } from './workflow.mts';

function contextOf(credentials: ICredentialDataDecryptedObject, parameters: INodeParameters = {}) {
	const workflow = workflowOf({ parameters });
	return new LoadOptionsContext(
		workflow,
		workflow.nodes[NODE],
		{ ...additionalData(workflow, credentials), currentNodeParameters: parameters },
		'',
	);
}

/** One page of a list in the editor, as it asks for it. */
export const pick = async (
	method: keyof typeof pickers.listSearch,
	credentials: ICredentialDataDecryptedObject,
	filter?: string,
	token?: string,
) => await pickers.listSearch[method].call(contextOf(credentials), filter, token);

/** The columns of a map in the editor, for a node with these parameters. */
export const columns = async (
	method: keyof typeof pickers.resourceMapping,
	credentials: ICredentialDataDecryptedObject,
	parameters: INodeParameters,
) => await pickers.resourceMapping[method].call(contextOf(credentials, parameters));
