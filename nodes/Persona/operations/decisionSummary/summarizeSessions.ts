import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import type { RelatedObjects } from './fetchSources';

/** Persona's threat levels, the least severe first: an unknown one may be worse than low. */
const THREAT_LEVELS = ['low', 'unknown', 'medium', 'high'];

/** A level that Persona has added since counts as more severe than all known ones. */
const getSeverity = (level: string) =>
	THREAT_LEVELS.includes(level) ? THREAT_LEVELS.indexOf(level) : THREAT_LEVELS.length;

/** Whether a session was opened on a device. One that was not has nothing that could be unknown. */
const isOpened = (session: PersonaObject) => getAttributes(session)['started-at'] !== null;

/**
 * Summarizes the risk signals of all sessions; each is null where no session has it. What an opened
 * session lacks, or one that could not be read, is never false or low, and `unknown…Count` counts it.
 */
export function summarizeSessions({ objects, isComplete }: RelatedObjects) {
	const getValues = (name: string) => {
		const values = objects.map((session) => getAttributes(session)[name] ?? null);
		return [...new Set(values)].filter((value) => value !== null);
	};
	const countUnknown = (name: string) => {
		const isUnknown = (session: PersonaObject) => (getAttributes(session)[name] ?? null) === null;
		return isComplete ? objects.filter(isOpened).filter(isUnknown).length : null;
	};
	const isTrueInAny = (name: string) => {
		const values = getValues(name);
		if (values.includes(true)) return true;
		return values.length > 0 && countUnknown(name) === 0 ? false : null;
	};
	const levels = getValues('threat-level') as string[];
	if (levels.length > 0 && countUnknown('threat-level') !== 0) levels.push('unknown');
	const [highestLevel] = levels.sort((a, b) => getSeverity(b) - getSeverity(a));
	return {
		isProxy: isTrueInAny('is-proxy'),
		isVpn: isTrueInAny('is-vpn'),
		isTor: isTrueInAny('is-tor'),
		isDatacenter: isTrueInAny('is-datacenter'),
		threatLevel: highestLevel ?? null,
		sessionCountries: getValues('country-code') as string[],
		unknownCountryCount: countUnknown('country-code'),
		ipAddresses: getValues('ip-address') as string[],
		unknownIpAddressCount: countUnknown('ip-address'),
		sessionCount: isComplete ? objects.length : null,
	};
}
