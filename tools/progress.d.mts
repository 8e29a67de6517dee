/** Runs named pieces of work and shows how long each takes. */
export interface Steps {
	/** `note` puts a word behind the title while the work goes on, and at its end. */
	step<T>(title: string, work: (note: (text: string) => void) => Promise<T> | T): Promise<T>;
	print(line: string): void;
}

export function duration(ms: number): string;
export function toldOf(error: Error): string;
export function createSteps(out?: NodeJS.WriteStream): Steps;
