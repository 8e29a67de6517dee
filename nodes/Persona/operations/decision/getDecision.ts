import { getAttributes, getRelated, type PersonaObject } from '../../transport/jsonApi';

/** An API key as the one who decided. */
export const API_KEY = 'apiKey';

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

/** Who decided, by the type of the relationship `reviewer`, as Persona's API description has it. */
const DECIDERS: Record<string, string> = {
	user: 'person',
	workflow: 'workflow',
	'workflow-run': 'workflow',
	// Persona does not describe it, but calls keys so elsewhere.
	'api-key': API_KEY,
};

const isDocumented = (status: unknown): status is keyof typeof DECISIONS =>
	typeof status === 'string' && Object.hasOwn(DECISIONS, status);

/** Returns what was decided about an inquiry, by its status. */
export function getDecision(inquiry: PersonaObject): Decision {
	const { status } = getAttributes(inquiry);
	return isDocumented(status) ? DECISIONS[status] : 'unknown';
}

/** Returns who decided about an inquiry: unknown if Persona does not say, and null if nobody has. */
export function getDecider(inquiry: PersonaObject): string | null {
	const [reviewer] = getRelated(inquiry, 'reviewer');
	if (reviewer) return DECIDERS[reviewer.type] ?? reviewer.type;
	const decision = getDecision(inquiry);
	return decision === 'approved' || decision === 'declined' ? 'unknown' : null;
}
