import type { RelatedObjects } from './fetchSources';

/** Persona's levels, the harmless first; one that is not among them counts as worse than all. */
const THREAT_LEVELS = ['unknown', 'low', 'medium', 'high'];

const getSeverity = (level: string) =>
	THREAT_LEVELS.includes(level) ? THREAT_LEVELS.indexOf(level) : THREAT_LEVELS.length;

/** The risk signals of all sessions of an inquiry; each is null where no session tells. */
export function summarizeSessions({ objects, complete }: RelatedObjects) {
	const told = (name: string) => {
		const values = objects.map(({ attributes = {} }) => attributes[name] ?? null);
		return [...new Set(values)].filter((value) => value !== null);
	};
	const inOne = (name: string) => (told(name).length > 0 ? told(name).includes(true) : null);
	const levels = (told('threat-level') as string[]).sort((a, b) => getSeverity(b) - getSeverity(a));
	return {
		isProxy: inOne('is-proxy'),
		isVpn: inOne('is-vpn'),
		isTor: inOne('is-tor'),
		isDatacenter: inOne('is-datacenter'),
		threatLevel: levels[0] ?? null,
		sessionCountries: told('country-code') as string[],
		ipAddresses: told('ip-address') as string[],
		sessionCount: complete ? objects.length : null,
	};
}
