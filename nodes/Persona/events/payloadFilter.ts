import type { IDataObject } from 'n8n-workflow';
import { findEmptyPart } from '../utils/findEmptyPart';
import { getRecords, isRecord } from '../utils/isRecord';
import { findBrokenText, type ValueProblem } from '../utils/values/brokenText';

/** The members of one of Persona's objects, by JSON:API. A custom event has others. */
const MEMBERS = ['attributes', 'id', 'relationships', 'type'];

/** Which events a filter is for, as far as that decides which names can be in them. */
interface FilteredEvents {
	/** There may be custom events among them, whose payload is the user's own. */
	mayBeCustom: boolean;
	/** Names of attributes and relationships are written with dashes. */
	isKebab: boolean;
}

/**
 * The path of the first name that no event has. Persona compares names letter by letter, so that it would
 * skip every event (docs.withpersona.com/webhook-event-filters). Its operators begin with a dollar sign.
 */
function findUnknownName(filter: IDataObject, isKebab: boolean): string | undefined {
	for (const [name, part] of Object.entries(filter)) {
		if (name.startsWith('$')) {
			const found = getRecords(part).map((one) => findUnknownName(one, isKebab));
			const index = found.findIndex((one) => one !== undefined);
			if (index >= 0) return `${name}.${index}.${found[index]}`;
			continue;
		}
		if (!MEMBERS.includes(name)) return name;
		if (!isKebab || !isRecord(part)) continue;
		const inner = Object.keys(part).find((key) => !key.startsWith('$') && /[A-Z_]/.test(key));
		if (inner !== undefined) return `${name}.${inner}`;
	}
	return undefined;
}

/**
 * What is wrong with the filter of a webhook's payloads: a part is empty, so that it would exclude less than
 * is meant, or no event has a name in it, so that all would be excluded. Undefined if nothing is.
 */
export function findFilterProblem(
	filter: IDataObject,
	{ mayBeCustom, isKebab }: FilteredEvents,
): ValueProblem | undefined {
	const emptyPart = findEmptyPart(filter);
	if (emptyPart !== undefined) {
		return {
			finding: `is empty at '${emptyPart}'`,
			advice: 'Give it a value, or remove it: an empty part would let the wrong events through.',
		};
	}
	const broken = findBrokenText(JSON.stringify(filter));
	const unknown = broken || mayBeCustom ? undefined : findUnknownName(filter, isKebab);
	if (unknown === undefined) return broken;
	return {
		finding: `has '${unknown}', which no event has there, so Persona would send none`,
		advice: `Begin with ${MEMBERS.join(', ')}, without the 'data' around them${isKebab ? ', and write names with dashes, e.g. reference-id' : ''}.`,
	};
}
