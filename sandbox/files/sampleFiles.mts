import type { StoredFile } from '../state/fileLinks.mts';
import { createRandomText } from '../state/ids.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import { createMp4 } from './mp4.mts';
import { createPng } from './png.mts';

/** Stores a new photo; `subject` determines its color and the start of its name. */
export const createPhoto = (state: SandboxState, subject: string) =>
	storeSample(state, subject, 'png', 'image/png', createPng);

/** Stores a new recording. */
export const createRecording = (state: SandboxState, subject: string) =>
	storeSample(state, subject, 'mp4', 'video/mp4', createMp4);

// By subject. Drawing a file for each of thousands of inquiries would slow them down.
const drawnFiles = new Map<string, Buffer>();

function storeSample(
	state: SandboxState,
	subject: string,
	extension: string,
	mimeType: string,
	draw: (subject: string) => Buffer,
): StoredFile {
	const bytes = drawnFiles.get(subject) ?? draw(subject);
	drawnFiles.set(subject, bytes);
	const name = `${subject}-${createRandomText(12)}.${extension}`;
	state.files.set(name, { mimeType, bytes });
	return { name, byteSize: bytes.length };
}
