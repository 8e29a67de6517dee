import type { PersonaObject } from '../../transport/jsonApi';
import type { RelatedObjects } from './fetchSources';

function summarizeReport({ id, type, attributes = {} }: PersonaObject) {
	const { status = null, 'has-match': match } = attributes;
	return {
		reportId: id,
		kind: type.replace('report/', ''),
		status: status as string | null,
		// While a monitored report runs again, what it has found before still stands.
		matched: match === true || (status === 'ready' ? ((match ?? null) as boolean | null) : null),
	};
}

/** What a report says: `matched` is null until it is ready, and where it could not be read. */
export type ReportSummary = ReturnType<typeof summarizeReport>;

/** The reports and, in one word, the gravest of what they say. */
export function summarizeReports({ objects, complete }: RelatedObjects) {
	const reports = objects.map(summarizeReport);
	const some = (is: (report: ReportSummary) => boolean) => reports.some(is);
	const gravest = () => {
		if (some(({ matched }) => matched === true)) return 'matched';
		if (some(({ status }) => status === 'errored')) return 'errored';
		if (some(({ matched, status }) => matched === null && status !== 'pending')) return 'unknown';
		if (some(({ status }) => status === 'pending')) return 'pending';
		if (reports.length === 0) return complete ? 'none' : 'unknown';
		return 'clear';
	};
	return {
		reports,
		reportsResult: gravest(),
		matchedReportCount: reports.filter(({ matched }) => matched === true).length,
	};
}
