import { randomText } from '../ids.mts';
import type { World } from '../world.mts';
import { picture } from './picture.mts';
import { video } from './video.mts';

/** A file that the file host serves. */
export interface StoredFile {
	name: string;
	bytes: number;
}

/** A new photo; `what` decides how it looks and how its name begins. */
export const photo = (world: World, what: string) =>
	stored(world, what, 'png', 'image/png', picture);

/** A new recording. */
export const recording = (world: World, what: string) =>
	stored(world, what, 'mp4', 'video/mp4', video);

// The same few files serve everybody: drawing them anew would slow thousands of inquiries down.
const drawn = new Map<string, Buffer>();

function stored(
	world: World,
	what: string,
	ending: string,
	mime: string,
	draw: (what: string) => Buffer,
): StoredFile {
	const bytes = drawn.get(what) ?? draw(what);
	drawn.set(what, bytes);
	const name = `${what}-${randomText(12)}.${ending}`;
	world.files.set(name, { mime, bytes });
	return { name, bytes: bytes.length };
}
