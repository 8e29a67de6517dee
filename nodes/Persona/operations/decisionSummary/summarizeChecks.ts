import type { PersonaObject } from '../../transport/jsonApi';
import { humanize } from './formatOneLine';

/** One try of a person to pass a verification. */
export interface Attempt {
	verification: PersonaObject;
	/** What follows `verification/` in its type, e.g. `government-id`. */
	kind: string;
	/** A later attempt at the same has a result, so this one no longer counts. */
	superseded: boolean;
}

/** A check as Persona's description has it; those of chips come without a requirement. */
interface Check {
	name?: string;
	status?: string;
	reasons?: Array<string | null>;
	requirement?: string;
}

/** Statuses in which an attempt has no result: it is under way, or was left. */
const OPEN = ['initiated', 'submitted', 'skipped', 'canceled'];

/** Whether an attempt has come to a result. */
export const hasResult = ({ verification: { attributes = {} } }: Attempt) =>
	!OPEN.includes(String(attributes.status));

const getCreatedAtMs = ({ attributes = {} }: PersonaObject) =>
	Date.parse(String(attributes['created-at'])) || 0;

/** Two IDs that a flow asks for have two templates; two attempts at one of them share theirs. */
function getTaskKey({ type, relationships = {} }: PersonaObject) {
	const template = relationships['verification-template']?.data as { id?: string } | null;
	return `${type} ${template?.id ?? ''}`;
}

/** All attempts, oldest first. */
export function toAttempts(verifications: PersonaObject[]): Attempt[] {
	const attempts = [...verifications]
		.sort((a, b) => getCreatedAtMs(a) - getCreatedAtMs(b))
		.map((verification) => ({
			verification,
			kind: verification.type.replace('verification/', ''),
			superseded: false,
		}));
	return attempts.map((attempt, index) => {
		const task = getTaskKey(attempt.verification);
		const later = attempts.slice(index + 1).filter(hasResult);
		const superseded = later.some(({ verification }) => getTaskKey(verification) === task);
		return { ...attempt, superseded };
	});
}

function getFailedChecks({ verification, kind, superseded }: Attempt) {
	const checks = (verification.attributes?.checks ?? []) as Check[];
	return checks
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

/** A check that was not passed, and whether that still counts. */
export type FailedCheck = ReturnType<typeof getFailedChecks>[number];

const formatFailedCheck = ({ kind, check, reasons }: FailedCheck) => {
	const because = reasons.map(humanize).join(', ');
	return `${humanize(kind)}: ${humanize(check)}${because && ` (${because})`}`;
};

/** The last attempt at each kind, and how many there were. */
function summarizeKinds(attempts: Attempt[]) {
	const kinds = [...new Set(attempts.map(({ kind }) => kind))];
	return kinds.map((kind) => {
		const own = attempts.filter((attempt) => attempt.kind === kind);
		const { attributes = {} } = own[own.length - 1].verification;
		return { kind, attempts: own.length, status: attributes.status ?? null };
	});
}

/** What failed; its counts are null where not everything was read, and do not count what is superseded. */
export function summarizeChecks(attempts: Attempt[], complete: boolean, notes: string[]) {
	const failedChecks = attempts.flatMap(getFailedChecks);
	const standing = failedChecks.filter(({ superseded }) => !superseded);
	const silent = attempts.filter(({ verification }) => !verification.attributes?.checks);
	for (const { verification } of silent) {
		notes.push(`Verification ${verification.id} came without its checks`);
	}
	const known = (count: number) => (complete && silent.length === 0 ? count : null);
	return {
		failedChecks,
		failedCheckCount: known(standing.length),
		failedRequiredCheckCount: known(standing.filter(({ required }) => required).length),
		failedCheckText: standing.map(formatFailedCheck).join('; '),
		verifications: summarizeKinds(attempts),
		attemptCount: complete ? attempts.length : null,
	};
}
