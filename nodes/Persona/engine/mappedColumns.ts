import type { IDataObject, ResourceMapperValue } from 'n8n-workflow';
import type { ItemContext } from './types';

const hasValue = (value: unknown) => value !== undefined && value !== null && value !== '';

/** Reads a map that the user entered column by column. */
export function readMappedColumns(context: ItemContext, parameter: string): IDataObject {
	const { mappingMode, value, schema } = context.readParameter<Partial<ResourceMapperValue>>(
		`${parameter}Columns`,
	);
	const { json } = context.run.node.getInputData()[context.itemIndex];
	const source: IDataObject = mappingMode === 'autoMapInputData' ? json : (value ?? {});
	const keys = (schema ?? []).filter(({ removed }) => !removed).map(({ id }) => id);
	const entries = Object.entries(source);
	return Object.fromEntries(
		entries.filter(([key, member]) => keys.includes(key) && hasValue(member)),
	);
}
