import type { INode } from 'n8n-workflow';
import { sampleFilesByForm } from './sampleFiles.mts';
import { samples, sampleOfCall } from './samples.mts';

/** How a workflow is started, other than by _Execute workflow_ in the editor. */
export type Start =
	/** A page of n8n. `needsSignIn`: only users of n8n see it. `files`: names of sample files to upload. */
	| { kind: 'page'; label: string; url: string; needsSignIn: boolean; files?: string[] }
	/** A request of your app, or of a step in a Persona workflow, with this body. */
	| { kind: 'request' | 'call'; node: string; url: string; method: string; body: string }
	| { kind: 'schedule'; node: string }
	| { kind: 'events'; events: string[] }
	/** A program connects to this address. */
	| { kind: 'address'; url: string };

const format = (value: unknown) => JSON.stringify(value, null, 2);

/** Lists how a workflow with these nodes is started, once it is published. */
export const listStarts = (nodes: INode[], n8nUrl: string): Start[] =>
	nodes.filter(({ disabled }) => !disabled).flatMap((node) => getStart(node, n8nUrl) ?? []);

function getStart(node: INode, n8nUrl: string): Start | undefined {
	const { type, name, parameters, webhookId = '' } = node;
	const needsSignIn = parameters.authentication === 'n8nUserAuth';
	const path = String(parameters.path || webhookId);
	const options = Object(parameters.options) as { path?: string };
	switch (type.split('.')[1]) {
		case 'formTrigger': {
			const formPath = options.path || path;
			return {
				...{ kind: 'page', label: 'Open the form', url: `${n8nUrl}/form/${formPath}` },
				...{ needsSignIn, files: sampleFilesByForm[formPath] },
			};
		}
		case 'chatTrigger': {
			const url = `${n8nUrl}/webhook/${webhookId}/chat`;
			return { kind: 'page', label: 'Open the chat', url, needsSignIn };
		}
		case 'webhook': {
			// Browsers are sent to those with GET, by other parts of the workflow.
			const method = String(parameters.httpMethod ?? 'GET');
			if (method === 'GET') return undefined;
			const body = format(samples[path] ?? {});
			return { kind: 'request', node: name, url: `${n8nUrl}/webhook/${path}`, method, body };
		}
		case 'scheduleTrigger':
			return { kind: 'schedule', node: name };
		case 'mcpTrigger':
			return { kind: 'address', url: `${n8nUrl}/mcp/${path}` };
		case 'personaPollingTrigger':
			return { kind: 'events', events: listEvents(node) };
		case 'personaTrigger':
			return parameters.receive === 'workflow'
				? {
						...{ kind: 'call', node: name, method: 'POST', body: format(sampleOfCall) },
						url: `${n8nUrl}/webhook/${webhookId}/webhook`,
					}
				: { kind: 'events', events: listEvents(node) };
		default:
			return undefined;
	}
}

const listEvents = ({ parameters: { events, moreEvents } }: INode) =>
	[events, moreEvents]
		.flat()
		.filter((event) => event !== undefined)
		.map(String);
