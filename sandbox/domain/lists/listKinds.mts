import { BlockList, isIP } from 'node:net';
import type { Json } from '../../state/json.mts';

/** One value of a list item. */
interface ListItemMember {
	valueType: 'string' | 'number';
	isValid(value: Json): boolean;
	/** Used when no value is given. */
	defaultValue?: Json;
}

/** A kind of list, with what its items consist of. */
export interface ListKind {
	/** In paths, such as `names`. */
	path: string;
	/** In types, such as `name`. */
	type: string;
	/** Of the IDs of its items. */
	idPrefix: string;
	members: Record<string, ListItemMember>;
	/** Such lists can only be created in the dashboard. */
	isDashboardOnly?: true;
	/** Items can be imported from a CSV file. */
	isImportable?: true;
}

const defineText = (isAccepted: (value: string) => boolean = () => true): ListItemMember => ({
	valueType: 'string',
	isValid: (value) => typeof value === 'string' && value.trim() !== '' && isAccepted(value),
});

const defineNumber = (min: number, max: number): ListItemMember => ({
	valueType: 'number',
	isValid: (value) => typeof value === 'number' && value >= min && value <= max,
});

const isEmailOrDomain = (value: string) => /^([^\s@]+@)?([\w-]+\.)+[a-z]{2,}$/i.test(value);

/** Parses an IP address or CIDR block; undefined when it is malformed. */
export function parseIpBlock(value: string): BlockList | undefined {
	const [address, prefix, ...rest] = value.split('/');
	const version = isIP(address);
	const maxBits = version === 6 ? 128 : 32;
	if (prefix !== undefined && !/^\d+$/.test(prefix)) return undefined;
	const bits = prefix === undefined ? maxBits : Number(prefix);
	if (version === 0 || rest.length > 0 || bits > maxBits) return undefined;
	const block = new BlockList();
	block.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
	return block;
}

/** Every kind of list that Persona has. */
export const listKinds: ListKind[] = [
	{
		path: 'browser-fingerprints',
		type: 'browser-fingerprint',
		idPrefix: 'libf',
		members: { value: defineText() },
	},
	{
		path: 'countries',
		type: 'country',
		idPrefix: 'lic',
		members: { 'country-code': defineText((value) => /^[A-Z]{2}$/.test(value)) },
	},
	{
		path: 'device-fingerprints',
		type: 'device-fingerprint',
		idPrefix: 'lidf',
		members: { value: defineText() },
		isDashboardOnly: true,
	},
	{
		path: 'email-addresses',
		type: 'email-address',
		idPrefix: 'liea',
		members: {
			value: defineText(isEmailOrDomain),
			'match-type': {
				...defineText((value) => value === 'email_address' || value === 'domain'),
				defaultValue: 'email_address',
			},
		},
		isImportable: true,
	},
	{
		path: 'fields',
		type: 'field',
		idPrefix: 'liif',
		members: { 'field-value': defineText() },
		isDashboardOnly: true,
	},
	{
		path: 'geolocations',
		type: 'geolocation',
		idPrefix: 'ligl',
		members: {
			latitude: defineNumber(-90, 90),
			longitude: defineNumber(-180, 180),
			'radius-meters': defineNumber(0, 20_037_508),
		},
		isImportable: true,
	},
	{
		path: 'government-id-numbers',
		type: 'government-id-number',
		idPrefix: 'ligin',
		members: { 'id-number': defineText(), 'id-class': defineText() },
		isImportable: true,
	},
	{
		path: 'ip-addresses',
		type: 'ip-address',
		idPrefix: 'liip',
		members: { value: defineText((value) => parseIpBlock(value) !== undefined) },
		isImportable: true,
	},
	{
		path: 'names',
		type: 'name',
		idPrefix: 'lin',
		members: { 'name-first': defineText(), 'name-last': defineText() },
		isImportable: true,
	},
	{
		path: 'phone-numbers',
		type: 'phone-number',
		idPrefix: 'lipn',
		members: { value: defineText((value) => /^\+?[\d\s().-]{5,}$/.test(value)) },
		isImportable: true,
	},
	{ path: 'strings', type: 'string', idPrefix: 'lin', members: { value: defineText() } },
];
