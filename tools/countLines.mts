import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file with its path within the folder that was counted. */
export interface FileLines {
	file: string;
	lines: number;
}

/** Counts the lines of each TypeScript file in a folder: all of them, empty ones and comments too. */
export async function countLines(folder: string): Promise<FileLines[]> {
	const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
	return await Promise.all(
		files.map(async (file) => {
			const text = await readFile(join(folder, file), 'utf8');
			return { file, lines: text.split('\n').length - 1 };
		}),
	);
}

/** Adds up the lines of files. */
export const sumLines = (files: FileLines[]) =>
	files.reduce((total, { lines }) => total + lines, 0);
