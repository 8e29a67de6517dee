import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { toggle } from '../../engine/fields';
import type { Operation } from '../../engine/types';
import type { Session } from '../../engine/itemContext';
import type { PersonaObject, Reference } from '../../transport/jsonApi';
import { outputOf } from '../../transport/simplify';
import { attemptsOf, checksSummary } from './checks';
import { documentOf, nameOf } from './identity';
import { askFor, readingOf, type Reading } from './fetch';
import { reportsSummary } from './reports';
import { sessionsSummary } from './sessions';
import { lineOf } from './oneLine';

const DECISIONS: Record<string, string> = {
	approved: 'approved',
	declined: 'declined',
	needs_review: 'needsReview',
};

/** Who decides, by the type that the relationship `reviewer` has in Persona's description. */
const DECIDERS: Record<string, string> = {
	user: 'person',
	workflow: 'workflow',
	'workflow-run': 'workflow',
};

function decisionOf({ attributes = {}, relationships = {} }: PersonaObject) {
	const decision = DECISIONS[String(attributes.status)] ?? 'none';
	const at = attributes[decision === 'needsReview' ? 'marked-for-review-at' : 'decisioned-at'];
	// Persona's own examples have an empty object where nobody has decided.
	const { type, id = null } = (relationships.reviewer?.data ?? {}) as Partial<Reference>;
	return {
		status: attributes.status ?? null,
		decision,
		decidedBy: type ? (DECIDERS[type] ?? type) : null,
		deciderId: id,
		decidedAt: at ?? null,
		reviewerComment: attributes['reviewer-comment'] ?? null,
	};
}

/** Whole seconds between two times, or null where there are not two. */
function secondsBetween(from: unknown, to: unknown) {
	const seconds = Math.round((Date.parse(String(to)) - Date.parse(String(from))) / 1000);
	return Number.isNaN(seconds) ? null : seconds;
}

function timesOf({ attributes = {} }: PersonaObject) {
	const { 'created-at': createdAt, 'started-at': startedAt } = attributes;
	const finishedAt = attributes['completed-at'] ?? attributes['failed-at'] ?? null;
	return {
		finishedAt,
		secondsFromStart: secondsBetween(startedAt, finishedAt),
		secondsFromCreation: secondsBetween(createdAt, finishedAt),
	};
}

function relatedTo({ attributes = {}, relationships = {} }: PersonaObject) {
	const id = (name: string) => (relationships[name]?.data as Reference | null)?.id;
	return {
		referenceId: attributes['reference-id'] ?? null,
		accountId: id('account') ?? null,
		templateId: id('inquiry-template') ?? id('template') ?? null,
		tags: attributes.tags ?? [],
	};
}

function summaryOf(reading: Reading, withName: boolean): IDataObject {
	const { inquiry, verifications, reports, sessions, notes } = reading;
	const attempts = attemptsOf(verifications.objects);
	const decision = decisionOf(inquiry);
	const times = timesOf(inquiry);
	const seen = {
		inquiryId: inquiry.id,
		...decision,
		...relatedTo(inquiry),
		...times,
		...checksSummary(attempts, verifications.complete, notes),
		...reportsSummary(reports),
		...documentOf(inquiry, attempts, times.finishedAt ?? decision.decidedAt),
		...sessionsSummary(sessions),
	};
	if (inquiry.attributes?.['redacted-at']) notes.push('The inquiry is redacted');
	return { ...seen, text: lineOf(seen, withName ? nameOf(inquiry, attempts) : ''), notes };
}

async function summarize(session: Session): Promise<INodeExecutionData[]> {
	const isSimplified = session.setting<boolean>('simplify');
	const withName = session.setting<boolean>('includeName');
	const inclusion = await askFor(session);
	const { document } = inclusion;
	const json = isSimplified
		? summaryOf(await readingOf(session, inclusion), withName)
		: outputOf(document, document.data as PersonaObject, false);
	return [{ json }];
}

/** How an inquiry was decided and what speaks for and against it, as one flat object. */
export const decisionSummary: Operation = {
	name: 'Get Decision Summary',
	action: 'Get the decision summary of an inquiry',
	description:
		'Read how an inquiry was decided and why: failed checks, report matches, age, document, risk signals',
	route: 'GET /inquiries/{inquiry-id}',
	own: {
		includeName: toggle('Include Name', "begin the summary's one-line text with the person's name"),
	},
	// What the summary needs is always included, and nothing else would show in it.
	include: [],
	returns: 'item',
	execute: summarize,
};
