import type { INodePropertyMode } from 'n8n-workflow';
import { EVERYDAY_PREFIXES, ID_KINDS, type IdPrefix, REFERENCE_LISTS } from '../values/idKinds';

/** Mode of a locator, stored in workflows. */
export const REFERENCE_ID_MODE = 'referenceId';

/**
 * The check of n8n's panel for an ID or an address. A single one: n8n stops a run where one takes longer
 * than 250 ms, which happens on a busy machine. So it names the kinds together; `parseId` names one.
 */
function buildValidation(prefix: IdPrefix): INodePropertyMode['validation'] {
	const others = EVERYDAY_PREFIXES.filter((other) => other !== prefix);
	const kinds = others.map((other) => `${other}_ is ${ID_KINDS[other]}`).join(', ');
	const regex = `(?:.*\\b${prefix}_.*|(?!.*\\b(?:${others.join('|')})_).*)`;
	const errorMessage = `This is not the ID of ${ID_KINDS[prefix]}, which begins with ${prefix}_: ${kinds}`;
	return [{ type: 'regex', properties: { regex, errorMessage } }];
}

/** Builds a mode of n8n's resource locator. */
const buildMode = (
	type: INodePropertyMode['type'],
	name: string,
	displayName: string,
	more: Partial<INodePropertyMode>,
): INodePropertyMode => ({ displayName, name, type, ...more });

/**
 * Builds the modes of n8n's resource locator for an object: a list, if there is a method that searches,
 * and what the user can enter. Without `prefix`, the object may be of any kind.
 */
export function buildLocatorModes(
	sample: string,
	prefix?: IdPrefix,
	searchListMethod?: string,
): INodePropertyMode[] {
	const isNamed = prefix && EVERYDAY_PREFIXES.includes(prefix);
	const validation = isNamed ? { validation: buildValidation(prefix) } : {};
	// For `$parameter` in expressions; the node itself uses `parseId`.
	const regex = `^(?:[^?#]*/|.*[/=])?(${prefix}_[\\w-]+)`;
	const typeOptions = { searchListMethod, searchable: true };
	const list = buildMode('list', 'list', 'From List', { typeOptions });
	const url = buildMode('string', 'url', 'By URL', {
		placeholder: `e.g. https://app.withpersona.com/dashboard/…/${sample}`,
		...validation,
		...(prefix && { extractValue: { type: 'regex', regex } }),
	});
	const id = buildMode('string', 'id', 'By ID', { placeholder: `e.g. ${sample}`, ...validation });
	const reference = buildMode('string', REFERENCE_ID_MODE, 'By Reference ID', {
		placeholder: `e.g. ${prefix === 'txn' ? 'order-1234' : 'user-42'}`,
	});
	return [
		...(searchListMethod ? [list] : []),
		// A record is shown within its report.
		...(prefix === 'scrre' ? [] : [url]),
		id,
		...(prefix && REFERENCE_LISTS[prefix] ? [reference] : []),
	];
}
