import type { IDataObject } from 'n8n-workflow';
import { isRecord } from './isRecord';
import { setMember } from './setMember';

/**
 * Copies the members at these paths, in this order; one that is missing is left out. A dot leads into
 * an object, and into each object of a list: `checks.name`.
 */
export function pickMembers(source: IDataObject, paths: string[]): IDataObject {
	const picked: IDataObject = {};
	for (const path of paths) copyMember(picked, source, path.split('.'));
	return picked;
}

function copyMember(target: IDataObject, source: IDataObject, [name, ...rest]: string[]) {
	if (!Object.hasOwn(source, name)) return;
	const value = source[name];
	if (rest.length > 0 && isRecord(value) && !hasMember(value, rest.join('.'))) return;
	const known = Object.hasOwn(target, name) ? target[name] : undefined;
	setMember(target, name, rest.length > 0 ? copyInto(known, value, rest) : value);
}

/** Copies a member of a value, or of each entry of a list, into what was copied of it before. */
function copyInto(known: unknown, value: unknown, path: string[]): unknown {
	if (Array.isArray(value)) {
		const copies = Array.isArray(known) ? known : [];
		return value.map((entry, index) => copyInto(copies[index], entry, path));
	}
	if (!isRecord(value)) return value;
	const copy: IDataObject = isRecord(known) ? known : {};
	copyMember(copy, value, path);
	return copy;
}

/** Whether there is a member at a path, in one of the objects where it leads through a list. */
export function hasMember(source: unknown, path: string): boolean {
	if (Array.isArray(source)) return source.some((entry) => hasMember(entry, path));
	if (!isRecord(source)) return false;
	const [name, ...rest] = path.split('.');
	if (!Object.hasOwn(source, name)) return false;
	return rest.length === 0 || hasMember(source[name], rest.join('.'));
}
