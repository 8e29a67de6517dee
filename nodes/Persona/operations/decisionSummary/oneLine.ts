import type { FailedCheck } from './checks';
import type { ReportLine } from './reports';

/** What the line is made of. */
interface Facts {
	inquiryId: string;
	referenceId: unknown;
	status: unknown;
	decision: string;
	decidedBy: string | null;
	failedChecks: FailedCheck[];
	failedCheckCount: number | null;
	reports: ReportLine[];
	reportsResult: string;
	age: number | null;
	isVpn: boolean | null;
	isProxy: boolean | null;
	isTor: boolean | null;
	isDatacenter: boolean | null;
	threatLevel: string | null;
}

/** Checks that the line names; of more than these it gives the number. */
const NAMED = 5;

/** Threat levels that are not worth a word. */
const HARMLESS = ['unknown', 'low', 'medium'];

const SHORT = /\b(aamva|id|mrz|nfc|tin|vat)\b/g;

/** A name of Persona's in words: `id_expired_detection` is `ID expired`. */
export const spoken = (name: string) =>
	name
		.replace(/_detection$/, '')
		.replace(/[_/-]+/g, ' ')
		.replace(SHORT, (letters) => letters.toUpperCase());

function decided({ status, decision, decidedBy }: Facts) {
	const by = decidedBy === 'person' ? 'review' : decidedBy && spoken(decidedBy);
	const isFinal = decision === 'approved' || decision === 'declined';
	return spoken(String(status ?? 'unknown')) + (isFinal && by ? ` by ${by}` : '');
}

function failed({ failedChecks, failedCheckCount }: Facts) {
	const standing = failedChecks.filter(({ superseded }) => !superseded);
	const names = standing.filter(({ required }) => required).map(({ check }) => spoken(check));
	const optional = standing.length - names.length;
	const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
	return [
		names.length > 0 && `failed: ${names.slice(0, NAMED).join(', ')}${more}`,
		optional > 0 && `${optional} optional ${optional === 1 ? 'check' : 'checks'} failed`,
		failedCheckCount === null && 'checks not known',
	];
}

/** `1 watchlist match` for all reports of a kind that say the same. */
function reported({ reports, reportsResult }: Facts) {
	if (reports.length === 0 && reportsResult === 'unknown') return ['reports not known'];
	const say = ({ kind, status, matched }: ReportLine) => {
		if (matched) return [spoken(kind), 'match', 'matches'];
		if (matched === false) return [];
		const why = status === null || status === 'ready' ? 'not known' : status;
		return [spoken(kind), `report ${why}`, `reports ${why}`];
	};
	const said = reports.map((report) => say(report).join('|')).filter((one) => one !== '');
	return [...new Set(said)].map((one) => {
		const count = said.filter((other) => other === one).length;
		const [kind, singular, plural] = one.split('|');
		return `${count} ${kind} ${count === 1 ? singular : plural}`;
	});
}

/** One line for a chat or a person in a hurry, e.g. "user-42: declined by review · age 17 · VPN". */
export function lineOf(facts: Facts, name: string): string {
	const { inquiryId, referenceId, age, threatLevel } = facts;
	const own = String(referenceId ?? inquiryId);
	const parts = [
		`${name ? `${name} (${own})` : own}: ${decided(facts)}`,
		...failed(facts),
		...reported(facts),
		age !== null && `age ${age}`,
		facts.isVpn && 'VPN',
		facts.isProxy && 'proxy',
		facts.isTor && 'Tor',
		facts.isDatacenter && 'data center',
		!HARMLESS.includes(threatLevel ?? 'unknown') && `${threatLevel} threat level`,
	];
	const line = parts.filter((part) => part).join(' · ');
	return line.replace(/\s+/g, ' ');
}
