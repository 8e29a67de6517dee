import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import type { RelatedObjects } from './fetchSources';

function summarizeReport(report: PersonaObject) {
	const { id, type } = report;
	const { status = null, 'has-match': hasMatch } = getAttributes(report);
	const isReady = status === 'ready';
	return {
		reportId: id,
		kind: type.replace('report/', ''),
		status: status as string | null,
		// An earlier match remains valid while a monitored report runs again.
		matched: hasMatch === true || (isReady ? ((hasMatch ?? null) as boolean | null) : null),
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

/**
 * Summarizes the reports of an inquiry, with their overall result and the number of known matches. It
 * is 0 only if every result is known, else null: an unknown report is not one without a match.
 */
export function summarizeReports({ objects, isComplete }: RelatedObjects) {
	const reports = objects.map(summarizeReport);
	const reportsResult = getOverallResult(reports, isComplete);
	const matchCount = reports.filter(({ matched }) => matched === true).length;
	const hasNoMatch = reportsResult === 'none' || reportsResult === 'clear';
	return {
		reports,
		reportsResult,
		matchedReportCount: matchCount > 0 || hasNoMatch ? matchCount : null,
	};
}
