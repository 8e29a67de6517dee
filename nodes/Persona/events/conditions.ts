import { camelCase, isObject } from '../transport/simplify';
import type { PersonaEvent } from './event';

/** What can be asked of the object that an event is about. */
type Condition = 'accountId' | 'objectId' | 'referenceId' | 'status' | 'tags' | 'templateId';

/** Values of which the object of an event must have one each; an absent or empty list asks nothing. */
export type OnlyWhen = Partial<Record<Condition, string[]>>;

/** Webhooks registered by hand may spell names in any of Persona's three ways. */
const named = (members: unknown, isWanted: (name: string) => boolean): unknown[] =>
	isObject(members)
		? Object.entries(members)
				.filter(([name]) => isWanted(camelCase(name)))
				.map(([, value]) => value)
		: [];

const texts = (values: unknown[]) =>
	values.flat().filter((value): value is string => typeof value === 'string');

const idsIn = (relationships: unknown, isWanted: (name: string) => boolean) => {
	const references = named(relationships, isWanted).flatMap((one) =>
		isObject(one) ? [one.data].flat() : [],
	);
	return texts(references.map((one) => (isObject(one) ? one.id : undefined)));
};

/** Statuses read the same as in the dashboard: `Needs Review` is `needs_review`. */
const comparable = (status: string) => status.toLowerCase().replace(/[\s_-]+/g, '_');

function factsOf({ attributes: { payload } }: PersonaEvent): Record<string, string[]> {
	const { data } = isObject(payload) ? payload : {};
	const { id, type, attributes, relationships } = isObject(data) ? data : {};
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
export function passes(event: PersonaEvent, onlyWhen: OnlyWhen): boolean {
	const facts = factsOf(event);
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
export function mayPass(
	event: PersonaEvent,
	{ objectId = [], templateId = [] }: OnlyWhen,
): boolean {
	const { payload } = event.attributes;
	const { data } = isObject(payload) ? payload : {};
	const { relationships } = isObject(data) ? data : {};
	const isTold = isObject(relationships) && Object.keys(relationships).length > 0;
	return passes(event, { objectId, templateId: isTold ? templateId : [] });
}
