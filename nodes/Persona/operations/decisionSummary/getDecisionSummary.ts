import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { toggle } from '../../engine/fields';
import type { Operation } from '../../engine/types';
import type { NodeItemContext } from '../../engine/itemContext';
import type { PersonaObject, ResourceIdentifier } from '../../transport/jsonApi';
import { toOutput } from '../../transport/simplify';
import { toAttempts, summarizeChecks } from './summarizeChecks';
import { summarizeDocument, getName } from './identity';
import { fetchInquiry, fetchSources, type SummarySources } from './fetchSources';
import { summarizeReports } from './summarizeReports';
import { summarizeSessions } from './summarizeSessions';
import { formatOneLine } from './formatOneLine';

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

function summarizeDecision({ attributes = {}, relationships = {} }: PersonaObject) {
	const decision = DECISIONS[String(attributes.status)] ?? 'none';
	const at = attributes[decision === 'needsReview' ? 'marked-for-review-at' : 'decisioned-at'];
	// Persona's own examples have an empty object where nobody has decided.
	const { type, id = null } = (relationships.reviewer?.data ?? {}) as Partial<ResourceIdentifier>;
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
function getSecondsBetween(from: unknown, to: unknown) {
	const seconds = Math.round((Date.parse(String(to)) - Date.parse(String(from))) / 1000);
	return Number.isNaN(seconds) ? null : seconds;
}

function summarizeTimes({ attributes = {} }: PersonaObject) {
	const { 'created-at': createdAt, 'started-at': startedAt } = attributes;
	const finishedAt = attributes['completed-at'] ?? attributes['failed-at'] ?? null;
	return {
		finishedAt,
		secondsFromStart: getSecondsBetween(startedAt, finishedAt),
		secondsFromCreation: getSecondsBetween(createdAt, finishedAt),
	};
}

function summarizeRelations({ attributes = {}, relationships = {} }: PersonaObject) {
	const id = (name: string) => (relationships[name]?.data as ResourceIdentifier | null)?.id;
	return {
		referenceId: attributes['reference-id'] ?? null,
		accountId: id('account') ?? null,
		templateId: id('inquiry-template') ?? id('template') ?? null,
		tags: attributes.tags ?? [],
	};
}

function buildSummary(reading: SummarySources, withName: boolean): IDataObject {
	const { inquiry, verifications, reports, sessions, notes } = reading;
	const attempts = toAttempts(verifications.objects);
	const decision = summarizeDecision(inquiry);
	const times = summarizeTimes(inquiry);
	const seen = {
		inquiryId: inquiry.id,
		...decision,
		...summarizeRelations(inquiry),
		...times,
		...summarizeChecks(attempts, verifications.complete, notes),
		...summarizeReports(reports),
		...summarizeDocument(inquiry, attempts, times.finishedAt ?? decision.decidedAt),
		...summarizeSessions(sessions),
	};
	if (inquiry.attributes?.['redacted-at']) notes.push('The inquiry is redacted');
	return { ...seen, text: formatOneLine(seen, withName ? getName(inquiry, attempts) : ''), notes };
}

async function executeSummary(session: NodeItemContext): Promise<INodeExecutionData[]> {
	const isSimplified = session.getSetting<boolean>('simplify');
	const withName = session.getSetting<boolean>('includeName');
	const inclusion = await fetchInquiry(session);
	const { document } = inclusion;
	const json = isSimplified
		? buildSummary(await fetchSources(session, inclusion), withName)
		: toOutput(document, document.data as PersonaObject, false);
	return [{ json }];
}

/** How an inquiry was decided and what speaks for and against it, as one flat object. */
export const getDecisionSummary: Operation = {
	name: 'Get Decision Summary',
	action: 'Get the decision summary of an inquiry',
	description:
		'Read how an inquiry was decided and why: failed checks, report matches, age, document, risk signals',
	route: 'GET /inquiries/{inquiry-id}',
	nodeFields: {
		includeName: toggle('Include Name', "begin the summary's one-line text with the person's name"),
	},
	// What the summary needs is always included, and nothing else would show in it.
	include: [],
	returns: 'item',
	execute: executeSummary,
};
