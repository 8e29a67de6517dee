import type { IDataObject } from 'n8n-workflow';
import type { ItemContext, PreparedItem } from '../../engine/types';
import { getAttributes, getRelated, type PersonaObject } from '../../transport/jsonApi';
import { toOutput } from '../../transport/output';
import { getDecider, getDecision } from '../decision/getDecision';
import { toAttempts } from './attempts';
import { fetchInquiry, fetchSources, type SummarySources } from './fetchSources';
import { formatOneLine } from './formatOneLine';
import { getName, summarizeDocument } from './identity';
import { summarizeChecks } from './summarizeChecks';
import { summarizeReports } from './summarizeReports';
import { summarizeSessions } from './summarizeSessions';

function summarizeDecision(inquiry: PersonaObject) {
	const attributes = getAttributes(inquiry);
	const decision = getDecision(inquiry);
	const decidedAt =
		attributes[decision === 'needs_review' ? 'marked-for-review-at' : 'decisioned-at'];
	const [reviewer] = getRelated(inquiry, 'reviewer');
	return {
		status: attributes.status ?? null,
		decision,
		decidedBy: getDecider(inquiry),
		deciderId: reviewer?.id ?? null,
		decidedAt: decidedAt ?? null,
		reviewerComment: attributes['reviewer-comment'] ?? null,
	};
}

/** Whole seconds between two times; null where one of them is missing. */
function getSecondsBetween(start: unknown, end: unknown) {
	const seconds = Math.round((Date.parse(String(end)) - Date.parse(String(start))) / 1000);
	return Number.isNaN(seconds) ? null : seconds;
}

function summarizeTimes(inquiry: PersonaObject) {
	const attributes = getAttributes(inquiry);
	const { 'created-at': createdAt, 'started-at': startedAt } = attributes;
	const finishedAt = attributes['completed-at'] ?? attributes['failed-at'] ?? null;
	return {
		finishedAt,
		secondsFromStart: getSecondsBetween(startedAt, finishedAt),
		secondsFromCreation: getSecondsBetween(createdAt, finishedAt),
	};
}

function summarizeRelations(inquiry: PersonaObject) {
	const attributes = getAttributes(inquiry);
	const getId = (name: string) => getRelated(inquiry, name)[0]?.id;
	return {
		referenceId: attributes['reference-id'] ?? null,
		accountId: getId('account') ?? null,
		templateId: getId('inquiry-template') ?? getId('template') ?? null,
		tags: attributes.tags ?? [],
	};
}

function buildSummary(sources: SummarySources, includeName: boolean, zone: string): IDataObject {
	const { inquiry, verifications, reports, sessions, notes } = sources;
	const attempts = toAttempts(verifications.objects);
	const { status, decision, ...decided } = summarizeDecision(inquiry);
	const times = summarizeTimes(inquiry);
	const endedAt = times.finishedAt ?? decided.decidedAt ?? getAttributes(inquiry)['expired-at'];
	// In the order in which people read it: what was decided, why, and then by whom and about what.
	const facts = {
		inquiryId: inquiry.id,
		status,
		decision,
		...summarizeChecks(attempts, verifications.isComplete, notes),
		...summarizeReports(reports, notes),
		...decided,
		...summarizeRelations(inquiry),
		...times,
		...summarizeDocument(inquiry, attempts, endedAt, zone),
		...summarizeSessions(sessions),
	};
	if (getAttributes(inquiry)['redacted-at']) notes.push('The inquiry has been redacted');
	const name = includeName ? getName(inquiry, attempts) : '';
	return { text: formatOneLine(facts, name), ...facts, notes };
}

/** Reads how an inquiry was decided, and what supports or contradicts it. Throws if a parameter is invalid. */
export async function prepareDecisionSummary(context: ItemContext): Promise<PreparedItem> {
	const output = context.readOutput();
	const includeName = context.readSetting<boolean>('includeName');
	const request = await context.buildRequest();
	const run = async () => {
		const fetched = await fetchInquiry(context, request);
		const { document } = fetched;
		if (output.mode === 'raw') return [{ json: toOutput(document, document.data, output) }];
		const sources = await fetchSources(context, fetched);
		return [{ json: buildSummary(sources, includeName, context.run.node.getTimezone()) }];
	};
	return { run };
}
