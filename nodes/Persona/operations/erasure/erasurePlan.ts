import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import type { NodeItemContext } from '../../engine/itemContext';
import type { PersonaObject } from '../../transport/jsonApi';
import { COLLECTION_PATHS, familyOf, getPath } from './fetchObjects';
import type { CascadedRecord, RetainedRecord } from './subjectData';
import { collectSubjectData } from './collectSubjectData';

/** What an erasure would do, in the order in which it would. */
export interface ErasurePlan {
	/** What is redacted by a request of its own. */
	steps: ErasureStep[];
	cascaded: CascadedRecord[];
	retained: RetainedRecord[];
	confirmationCode: string;
}

/** An object and its redaction, as the output has them. */
export interface ErasureStep {
	object: PersonaObject;
	entry: IDataObject & { order: number; type: string; id: string; redactedAt: string | null };
}

const families = Object.keys(COLLECTION_PATHS);

/**
 * The same for the same objects whatever has become of them, so that an erasure that was cut short
 * can go on; another one as soon as there is one more or less, or another one is left.
 */
function createConfirmationCode(
	steps: ErasureStep[],
	along: CascadedRecord[],
	left: RetainedRecord[],
): string {
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
export async function buildErasurePlan(
	session: NodeItemContext,
	account: PersonaObject | undefined,
	referenceId: unknown,
): Promise<ErasurePlan> {
	const {
		objects,
		cascaded: along,
		retained: left,
	} = await collectSubjectData(session, account, referenceId);
	const place = (object: PersonaObject) => families.indexOf(familyOf(object));
	const ordered = [...objects.values()].sort((a, b) => place(a) - place(b));
	const steps = ordered.map((object, index): ErasureStep => {
		const { type, id, attributes = {} } = object;
		const time = (name: string) => (attributes[name] ?? null) as string | null;
		const entry = {
			order: index + 1,
			type,
			id,
			status: attributes.status ?? attributes['account-status'] ?? null,
			createdAt: time('created-at'),
			redactedAt: time('redacted-at'),
			route: `DELETE ${getPath(object)}`,
		};
		return { object, entry };
	});
	return {
		steps,
		cascaded: along,
		retained: left,
		confirmationCode: createConfirmationCode(steps, along, left),
	};
}
