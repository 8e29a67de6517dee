export interface CommandOptions {
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	signal?: AbortSignal;
	/** Passes on what the command prints, besides keeping it. */
	show?: boolean;
}

export class CommandFailed extends Error {
	readonly output: string;
	readonly code: number | string;
}

export function signalGroup(pid: number, signal: NodeJS.Signals): void;
export function command(file: string, args: string[], options?: CommandOptions): Promise<string>;
