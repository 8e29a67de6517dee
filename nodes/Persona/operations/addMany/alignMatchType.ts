import type { IDataObject } from 'n8n-workflow';

/**
 * Persona matches a domain with the domains of addresses, so an address is stored without what is
 * before its @ if the user wants its domain, and a domain is stored as one.
 */
export function alignMatchType(attributes: IDataObject): IDataObject {
	const value = String(attributes.value);
	const isAddress = attributes['match-type'] !== 'domain' && value.includes('@');
	if (isAddress) return attributes;
	return { ...attributes, value: value.replace(/^.*@/, ''), 'match-type': 'domain' };
}
