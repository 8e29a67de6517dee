import type { IDataObject } from 'n8n-workflow';

/** Whether a value is an object with keys of its own, not a list and not null. */
export const isRecord = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The entries of a list that are objects; none if it is no list. */
export const getRecords = <T extends object = IDataObject>(list: unknown): T[] =>
	Array.isArray(list) ? (list.filter(isRecord) as T[]) : [];
