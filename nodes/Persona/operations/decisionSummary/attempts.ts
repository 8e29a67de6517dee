import { getAttributes, getRelated, type PersonaObject } from '../../transport/jsonApi';

/** A person's attempt to pass a verification. */
export interface Attempt {
	verification: PersonaObject;
	/** What follows `verification/` in its type, e.g. `government-id`. */
	kind: string;
	/** A later attempt at the same task has a result, so this one no longer counts. */
	superseded: boolean;
}

/** Statuses of an attempt without a result: in progress, or abandoned. */
const OPEN_STATUSES = ['initiated', 'submitted', 'skipped', 'canceled'];

/** Whether an attempt has passed or failed. */
const hasResult = ({ verification }: Attempt) =>
	!OPEN_STATUSES.includes(String(getAttributes(verification).status));

const getCreatedAtMs = (verification: PersonaObject) =>
	Date.parse(String(getAttributes(verification)['created-at'])) || 0;

/** Two IDs that a flow asks for have two templates; two attempts at one ID have the same one. */
function getTaskKey(verification: PersonaObject) {
	const [template] = getRelated(verification, 'verification-template');
	return `${verification.type} ${template?.id ?? ''}`;
}

/** Converts the verifications of an inquiry to attempts, oldest first. */
export function toAttempts(verifications: PersonaObject[]): Attempt[] {
	const attempts = [...verifications]
		.sort((a, b) => getCreatedAtMs(a) - getCreatedAtMs(b))
		.map((verification) => ({
			verification,
			kind: verification.type.replace('verification/', ''),
			superseded: false,
		}));
	return attempts.map((attempt, index) => {
		const key = getTaskKey(attempt.verification);
		const later = attempts.slice(index + 1).filter(hasResult);
		const superseded = later.some(({ verification }) => getTaskKey(verification) === key);
		return { ...attempt, superseded };
	});
}
