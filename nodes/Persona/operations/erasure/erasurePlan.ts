import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import type { ItemContext } from '../../engine/types';
import { getAttributes, getBaseType, type PersonaObject } from '../../transport/jsonApi';
import { COLLECTION_PATHS, getPath } from './fetchObjects';
import type { CascadedRecord, RetainedRecord } from './subjectData';
import { collectSubjectData } from './collectSubjectData';

/** What an erasure would do. */
export interface ErasurePlan {
	/** The redactions, in their order. */
	steps: ErasureStep[];
	cascaded: CascadedRecord[];
	retained: RetainedRecord[];
	confirmationCode: string;
}

/** An object to redact, and its entry in the output. */
export interface ErasureStep {
	object: PersonaObject;
	entry: IDataObject & { order: number; type: string; id: string; redactedAt: string | null };
}

const REDACTION_ORDER = Object.keys(COLLECTION_PATHS);

/**
 * Twelve hexadecimal digits that stay the same for the same objects, redacted or not, so that an
 * interrupted erasure can continue. They change when an object is added, removed or retained.
 */
function createConfirmationCode(
	steps: ErasureStep[],
	cascaded: CascadedRecord[],
	retained: RetainedRecord[],
): string {
	const getIds = (records: Array<{ id: string | null }>) =>
		records.map(({ id }) => id ?? '').sort();
	const parts = [steps.map(({ object }) => object), cascaded, retained.filter(({ id }) => id)];
	return createHash('sha256')
		.update(JSON.stringify(parts.map(getIds)))
		.digest('hex')
		.slice(0, 12);
}

function buildStep(object: PersonaObject, index: number): ErasureStep {
	const { type, id } = object;
	const attributes = getAttributes(object);
	const getTime = (name: string) => (attributes[name] ?? null) as string | null;
	const entry = {
		order: index + 1,
		type,
		id,
		status: attributes.status ?? attributes['account-status'] ?? null,
		createdAt: getTime('created-at'),
		redactedAt: getTime('redacted-at'),
		route: `DELETE ${getPath(object)}`,
	};
	return { object, entry };
}

/**
 * Plans the erasure of an account; without an account, of what has the reference ID. Throws where it
 * is not known what belongs to it.
 */
export async function buildErasurePlan(
	context: ItemContext,
	account: PersonaObject | undefined,
	referenceId: unknown,
): Promise<ErasurePlan> {
	const { objects, cascaded, retained } = await collectSubjectData(context, account, referenceId);
	const getRank = ({ type }: PersonaObject) => REDACTION_ORDER.indexOf(getBaseType(type));
	const ordered = [...objects.values()].sort((a, b) => getRank(a) - getRank(b));
	const steps = ordered.map(buildStep);
	const confirmationCode = createConfirmationCode(steps, cascaded, retained);
	return { steps, cascaded, retained, confirmationCode };
}
