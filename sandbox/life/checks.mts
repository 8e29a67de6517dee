import type { JsonObject } from '../store.mts';

/** The decisive check of each kind; the others compare what was given with the inquiry. */
const decisive: Record<string, [name: string, reason: string]> = {
	aamva: ['aamva_identification_number_comparison', 'no_match'],
	'business-website': ['business_website_malicious_website_detection', 'phishing'],
	'database-business': ['database_business_identity_comparison', 'no_match'],
	document: ['document_fabrication_detection', 'fabrication_detected'],
	'government-id-nfc': ['id_nfc_expired_detection', 'expired'],
};

/** One line of findings; a result that is undefined means that the check does not apply. */
export function check(
	name: string,
	passed: boolean | undefined,
	reasons: string[] = [],
): JsonObject {
	return {
		name,
		status: passed === undefined ? 'not_applicable' : passed ? 'passed' : 'failed',
		reasons: passed === false ? reasons : [],
		requirement: passed === undefined ? 'not_required' : 'required',
		metadata: {},
	};
}

/** The checks of a kind that has no more than one of its own. */
export function checksOf(kind: string, passed: boolean): JsonObject[] {
	const family = kind.startsWith('database') ? 'database_identity' : kind.replaceAll('-', '_');
	const [name, reason] = decisive[kind] ?? [`${family}_comparison`, 'no_match'];
	const { requirement, ...rest } = check(name, passed, [reason]);
	// The checks of a chip are shown without a requirement.
	return [kind === 'government-id-nfc' ? rest : { ...rest, requirement }];
}
