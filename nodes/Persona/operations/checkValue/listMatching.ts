import type { IDataObject } from 'n8n-workflow';
import type { PersonaObject } from '../../transport/jsonApi';
import { parseIpBlock, isWithin } from './ipBlock';
import { toInternationalDigits, listPossibleDigits } from './phoneNumber';

/** What a value alone does not tell. */
export interface ValueHints {
	/** Digits of the country code that phone numbers without one belong to, e.g. 49. */
	countryCode?: string;
	/** The class that a government ID has to be of; any when left out. */
	idClass?: string;
}

/** The objects that a value matches; undefined where the value is none of the kind. */
type FindMatches = (value: string, hints?: ValueHints) => PersonaObject[] | undefined;

/** How the values of one type of list are compared. */
interface ListComparison {
	/** What a value has to look like, to end the sentence "Give …". */
	expects: string;
	/** Reads the items once, however many values are looked for. */
	createFinder: (objects: PersonaObject[]) => FindMatches;
}

function createComparison<Sought, Listed>(
	expects: string,
	read: (value: string, hints: ValueHints) => Sought | undefined,
	listed: (attributes: IDataObject) => Listed,
	match: (sought: Sought, item: Listed) => boolean,
): ListComparison {
	const among = (objects: PersonaObject[]): FindMatches => {
		const items = objects.map(({ attributes = {} }) => listed(attributes));
		return (value, hints = {}) => {
			const sought = read(value.normalize('NFKC').trim(), hints);
			if (sought === undefined) return undefined;
			return objects.filter((_, index) => match(sought, items[index]));
		};
	};
	return { expects, createFinder: among };
}

const text = (value: unknown) =>
	String(value ?? '')
		.normalize('NFKC')
		.trim();

const isSame = (sought: unknown, item: unknown) => sought === item;

/** Without case, and without accents where a letter is written with one. */
const normalizeName = (name: string) =>
	name
		.toUpperCase()
		.toLowerCase()
		.normalize('NFKD')
		.replace(/[\u0300-\u036f]/g, '')
		.replace(/['’`.]/g, '')
		.replace(/[\s,-]+/g, ' ')
		.trim();

/** "Doe, Jane" as "Jane Doe". */
const reorderName = (name: string) => name.split(',').reverse().join(' ');

const address = (value: string) => value.toLowerCase();

const getDomain = (value: string) => address(value).split('@').pop();

const normalizeIdNumber = (value: unknown) => text(value).replace(/[\s-]/g, '').toUpperCase();

interface Coordinates {
	latitude: number;
	longitude: number;
}

function parseCoordinates(value: string): Coordinates | undefined {
	const [, north, east] = /^(-?\d+(?:\.\d+)?)[\s,;]+(-?\d+(?:\.\d+)?)$/.exec(value) ?? [];
	const [latitude, longitude] = [Number(north), Number(east)];
	if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return undefined;
	return { latitude, longitude };
}

/** Mean radius of the earth. */
const EARTH_RADIUS_METERS = 6_371_000;

/** The way between two places along the surface of the earth, by the haversine formula. */
function getDistanceMeters(one: Coordinates, other: Coordinates): number {
	const radians = (degrees: number) => (degrees * Math.PI) / 180;
	const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
	const along = Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude));
	const square =
		half(other.latitude - one.latitude) + along * half(other.longitude - one.longitude);
	return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(square)));
}

const plain = (name: string) =>
	createComparison(
		'a text',
		(value) => value,
		(item) => text(item[name]),
		isSame,
	);

/** How values are compared, by the type of the list without `list/`. */
export const COMPARISONS: Record<string, ListComparison> = {
	'browser-fingerprint': plain('value'),
	country: createComparison(
		'a country as two letters, e.g. US',
		(value) => (/^[a-z]{2}$/i.test(value) ? value.toUpperCase() : undefined),
		(item) => text(item['country-code']).toUpperCase(),
		isSame,
	),
	'device-fingerprint': plain('value'),
	'email-address': createComparison(
		'an email address or a domain, e.g. jane.doe@example.com',
		(value) => (/^([^\s@]+@|@)?[^\s@]+$/.test(value) ? address(value) : undefined),
		({ value, 'match-type': type }) => ({ value: text(value), domain: type === 'domain' }),
		(sought, { value, domain }) =>
			domain ? getDomain(sought) === getDomain(value) : sought === address(value),
	),
	field: plain('field-value'),
	geolocation: createComparison(
		'latitude and longitude, e.g. 37.7879461, -122.3977409',
		parseCoordinates,
		({ latitude, longitude, 'radius-meters': radius }) => ({
			center: { latitude: Number(latitude), longitude: Number(longitude) },
			radius: Number(radius),
		}),
		(sought, { center, radius }) => getDistanceMeters(sought, center) <= radius,
	),
	'government-id-number': createComparison(
		'the number of an ID, e.g. I1234562',
		(value, { idClass = '' }) =>
			/[\p{L}\p{N}]/u.test(value)
				? { number: normalizeIdNumber(value), idClass: normalizeIdNumber(idClass) }
				: undefined,
		(item) => ({
			number: normalizeIdNumber(item['id-number']),
			idClass: normalizeIdNumber(item['id-class']),
		}),
		(sought, { number, idClass }) =>
			sought.number === number && (sought.idClass === '' || sought.idClass === idClass),
	),
	'ip-address': createComparison(
		'an IPv4 or IPv6 address, e.g. 203.0.113.42',
		parseIpBlock,
		({ value }) => parseIpBlock(text(value)),
		(sought, block) => block !== undefined && isWithin(sought, block),
	),
	name: createComparison(
		'first and last name, e.g. Jane Doe',
		(value) => normalizeName(reorderName(value)) || undefined,
		(item) => normalizeName(`${text(item['name-first'])} ${text(item['name-last'])}`),
		isSame,
	),
	'phone-number': createComparison(
		'a phone number with its country code, e.g. +14155551234',
		(value, { countryCode }) => listPossibleDigits(value, countryCode),
		({ value }) => toInternationalDigits(text(value)),
		(sought, number) => sought.includes(number),
	),
	string: plain('value'),
};
