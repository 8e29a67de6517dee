import { NodeOperationError, type INode } from 'n8n-workflow';
import { parseBoolean } from '../utils/parseBoolean';
import { parseList } from '../utils/parseList';
import { parseNumber } from '../utils/parseNumber';
import { isIncomplete } from '../utils/values/incompleteText';

/*
 * How both triggers read a value that the user has entered or that an expression returns. A value that
 * is empty or cannot be read never means "no condition" or "no limit": it is an error, which names the
 * field as the panel does.
 */

/** What reading values needs of n8n's contexts. */
interface NodeContext {
	getNode(): INode;
}

/** Creates an error that the user can fix. */
export const createUserError = (context: NodeContext, message: string) =>
	new NodeOperationError(context.getNode(), message, { level: 'info' });

/**
 * Reads a list in any form: an array, text with commas, or the text of a JSON list, whose entries may
 * contain commas. Empty if there are no entries. Throws if it is not a list of texts; `name` names it
 * in the error.
 */
export function readList(context: NodeContext, name: string, value: unknown): string[] {
	const parsed = parseList(value);
	if ('entries' in parsed) return parsed.entries;
	const { finding, advice } = parsed.problem;
	throw createUserError(context, `${name} ${finding}. ${advice}`);
}

/** Throws if a text lacks what its expression should have given; `stored` is it with its expressions. */
export function requireComplete(
	context: NodeContext,
	name: string,
	value: unknown,
	stored: unknown,
) {
	if (!isIncomplete(value, stored)) return;
	throw createUserError(
		context,
		`${name} is incomplete: ${JSON.stringify(value.slice(-40))}. Its expression found nothing: check it.`,
	);
}

/** Reads a switch. Throws if it is neither on nor off; `name` names it in the error. */
export function readBoolean(context: NodeContext, name: string, value: unknown): boolean {
	const parsed = parseBoolean(value);
	if (parsed !== undefined) return parsed;
	throw createUserError(context, `${name} ${describeWrong(value)}. It must be true or false.`);
}

/** Reads a number within limits. Throws if it is none; `advice` ends the error. */
export function readNumber(
	context: NodeContext,
	name: string,
	value: unknown,
	{ min, max = Infinity, advice = '' }: { min: number; max?: number; advice?: string },
): number {
	const parsed = parseNumber(value);
	if (parsed !== undefined && parsed >= min && parsed <= max) return parsed;
	const limits = max === Infinity ? `${min} or more` : `from ${min} to ${max}`;
	throw createUserError(
		context,
		`${name} ${describeWrong(value)}. It must be a number: ${limits}.${advice && ` ${advice}`}`,
	);
}

/** Says what is wrong with a value, without long texts. */
export function describeWrong(value: unknown): string {
	const { entries } = parseList(value) as { entries?: string[] };
	if (entries?.length === 0) return 'is empty';
	if (typeof value === 'number') return `is ${value}`;
	const isShortText = typeof value === 'string' && value.length < 40;
	return isShortText ? `is ${JSON.stringify(value)}` : 'is of the wrong kind';
}
