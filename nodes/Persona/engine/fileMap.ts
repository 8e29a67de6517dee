import type { IDataObject } from 'n8n-workflow';
import type { FailItem } from '../transport/errors';
import { findStoredFile } from '../transport/uploads';
import { setMember } from '../utils/setMember';
import type { Field } from '../fields/types';
import type { ItemContext } from './types';
import { isPlainObject } from '../values/plainValues';

/**
 * Fails where a value refers to a file that Persona has stored, at any depth. Running a workflow or an
 * account action, Persona takes only the content of a file, also in values that no schema declares
 * (https://docs.withpersona.com/updates/changelog/2026/10/27).
 */
export function checkStoredFiles(
	{ takesFiles }: Field,
	value: unknown,
	label: string,
	fail: FailItem,
): void {
	const path = takesFiles === 'contentOnly' ? findStoredFile(value) : undefined;
	if (!path) return;
	const place = path.length > 0 ? ` in '${path.join('.')}'` : '';
	fail(
		`'${label}' refers to a file that Persona has stored${place}`,
		"Persona takes only the file itself here. Download it in a node before this one, e.g. with Document > Download Files, and name its binary field: under 'Options' > 'Files', or in the column of the mapping.",
	);
}

/**
 * Adds the files of the option "Files" to a map, which may be undefined. Fails the item if a name is
 * no binary field, or if the map has a value in the same place.
 */
export async function addFiles(
	context: ItemContext,
	{ displayName }: Field,
	map: unknown,
): Promise<IDataObject> {
	const names = context.readSetting<IDataObject>('files');
	const target = (map ?? {}) as IDataObject;
	await addTo(context, target, names, displayName, []);
	return target;
}

async function addTo(
	context: ItemContext,
	target: IDataObject,
	names: IDataObject,
	label: string,
	path: string[],
): Promise<void> {
	for (const [key, name] of Object.entries(names)) {
		const place = [...path, key];
		const nested = isPlainObject(name) ? name : undefined;
		const given = Object.hasOwn(target, key) ? target[key] : undefined;
		if (given !== undefined && !(nested && isPlainObject(given))) {
			context.fail(
				`'Files' and '${label}' both have a value for '${place.join('.')}'`,
				'Remove it from one of them.',
			);
		}
		if (nested) {
			const inner = (given ?? {}) as IDataObject;
			setMember(target, key, inner);
			await addTo(context, inner, nested, label, place);
			continue;
		}
		const readFile = async (binaryField: unknown) =>
			await context.readFile(String(binaryField), `Files: ${place.join('.')}`);
		const file = Array.isArray(name) ? await Promise.all(name.map(readFile)) : await readFile(name);
		setMember(target, key, file);
	}
}
