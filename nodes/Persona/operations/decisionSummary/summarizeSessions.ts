import { getAttributes } from '../../transport/jsonApi';
import type { RelatedObjects } from './fetchSources';

/** Persona's threat levels, the least severe first. */
const THREAT_LEVELS = ['unknown', 'low', 'medium', 'high'];

/** A level that Persona has added since counts as more severe than all known ones. */
const getSeverity = (level: string) =>
	THREAT_LEVELS.includes(level) ? THREAT_LEVELS.indexOf(level) : THREAT_LEVELS.length;

/** Summarizes the risk signals of all sessions; each is null where no session has it. */
export function summarizeSessions({ objects, isComplete }: RelatedObjects) {
	const getValues = (name: string) => {
		const values = objects.map((session) => getAttributes(session)[name] ?? null);
		return [...new Set(values)].filter((value) => value !== null);
	};
	const isTrueInAny = (name: string) => {
		const values = getValues(name);
		return values.length > 0 ? values.includes(true) : null;
	};
	const levels = getValues('threat-level') as string[];
	const [highestLevel] = levels.sort((a, b) => getSeverity(b) - getSeverity(a));
	return {
		isProxy: isTrueInAny('is-proxy'),
		isVpn: isTrueInAny('is-vpn'),
		isTor: isTrueInAny('is-tor'),
		isDatacenter: isTrueInAny('is-datacenter'),
		threatLevel: highestLevel ?? null,
		sessionCountries: getValues('country-code') as string[],
		ipAddresses: getValues('ip-address') as string[],
		sessionCount: isComplete ? objects.length : null,
	};
}
