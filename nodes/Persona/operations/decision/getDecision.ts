import { getAttributes, type PersonaObject } from '../../transport/jsonApi';

/** The decision by the status of an inquiry; Persona's own words, so that both can be compared. */
const DECISIONS = {
	approved: 'approved',
	declined: 'declined',
	needs_review: 'needs_review',
	created: 'none',
	pending: 'none',
	completed: 'none',
	failed: 'none',
	expired: 'none',
} as const;

/**
 * What was decided about an inquiry, spelled the same in every output. It is unknown if Persona has a
 * status that it does not document yet, or does not show the status.
 */
export type Decision = (typeof DECISIONS)[keyof typeof DECISIONS] | 'unknown';

const isDocumented = (status: unknown): status is keyof typeof DECISIONS =>
	typeof status === 'string' && Object.hasOwn(DECISIONS, status);

/** Returns what was decided about an inquiry, by its status. */
export function getDecision(inquiry: PersonaObject): Decision {
	const { status } = getAttributes(inquiry);
	return isDocumented(status) ? DECISIONS[status] : 'unknown';
}
