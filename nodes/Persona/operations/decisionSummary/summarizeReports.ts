import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import { hasCandidates, listMatches, type ReportMatch } from '../reportMatches/listMatches';
import type { RelatedObjects } from './fetchSources';

/** What a reviewer says of a record that is about somebody else. */
const SOMEBODY_ELSE = 'false_positive';

/** What the summary says of a record: no names, since it may go to a chat. */
const summarizeRecord = ({ token, entityId, listings, types, ...match }: ReportMatch) => ({
	token,
	entityId,
	listings,
	types,
	reviewStatus: match.reviewStatus,
	riskLevel: match.riskLevel,
});

/**
 * What the reviews of a report's records say together: `falsePositive` only where every record is
 * somebody else, `truePositive` where one is the person, else `open`: a record that nobody has
 * reviewed, or that is indeterminate or pending, may be the person. Null without records to review.
 */
function getReviewResult(records: ReportMatch[]) {
	const statuses = records.filter(({ token }) => token).map(({ reviewStatus }) => reviewStatus);
	if (statuses.length === 0 || statuses.length < records.length) return null;
	if (statuses.includes('true_positive')) return 'truePositive';
	return statuses.every((status) => status === SOMEBODY_ELSE) ? 'falsePositive' : 'open';
}

function summarizeReport(report: PersonaObject) {
	const { id, type } = report;
	const { status = null, 'has-match': hasMatch = null } = getAttributes(report);
	const records = hasCandidates(type) ? undefined : listMatches(report);
	const review = getReviewResult(records ?? []);
	const isReady = status === 'ready';
	// Persona does not say whether a review changes `has-match`, so the records decide.
	const isMatched = review === null ? hasMatch === true : review !== 'falsePositive';
	const isClear = review === 'falsePositive' || hasMatch === false;
	return {
		reportId: id,
		kind: type.replace('report/', ''),
		status: status as string | null,
		// An earlier match remains valid while a monitored report runs again.
		matched: isMatched || (isReady && isClear ? false : null),
		review,
		records: records?.map(summarizeRecord) ?? null,
	};
}

/** A report in the output; `matched` is null until it is ready, and where it could not be read. */
export type ReportSummary = ReturnType<typeof summarizeReport>;

/** The worst result of all reports in one word. */
function getOverallResult(reports: ReportSummary[], isComplete: boolean) {
	const hasReport = (matches: (report: ReportSummary) => boolean) => reports.some(matches);
	if (hasReport(({ matched }) => matched === true)) return 'matched';
	if (hasReport(({ status }) => status === 'errored')) return 'errored';
	if (hasReport(({ matched, status }) => matched === null && status !== 'pending'))
		return 'unknown';
	if (hasReport(({ status }) => status === 'pending')) return 'pending';
	if (reports.length === 0) return isComplete ? 'none' : 'unknown';
	return 'clear';
}

/** Says how the reviews of a report's records were counted; undefined where nobody has reviewed any. */
function describeReview({ reportId, review, records }: ReportSummary) {
	const count = records?.length ?? 0;
	const countText = count === 1 ? 'its one record' : `all of its ${count} records`;
	if (review === 'falsePositive') {
		return `Report ${reportId} counts as no match: ${countText} were reviewed as false positives`;
	}
	const isOpen = ({ reviewStatus }: { reviewStatus: string | null }) =>
		reviewStatus !== 'true_positive' && reviewStatus !== SOMEBODY_ELSE;
	const openCount = records?.filter(isOpen).length ?? 0;
	const openText = count === 1 ? 'its one record has' : `${openCount} of its ${count} records have`;
	return review === 'open'
		? `Report ${reportId} counts as a match: ${openText} no final review`
		: undefined;
}

/**
 * Summarizes the reports of an inquiry, with their overall result and the number of known matches. It
 * is 0 only if every result is known, else null: an unknown report is not one without a match. Adds to
 * `notes` how reviews were counted.
 */
export function summarizeReports({ objects, isComplete }: RelatedObjects, notes: string[]) {
	const reports = objects.map(summarizeReport);
	notes.push(...reports.flatMap((report) => describeReview(report) ?? []));
	const reportsResult = getOverallResult(reports, isComplete);
	const matchCount = reports.filter(({ matched }) => matched === true).length;
	const hasNoMatch = reportsResult === 'none' || reportsResult === 'clear';
	return {
		reports,
		reportsResult,
		matchedReportCount: matchCount > 0 || hasNoMatch ? matchCount : null,
	};
}
