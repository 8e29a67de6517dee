import type { JsonObject } from '../../state/json.mts';

/** The check of each kind that does not simply compare the data with the inquiry. */
const SPECIAL_CHECKS: Record<string, [name: string, reason: string]> = {
	aamva: ['aamva_identification_number_comparison', 'no_match'],
	'business-website': ['business_website_malicious_website_detection', 'phishing'],
	'database-business': ['database_business_identity_comparison', 'no_match'],
	document: ['document_fabrication_detection', 'fabrication_detected'],
	'government-id-nfc': ['id_nfc_expired_detection', 'expired'],
};

/** The categories of checks that Persona names, by words in their names; null for any other check. */
const CATEGORIES: Array<[pattern: RegExp, category: string]> = [
	[/tamper|fabrication|malicious/, 'fraud'],
	[/selfie|portrait|face/, 'biometrics'],
	[/expired/, 'user_action_required'],
	[/comparison|entity|extraction/, 'validity'],
];

/** A check of a verification. `isPassed` is undefined for a check that does not apply. */
export function buildCheck(
	name: string,
	isPassed: boolean | undefined,
	reasons: string[] = [],
): JsonObject {
	return {
		name,
		status: isPassed === undefined ? 'not_applicable' : isPassed ? 'passed' : 'failed',
		reasons: isPassed === false ? reasons : [],
		requirement: isPassed === undefined ? 'not_required' : 'required',
		category: CATEGORIES.find(([pattern]) => pattern.test(name))?.[1] ?? null,
		metadata: {},
	};
}

/** The only check of a kind. */
export function buildChecks(kind: string, isPassed: boolean): JsonObject[] {
	const family = kind.startsWith('database') ? 'database_identity' : kind.replaceAll('-', '_');
	const [name, reason] = SPECIAL_CHECKS[kind] ?? [`${family}_comparison`, 'no_match'];
	const { requirement, ...rest } = buildCheck(name, isPassed, [reason]);
	// Persona shows the checks of NFC chips without a requirement.
	return [kind === 'government-id-nfc' ? rest : { ...rest, requirement }];
}
