import { humanize } from './humanize';
import type { FailedCheck } from './summarizeChecks';
import type { ReportSummary } from './summarizeReports';

/** What the line is made of: these members of the summary. */
interface DecisionFacts {
	inquiryId: string;
	referenceId: unknown;
	status: unknown;
	decision: string;
	decidedBy: string | null;
	failedChecks: FailedCheck[];
	failedCheckCount: number | null;
	reports: ReportSummary[];
	reportsResult: string;
	age: number | null;
	ageSource: string | null;
	isVpn: boolean | null;
	isProxy: boolean | null;
	isTor: boolean | null;
	isDatacenter: boolean | null;
	threatLevel: string | null;
}

/** The line names this many failed checks, and only counts the rest. */
const MAX_NAMED_CHECKS = 5;

/** Threat levels that the line leaves out. */
const HARMLESS_THREAT_LEVELS = ['unknown', 'low', 'medium'];

/** What the line calls who decided; nothing if Persona does not say. */
const DECIDER_WORDS: Record<string, string> = { person: 'review', apiKey: 'API key', unknown: '' };

function formatDecision({ status, decision, decidedBy }: DecisionFacts) {
	const decider = decidedBy && (DECIDER_WORDS[decidedBy] ?? humanize(decidedBy));
	const isFinal = decision === 'approved' || decision === 'declined';
	return humanize(String(status ?? 'unknown')) + (isFinal && decider ? ` by ${decider}` : '');
}

function formatFailedChecks({ failedChecks, failedCheckCount }: DecisionFacts) {
	const counting = failedChecks.filter(({ superseded }) => !superseded);
	const required = counting.filter((check) => check.required).map(({ check }) => humanize(check));
	const optionalCount = counting.length - required.length;
	const unnamedCount = required.length - MAX_NAMED_CHECKS;
	const more = unnamedCount > 0 ? ` and ${unnamedCount} more` : '';
	return [
		required.length > 0 && `failed: ${required.slice(0, MAX_NAMED_CHECKS).join(', ')}${more}`,
		optionalCount > 0 &&
			`${optionalCount} optional ${optionalCount === 1 ? 'check' : 'checks'} failed`,
		failedCheckCount === null && 'checks unknown',
	];
}

/** Kind, singular and plural of what a report contributes; undefined where it is clear. */
function getReportWords({ kind, status, matched }: ReportSummary) {
	if (matched) return [humanize(kind), 'match', 'matches'];
	if (matched === false) return undefined;
	const state = status === null || status === 'ready' ? 'unknown' : status;
	return [humanize(kind), `report ${state}`, `reports ${state}`];
}

/** Counts the reports of a kind with the same result, e.g. `1 watchlist match`. */
function formatReports({ reports, reportsResult }: DecisionFacts) {
	if (reports.length === 0 && reportsResult === 'unknown') return ['reports unknown'];
	const results = reports.flatMap((report) => getReportWords(report)?.join('|') ?? []);
	return [...new Set(results)].map((result) => {
		const count = results.filter((other) => other === result).length;
		const [kind, singular, plural] = result.split('|');
		return `${count} ${kind} ${count === 1 ? singular : plural}`;
	});
}

/**
 * Formats a summary as one line for a chat, e.g. "user-42: declined by review · age 17 · VPN". An
 * empty name is left out.
 */
export function formatOneLine(facts: DecisionFacts, name: string): string {
	const { inquiryId, referenceId, age, ageSource, threatLevel } = facts;
	const id = String(referenceId ?? inquiryId);
	const parts = [
		`${name ? `${name} (${id})` : id}: ${formatDecision(facts)}`,
		...formatFailedChecks(facts),
		...formatReports(facts),
		age !== null && `age ${age}${ageSource === 'fields' ? ' (not from an accepted ID)' : ''}`,
		facts.isVpn && 'VPN',
		facts.isProxy && 'proxy',
		facts.isTor && 'Tor',
		facts.isDatacenter && 'data center',
		!HARMLESS_THREAT_LEVELS.includes(threatLevel ?? 'unknown') && `${threatLevel} threat level`,
	];
	const line = parts.filter((part) => part).join(' · ');
	return line.replace(/\s+/g, ' ');
}
