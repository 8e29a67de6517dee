/** Runs named steps and shows how long each takes. */
export interface Progress {
	/** Runs `work` as a step. `note` sets a remark that is shown behind the title, also at the end. */
	runStep<T>(title: string, work: (note: (text: string) => void) => Promise<T> | T): Promise<T>;
	print(line: string): void;
}

export function formatDuration(ms: number): string;
export function formatError(error: Error): string;
export function createProgress(out?: NodeJS.WriteStream): Progress;
