export interface CommandOptions {
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	signal?: AbortSignal;
	/** Prints the command's output as it comes. It is returned in any case. */
	showOutput?: boolean;
}

export class CommandError extends Error {
	readonly output: string;
	readonly code: number | string;
}

export function signalProcessGroup(pid: number, signal: NodeJS.Signals): void;
export function runCommand(file: string, args: string[], options?: CommandOptions): Promise<string>;
