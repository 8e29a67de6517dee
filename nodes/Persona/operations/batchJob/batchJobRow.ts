import type { IDataObject } from 'n8n-workflow';
import type { ItemContext } from '../../engine/types';
import { toParameterName } from '../../fields/encodeValue';
import { isRecord } from '../../utils/isRecord';

/** Which objects a job works on, and by which member of a row it finds them. */
export interface RowTarget {
	object: string;
	operation: string;
	/** The member of a row, as Persona spells it: `token` or `reference_id`. */
	lookupField: string;
	/** The label of its field in the panel. */
	label: string;
}

/**
 * Converts the names of an item's fields: Persona asks for snake_case in rows, whatever the case of
 * other names is. Fails the item if two names become the same.
 */
function toSnakeCase(context: ItemContext, fields: IDataObject): IDataObject {
	const entries = Object.entries(fields).map(([name, value]) => [name.replaceAll('-', '_'), value]);
	const names = entries.map(([name]) => name);
	const twice = names.find((name, index) => names.indexOf(name) < index);
	if (twice !== undefined) {
		context.fail(
			`'Fields' has '${String(twice)}' twice`,
			'Persona asks for _ in the names of rows, so - is sent as _. Remove one of the two.',
		);
	}
	return Object.fromEntries(entries) as IDataObject;
}

/** Fails the item if the ID by which Persona shall find an object is none of such an object. */
function checkToken(context: ItemContext, { object, label }: RowTarget, token: string) {
	const prefix = object === 'account' ? 'act' : 'inq';
	if (new RegExp(`^${prefix}_[\\w-]{1,90}$`).test(token)) return;
	const found = /^[\w-]{1,40}$/.test(token) ? `: '${token}'` : '';
	context.fail(
		`'${label}' is not the ID of an ${object}${found}`,
		`It begins with ${prefix}_.${object === 'account' ? " To find accounts by your own ID, choose another 'Job'." : ''}`,
	);
}

/**
 * Builds the flat row of an item from its lookup value and its fields. Fails the item if the lookup
 * value is no ID, the fields have another one, or the row would change nothing.
 */
export function buildRow(context: ItemContext, given: IDataObject, target: RowTarget): IDataObject {
	const { lookupField, label, operation } = target;
	const { fields, [lookupField]: lookup } = given;
	const value = String(lookup);
	context.requireComplete(label, value, context.readRaw(toParameterName(`rows.${lookupField}`)));
	if (lookupField === 'token') checkToken(context, target, value);
	const row = toSnakeCase(context, isRecord(fields) ? fields : {});
	if (Object.hasOwn(row, lookupField)) {
		context.fail(
			`'Fields' contains '${lookupField}', which '${label}' sets`,
			"Remove it from 'Fields'.",
		);
	}
	if (operation === 'update' && Object.keys(row).length === 0) {
		context.fail("'Fields' is empty", 'The row would change nothing. Enter at least one value.');
	}
	return { [lookupField]: value, ...row };
}
