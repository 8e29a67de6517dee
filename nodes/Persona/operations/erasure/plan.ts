import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import type { Session } from '../../engine/itemContext';
import type { PersonaObject } from '../../transport/jsonApi';
import { collections, familyOf, pathOf } from './read';
import type { Along, Left } from './subjectData';
import { personOf } from './collect';

/** What an erasure would do, in the order in which it would. */
export interface Plan {
	/** What is redacted by a request of its own. */
	steps: Step[];
	along: Along[];
	left: Left[];
	confirmationCode: string;
}

/** An object and its redaction, as the output has them. */
export interface Step {
	object: PersonaObject;
	entry: IDataObject & { order: number; type: string; id: string; redactedAt: string | null };
}

const families = Object.keys(collections);

/**
 * The same for the same objects whatever has become of them, so that an erasure that was cut short
 * can go on; another one as soon as there is one more or less, or another one is left.
 */
function codeOf(steps: Step[], along: Along[], left: Left[]): string {
	const ids = (all: Array<{ id: string | null }>) => all.map(({ id }) => id ?? '').sort();
	const parts = [steps.map(({ object }) => object), along, left.filter(({ id }) => id)];
	return createHash('sha256')
		.update(JSON.stringify(parts.map(ids)))
		.digest('hex')
		.slice(0, 12);
}

/**
 * What an erasure of an account would do; without one there is nothing that it could. Throws what
 * stands in the way of knowing.
 */
export async function planOf(
	session: Session,
	account: PersonaObject | undefined,
	referenceId: unknown,
): Promise<Plan> {
	const { objects, along, left } = await personOf(session, account, referenceId);
	const place = (object: PersonaObject) => families.indexOf(familyOf(object));
	const ordered = [...objects.values()].sort((a, b) => place(a) - place(b));
	const steps = ordered.map((object, index): Step => {
		const { type, id, attributes = {} } = object;
		const time = (name: string) => (attributes[name] ?? null) as string | null;
		const entry = {
			order: index + 1,
			type,
			id,
			status: attributes.status ?? attributes['account-status'] ?? null,
			createdAt: time('created-at'),
			redactedAt: time('redacted-at'),
			route: `DELETE ${pathOf(object)}`,
		};
		return { object, entry };
	});
	return { steps, along, left, confirmationCode: codeOf(steps, along, left) };
}
