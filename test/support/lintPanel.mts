import { spawn } from 'node:child_process';
import { inspect } from 'node:util';
import type { INodeProperties } from 'n8n-workflow';

const FILE = 'nodes/Persona/Persona.node.ts';

const printLiteral = (value: unknown) =>
	inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null });

/** The source of a node with all properties in one literal, as n8n's rules expect it. */
const buildNodeSource = (properties: unknown) => `
import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

export class Persona implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Persona',
		name: 'persona',
		icon: { light: 'file:../../icons/persona.svg', dark: 'file:../../icons/persona.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"]}}',
		description: 'Verify people and businesses',
		defaults: { name: 'Persona' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: ${printLiteral(properties)},
	};
}
`;

interface Result {
	messages: Array<{ ruleId: string | null; message: string; line: number }>;
}

/** Runs n8n's own lint rules on a panel. Returns each problem with its line. */
export async function lintPanel(properties: INodeProperties[]): Promise<string[]> {
	const text = buildNodeSource(JSON.parse(JSON.stringify(properties)));
	const eslint = spawn(
		process.execPath,
		[
			'node_modules/eslint/bin/eslint.js',
			...['--stdin', '--stdin-filename', FILE, '--format', 'json'],
		],
		{
			// With `test`, the rules treat every file as one of their own test files.
			env: { ...process.env, NODE_ENV: undefined },
		},
	);
	const output: Buffer[] = [];
	eslint.stdout.on('data', (chunk: Buffer) => output.push(chunk));
	eslint.stderr.on('data', (chunk: Buffer) => output.push(chunk));
	eslint.stdin.end(text);
	await new Promise((resolve) => eslint.on('close', resolve));
	const [{ messages }] = JSON.parse(Buffer.concat(output).toString()) as Result[];
	const lines = text.split('\n');
	return messages.map(
		({ ruleId, message, line }) => `${ruleId ?? 'syntax'}: ${message} | ${lines[line - 1]}`,
	);
}
