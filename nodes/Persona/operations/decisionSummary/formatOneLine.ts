import type { FailedCheck } from './summarizeChecks';
import type { ReportSummary } from './summarizeReports';

/** What the line is made of. */
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
	isVpn: boolean | null;
	isProxy: boolean | null;
	isTor: boolean | null;
	isDatacenter: boolean | null;
	threatLevel: string | null;
}

/** Checks that the line names; of more than these it gives the number. */
const MAX_NAMED_CHECKS = 5;

/** Threat levels that are not worth a word. */
const HARMLESS_THREAT_LEVELS = ['unknown', 'low', 'medium'];

const ABBREVIATIONS = /\b(aamva|id|mrz|nfc|tin|vat)\b/g;

/** A name of Persona's in words: `id_expired_detection` is `ID expired`. */
export const humanize = (name: string) =>
	name
		.replace(/_detection$/, '')
		.replace(/[_/-]+/g, ' ')
		.replace(ABBREVIATIONS, (letters) => letters.toUpperCase());

function formatDecision({ status, decision, decidedBy }: DecisionFacts) {
	const by = decidedBy === 'person' ? 'review' : decidedBy && humanize(decidedBy);
	const isFinal = decision === 'approved' || decision === 'declined';
	return humanize(String(status ?? 'unknown')) + (isFinal && by ? ` by ${by}` : '');
}

function formatFailedChecks({ failedChecks, failedCheckCount }: DecisionFacts) {
	const standing = failedChecks.filter(({ superseded }) => !superseded);
	const names = standing.filter(({ required }) => required).map(({ check }) => humanize(check));
	const optional = standing.length - names.length;
	const more =
		names.length > MAX_NAMED_CHECKS ? ` and ${names.length - MAX_NAMED_CHECKS} more` : '';
	return [
		names.length > 0 && `failed: ${names.slice(0, MAX_NAMED_CHECKS).join(', ')}${more}`,
		optional > 0 && `${optional} optional ${optional === 1 ? 'check' : 'checks'} failed`,
		failedCheckCount === null && 'checks not known',
	];
}

/** `1 watchlist match` for all reports of a kind that say the same. */
function formatReports({ reports, reportsResult }: DecisionFacts) {
	if (reports.length === 0 && reportsResult === 'unknown') return ['reports not known'];
	const say = ({ kind, status, matched }: ReportSummary) => {
		if (matched) return [humanize(kind), 'match', 'matches'];
		if (matched === false) return [];
		const why = status === null || status === 'ready' ? 'not known' : status;
		return [humanize(kind), `report ${why}`, `reports ${why}`];
	};
	const said = reports.map((report) => say(report).join('|')).filter((one) => one !== '');
	return [...new Set(said)].map((one) => {
		const count = said.filter((other) => other === one).length;
		const [kind, singular, plural] = one.split('|');
		return `${count} ${kind} ${count === 1 ? singular : plural}`;
	});
}

/** One line for a chat or a person in a hurry, e.g. "user-42: declined by review · age 17 · VPN". */
export function formatOneLine(facts: DecisionFacts, name: string): string {
	const { inquiryId, referenceId, age, threatLevel } = facts;
	const own = String(referenceId ?? inquiryId);
	const parts = [
		`${name ? `${name} (${own})` : own}: ${formatDecision(facts)}`,
		...formatFailedChecks(facts),
		...formatReports(facts),
		age !== null && `age ${age}`,
		facts.isVpn && 'VPN',
		facts.isProxy && 'proxy',
		facts.isTor && 'Tor',
		facts.isDatacenter && 'data center',
		!HARMLESS_THREAT_LEVELS.includes(threatLevel ?? 'unknown') && `${threatLevel} threat level`,
	];
	const line = parts.filter((part) => part).join(' · ');
	return line.replace(/\s+/g, ' ');
}
