import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StoredCredential } from '../../tools/n8n/n8nClient.mts';
import { fixtures, type RequestLogEntry } from '../../sandbox/sandbox.mts';
import type { SandboxProcess } from '../sandboxProcess.mts';
import type { NodeTemplate } from '../workflows.mts';

export const FILE_NAME = 'people.csv';

/** A server from which a workflow fetches the file that it uploads. */
export interface FileSource {
	/** The size of the file, in bytes; it may change between two runs. */
	bytes: number;
	url: string;
	close(): void;
}

/** Starts a server that returns a CSV file of accounts. The caller closes it. */
export async function startFileSource(): Promise<FileSource> {
	const head = 'reference_id,name_first\nuser-1,';
	const source = { bytes: head.length + 2, url: '', close: () => server.close() };
	const server = createServer((_, response) => {
		response.setHeader('content-type', 'text/csv');
		response.setHeader('content-disposition', `attachment; filename="${FILE_NAME}"`);
		response.end(`${head}${'x'.repeat(source.bytes - head.length - 1)}\n`);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	source.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${FILE_NAME}`;
	return source;
}

/** Builds the node that fetches the file; n8n keeps it on the disk. */
const buildFetchNode = ({ url }: FileSource): NodeTemplate => ({
	name: 'File',
	type: 'n8n-nodes-base.httpRequest',
	version: 4.2,
	parameters: { url, options: { response: { response: { responseFormat: 'file' } } } },
});

/** A way to send the file. */
export interface UploadSubject {
	name: string;
	/** The nodes after the manual trigger. */
	nodes: NodeTemplate[];
}

/** The same request by the Persona node and by n8n's HTTP Request node. */
export interface UploadPair {
	title: string;
	/** Where Persona receives it. */
	path: string;
	persona: UploadSubject;
	httpRequest: UploadSubject;
	/** How much of the memory of the HTTP Request node the package may take. */
	bar: number;
	remark: string;
}

const PERSONA = { name: 'Persona', type: 'n8n-nodes-persona.persona' };

const buildHttpRequestNode = (
	credential: StoredCredential,
	url: string,
	parameters: NodeTemplate['parameters'],
): NodeTemplate => ({
	name: 'HTTP Request',
	type: 'n8n-nodes-base.httpRequest',
	version: 4.5,
	credential,
	parameters: {
		...{ method: 'POST', url, sendBody: true, options: {} },
		...{ authentication: 'predefinedCredentialType', nodeCredentialType: 'personaApi' },
		...parameters,
	},
});

/** Builds the two uploads: a run of a workflow, which takes JSON, and an import, which takes a form. */
export function buildUploadPairs(
	source: FileSource,
	credential: StoredCredential,
	{ apiUrl }: SandboxProcess,
): UploadPair[] {
	const fetchNode = buildFetchNode(source);
	const runPath = `/workflows/${fixtures.workflow}/trigger`;
	const workflowId = { __rl: true, mode: 'id', value: fixtures.workflow };
	const importPath = '/importer/accounts';
	const file = `{ filename: '${FILE_NAME}', data: $json.data }`;
	return [
		{
			title: 'Workflow: Run, as JSON',
			bar: 1,
			remark:
				'the package reads the file from the disk part by part into the one body that is sent',
			path: runPath,
			persona: {
				name: 'Persona',
				nodes: [
					fetchNode,
					{
						...PERSONA,
						credential,
						parameters: {
							...{ resource: 'workflow', operation: 'run', workflowId, waitForResult: false },
							fieldsMode: 'json',
							fields: '{"account_id": "act_1"}',
							options: { files: '{"document": "data"}' },
						},
					},
				],
			},
			httpRequest: {
				name: 'Extract from File, HTTP Request',
				nodes: [
					fetchNode,
					// An expression cannot read a file that n8n keeps on the disk.
					{
						name: 'Extract from File',
						type: 'n8n-nodes-base.extractFromFile',
						version: 1,
						parameters: { operation: 'binaryToPropery' },
					},
					buildHttpRequestNode(credential, `${apiUrl}${runPath}`, {
						specifyBody: 'json',
						jsonBody: `={{ { data: { attributes: { fields: { account_id: 'act_1', document: ${file} } } } } }}`,
					}),
				],
			},
		},
		{
			title: 'Importer: Import, as a form',
			bar: 3,
			remark:
				'the HTTP Request node streams a form; the package holds it once, to send it again after a fault',
			path: importPath,
			persona: {
				name: 'Persona',
				nodes: [
					fetchNode,
					{
						...PERSONA,
						credential,
						parameters: {
							...{ resource: 'importer', operation: 'import', importType: 'account', file: 'data' },
							waitForResult: false,
						},
					},
				],
			},
			httpRequest: {
				name: 'HTTP Request',
				nodes: [
					fetchNode,
					buildHttpRequestNode(credential, `${apiUrl}${importPath}`, {
						contentType: 'multipart-form-data',
						bodyParameters: {
							parameters: [
								{
									parameterType: 'formBinaryData',
									name: 'data[attributes][file]',
									inputDataFieldName: 'data',
								},
							],
						},
					}),
				],
			},
		},
	];
}

/** Fetches the size of each request body that Persona has received on a path, in bytes of its JSON. */
export async function fetchBodySizes(sandbox: SandboxProcess, path: string): Promise<number[]> {
	const requests = await sandbox.fetchControl<RequestLogEntry[]>('/requests');
	return requests
		.filter((request) => request.method === 'POST' && request.path.endsWith(path))
		.map(({ body }) => JSON.stringify(body).length);
}
