import { toCamelCase, isRecord } from '../transport/simplify';
import type { PersonaEvent } from './event';

/** What can be asked of the object that an event is about. */
type Condition = 'accountId' | 'objectId' | 'referenceId' | 'status' | 'tags' | 'templateId';

/** Values of which the object of an event must have one each; an absent or empty list asks nothing. */
export type EventConditions = Partial<Record<Condition, string[]>>;

/** Webhooks registered by hand may spell names in any of Persona's three ways. */
const named = (members: unknown, isWanted: (name: string) => boolean): unknown[] =>
	isRecord(members)
		? Object.entries(members)
				.filter(([name]) => isWanted(toCamelCase(name)))
				.map(([, value]) => value)
		: [];

const texts = (values: unknown[]) =>
	values.flat().filter((value): value is string => typeof value === 'string');

const idsIn = (relationships: unknown, isWanted: (name: string) => boolean) => {
	const references = named(relationships, isWanted).flatMap((one) =>
		isRecord(one) ? [one.data].flat() : [],
	);
	return texts(references.map((one) => (isRecord(one) ? one.id : undefined)));
};

/** Statuses read the same as in the dashboard: `Needs Review` is `needs_review`. */
const comparable = (status: string) => status.toLowerCase().replace(/[\s_-]+/g, '_');

function extractConditionValues({
	attributes: { payload },
}: PersonaEvent): Record<string, string[]> {
	const { data } = isRecord(payload) ? payload : {};
	const { id, type, attributes, relationships } = isRecord(data) ? data : {};
	const attribute = (name: string) => texts(named(attributes, (other) => other === name));
	return {
		accountId: [
			...(type === 'account' ? texts([id]) : []),
			...idsIn(relationships, (name) => /^accounts?$/.test(name)),
		],
		objectId: texts([id]),
		referenceId: attribute('referenceId'),
		status: attribute('status').map(comparable),
		tags: attribute('tags'),
		templateId: idsIn(relationships, (name) => /template(Version)?$/i.test(name)),
	};
}

/** Whether all conditions hold for the object of an event: of each, one of its values. */
export function matches(event: PersonaEvent, onlyWhen: EventConditions): boolean {
	const facts = extractConditionValues(event);
	return Object.entries(onlyWhen).every(([name, wanted]) => {
		if (wanted.length === 0) return true;
		const values = name === 'status' ? wanted.map(comparable) : wanted;
		return values.some((value) => facts[name]?.includes(value));
	});
}

/**
 * Whether an event may pass once its object is read anew: the ID and the templates never change. A
 * webhook can be set to leave all relationships out, and then nothing is known of the templates.
 */
export function canStillMatch(
	event: PersonaEvent,
	{ objectId = [], templateId = [] }: EventConditions,
): boolean {
	const { payload } = event.attributes;
	const { data } = isRecord(payload) ? payload : {};
	const { relationships } = isRecord(data) ? data : {};
	const isTold = isRecord(relationships) && Object.keys(relationships).length > 0;
	return matches(event, { objectId, templateId: isTold ? templateId : [] });
}
