import { BlockList, isIP } from 'node:net';
import { type Schema, text } from '../server/body.mts';
import type { Json } from '../store.mts';

/** One value of a list item. */
interface Member {
	schema: Schema;
	accepts(value: Json): boolean;
	/** Stands there when none is given. */
	preset?: Json;
}

/** What the items of a list can be. */
export interface ListKind {
	/** In paths, e.g. `names`. */
	path: string;
	/** In types, e.g. `name`. */
	type: string;
	/** What the IDs of its items begin with. */
	prefix: string;
	members: Record<string, Member>;
	/** Only the dashboard makes such lists. */
	dashboardOnly?: true;
	/** Many items can be imported from a file. */
	imported?: true;
}

const written = (accepts: (value: string) => boolean = () => true): Member => ({
	schema: text,
	accepts: (value) => typeof value === 'string' && value.trim() !== '' && accepts(value),
});

const between = (least: number, most: number): Member => ({
	schema: { type: 'number' },
	accepts: (value) => typeof value === 'number' && value >= least && value <= most,
});

const isAddressOrDomain = (value: string) => /^([^\s@]+@)?([\w-]+\.)+[a-z]{2,}$/i.test(value);

/** The addresses that an item of a list of IP addresses stands for; none when it is malformed. */
export function blockOf(value: string): BlockList | undefined {
	const [address, bits, ...rest] = value.split('/');
	const version = isIP(address);
	const most = version === 6 ? 128 : 32;
	const length = bits === undefined ? most : /^\d+$/.test(bits) ? Number(bits) : most + 1;
	if (version === 0 || rest.length > 0 || length > most) return undefined;
	const block = new BlockList();
	block.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4');
	return block;
}

/** Every kind of list. */
export const listKinds: ListKind[] = [
	{
		path: 'browser-fingerprints',
		type: 'browser-fingerprint',
		prefix: 'libf',
		members: { value: written() },
	},
	{
		path: 'countries',
		type: 'country',
		prefix: 'lic',
		members: { 'country-code': written((value) => /^[A-Z]{2}$/.test(value)) },
	},
	{
		path: 'device-fingerprints',
		type: 'device-fingerprint',
		prefix: 'lidf',
		members: { value: written() },
		dashboardOnly: true,
	},
	{
		path: 'email-addresses',
		type: 'email-address',
		prefix: 'liea',
		members: {
			value: written(isAddressOrDomain),
			'match-type': {
				...written((value) => value === 'email_address' || value === 'domain'),
				preset: 'email_address',
			},
		},
		imported: true,
	},
	{
		path: 'fields',
		type: 'field',
		prefix: 'liif',
		members: { 'field-value': written() },
		dashboardOnly: true,
	},
	{
		path: 'geolocations',
		type: 'geolocation',
		prefix: 'ligl',
		members: {
			latitude: between(-90, 90),
			longitude: between(-180, 180),
			'radius-meters': between(0, 20_037_508),
		},
		imported: true,
	},
	{
		path: 'government-id-numbers',
		type: 'government-id-number',
		prefix: 'ligin',
		members: { 'id-number': written(), 'id-class': written() },
		imported: true,
	},
	{
		path: 'ip-addresses',
		type: 'ip-address',
		prefix: 'liip',
		members: { value: written((value) => blockOf(value) !== undefined) },
		imported: true,
	},
	{
		path: 'names',
		type: 'name',
		prefix: 'lin',
		members: { 'name-first': written(), 'name-last': written() },
		imported: true,
	},
	{
		path: 'phone-numbers',
		type: 'phone-number',
		prefix: 'lipn',
		members: { value: written((value) => /^\+?[\d\s().-]{5,}$/.test(value)) },
		imported: true,
	},
	{ path: 'strings', type: 'string', prefix: 'lin', members: { value: written() } },
];
