import type { IDataObject } from 'n8n-workflow';

/**
 * Sets a member whose name others have chosen. JSON allows `__proto__`, with which an assignment would
 * replace the prototype instead.
 */
export function setMember(target: IDataObject, name: string, value: unknown) {
	if (name === '__proto__') {
		Object.defineProperty(target, name, {
			value,
			configurable: true,
			enumerable: true,
			writable: true,
		});
	} else target[name] = value as IDataObject;
}
