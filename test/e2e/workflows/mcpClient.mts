import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { installN8n } from '../../../tools/n8n/installN8n.mts';

/** A tool as an MCP server offers it. */
export interface McpTool {
	name: string;
	description: string;
	inputSchema: { properties?: IDataObject; required?: string[] };
}

/** What a tool has answered. */
interface McpToolResult {
	content: Array<{ type: string; text: string }>;
	isError?: boolean;
}

/** The parts of the official client that the tests use. */
interface McpClient {
	connect(transport: unknown): Promise<void>;
	listTools(): Promise<{ tools: McpTool[] }>;
	callTool(call: { name: string; arguments: IDataObject }): Promise<McpToolResult>;
	close(): Promise<void>;
}

type Constructor<Instance, Arguments extends unknown[]> = new (...given: Arguments) => Instance;

/** The official client of MCP, `@modelcontextprotocol/sdk`, which every n8n brings along. */
interface McpSdk {
	Client: Constructor<McpClient, [{ name: string; version: string }]>;
	StreamableHTTPClientTransport: Constructor<
		unknown,
		[URL, { requestInit: { headers: Record<string, string> } }]
	>;
}

/**
 * Connects the official client of MCP to a server over HTTP, with these headers. The caller closes it.
 * Throws if the server refuses.
 */
export async function connectMcpClient(
	url: string,
	headers: Record<string, string>,
): Promise<McpClient> {
	const { folder } = await installN8n();
	const load = createRequire(join(folder, 'package.json')) as (name: string) => Partial<McpSdk>;
	const { Client, StreamableHTTPClientTransport } = {
		...load('@modelcontextprotocol/sdk/client/index.js'),
		...load('@modelcontextprotocol/sdk/client/streamableHttp.js'),
	} as McpSdk;
	const client = new Client({ name: 'n8n-nodes-persona', version: '1.0.0' });
	await client.connect(
		new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
	);
	return client;
}
