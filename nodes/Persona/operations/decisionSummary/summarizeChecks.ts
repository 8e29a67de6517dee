import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import { isRecord } from '../../utils/isRecord';
import type { Attempt } from './attempts';
import { humanize } from './humanize';

/** A check of a verification. The checks of NFC chips have no requirement. */
interface Check {
	name?: string;
	status?: string;
	reasons?: Array<string | null>;
	requirement?: string;
}

/** The checks of a verification; undefined if Persona has not sent them. */
function getChecks(verification: PersonaObject): Check[] | undefined {
	const { checks } = getAttributes(verification);
	return Array.isArray(checks) ? (checks.filter(isRecord) as Check[]) : undefined;
}

function getFailedChecks({ verification, kind, superseded }: Attempt) {
	return (getChecks(verification) ?? [])
		.filter(({ status }) => status === 'failed')
		.map(({ name = '', reasons, requirement }) => ({
			kind,
			check: name,
			reasons: (reasons ?? []).filter((reason) => reason !== null),
			required: requirement !== 'not_required',
			superseded,
			verificationId: verification.id,
		}));
}

/** A failed check, as it is in the output. */
export type FailedCheck = ReturnType<typeof getFailedChecks>[number];

const formatFailedCheck = ({ kind, check, reasons }: FailedCheck) => {
	const reasonText = reasons.map(humanize).join(', ');
	return `${humanize(kind)}: ${humanize(check)}${reasonText && ` (${reasonText})`}`;
};

/** For each kind of verification: how many attempts there were, and the status of the last one. */
function summarizeKinds(attempts: Attempt[]) {
	const kinds = [...new Set(attempts.map(({ kind }) => kind))];
	return kinds.map((kind) => {
		const ofKind = attempts.filter((attempt) => attempt.kind === kind);
		const { status = null } = getAttributes(ofKind[ofKind.length - 1].verification);
		return { kind, attempts: ofKind.length, status };
	});
}

/**
 * Summarizes what failed. Counts leave out superseded checks, and are null where not everything
 * could be read: a missing check never counts as passed. Adds what is missing to `notes`.
 */
export function summarizeChecks(attempts: Attempt[], isComplete: boolean, notes: string[]) {
	const failedChecks = attempts.flatMap(getFailedChecks);
	const counting = failedChecks.filter(({ superseded }) => !superseded);
	const withoutChecks = attempts.filter(({ verification }) => !getChecks(verification));
	for (const { verification } of withoutChecks) {
		notes.push(`Verification ${verification.id} was returned without its checks`);
	}
	const isKnown = isComplete && withoutChecks.length === 0;
	return {
		failedCheckText: counting.map(formatFailedCheck).join('; '),
		failedCheckCount: isKnown ? counting.length : null,
		failedRequiredCheckCount: isKnown ? counting.filter(({ required }) => required).length : null,
		failedChecks,
		verifications: summarizeKinds(attempts),
		attemptCount: isComplete ? attempts.length : null,
	};
}
