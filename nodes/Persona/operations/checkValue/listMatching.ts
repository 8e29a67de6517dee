import type { IDataObject } from 'n8n-workflow';
import type { PersonaObject } from '../../transport/jsonApi';
import { parseIpBlock, isWithin } from './ipBlock';
import { toInternationalDigits, listPossibleDigits } from './phoneNumber';

/** What is needed to compare a value that does not say it itself. */
export interface ValueHints {
	/** Digits of the country code of phone numbers that have none, e.g. 49. */
	countryCode?: string;
	/** The class that a government ID must have; any class where it is left out. */
	idClass?: string;
}

/** Returns the list items that a value matches; undefined where the value does not fit the list. */
export type FindMatches = (value: string, hints?: ValueHints) => PersonaObject[] | undefined;

/** How values are compared with the items of one type of list. */
export interface ListComparison {
	/** What a value has to look like, to end the sentence "Enter …". */
	expects: string;
	/** Parses the list items once, for any number of values. */
	createFinder: (items: PersonaObject[]) => FindMatches;
}

function createComparison<ParsedValue, ParsedItem>(
	expects: string,
	parseValue: (value: string, hints: ValueHints) => ParsedValue | undefined,
	parseItem: (attributes: IDataObject) => ParsedItem,
	matches: (value: ParsedValue, item: ParsedItem) => boolean,
): ListComparison {
	const createFinder = (items: PersonaObject[]): FindMatches => {
		const parsedItems = items.map(({ attributes = {} }) => parseItem(attributes));
		return (value, hints = {}) => {
			const parsedValue = parseValue(value.normalize('NFKC').trim(), hints);
			if (parsedValue === undefined) return undefined;
			return items.filter((_, index) => matches(parsedValue, parsedItems[index]));
		};
	};
	return { expects, createFinder };
}

const toText = (value: unknown) =>
	String(value ?? '')
		.normalize('NFKC')
		.trim();

const isSame = (value: unknown, item: unknown) => value === item;

/** Removes case, and the accents of letters that can be written without. */
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

const normalizeEmail = (address: string) => address.toLowerCase();

const getDomain = (address: string) => normalizeEmail(address).split('@').pop();

const normalizeIdNumber = (value: unknown) => toText(value).replace(/[\s-]/g, '').toUpperCase();

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

/** The mean radius. */
const EARTH_RADIUS_METERS = 6_371_000;

/** Distance on the surface of the earth, by the haversine formula. */
function getDistanceMeters(start: Coordinates, end: Coordinates): number {
	const toRadians = (degrees: number) => (degrees * Math.PI) / 180;
	const getHaversine = (degrees: number) => Math.sin(toRadians(degrees) / 2) ** 2;
	const cosines = Math.cos(toRadians(start.latitude)) * Math.cos(toRadians(end.latitude));
	const haversine =
		getHaversine(end.latitude - start.latitude) +
		cosines * getHaversine(end.longitude - start.longitude);
	return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(haversine)));
}

const createTextComparison = (attribute: string) =>
	createComparison(
		'a text',
		(value) => value,
		(attributes) => toText(attributes[attribute]),
		isSame,
	);

/** How values are compared, by the type of the list without `list/`. */
export const COMPARISONS: Record<string, ListComparison> = {
	'browser-fingerprint': createTextComparison('value'),
	country: createComparison(
		'a country as two letters, e.g. US',
		(value) => (/^[a-z]{2}$/i.test(value) ? value.toUpperCase() : undefined),
		(attributes) => toText(attributes['country-code']).toUpperCase(),
		isSame,
	),
	'device-fingerprint': createTextComparison('value'),
	'email-address': createComparison(
		'an email address or a domain, e.g. jane.doe@example.com',
		(value) => (/^([^\s@]+@|@)?[^\s@]+$/.test(value) ? normalizeEmail(value) : undefined),
		({ value, 'match-type': type }) => ({ address: toText(value), isDomain: type === 'domain' }),
		(value, { address, isDomain }) =>
			isDomain ? getDomain(value) === getDomain(address) : value === normalizeEmail(address),
	),
	field: createTextComparison('field-value'),
	geolocation: createComparison(
		'latitude and longitude, e.g. 37.7879461, -122.3977409',
		parseCoordinates,
		({ latitude, longitude, 'radius-meters': radius }) => ({
			center: { latitude: Number(latitude), longitude: Number(longitude) },
			radiusMeters: Number(radius),
		}),
		(place, { center, radiusMeters }) => getDistanceMeters(place, center) <= radiusMeters,
	),
	'government-id-number': createComparison(
		'the number of an ID, e.g. I1234562',
		(value, { idClass = '' }) =>
			/[\p{L}\p{N}]/u.test(value)
				? { number: normalizeIdNumber(value), idClass: normalizeIdNumber(idClass) }
				: undefined,
		(attributes) => ({
			number: normalizeIdNumber(attributes['id-number']),
			idClass: normalizeIdNumber(attributes['id-class']),
		}),
		(id, { number, idClass }) =>
			id.number === number && (id.idClass === '' || id.idClass === idClass),
	),
	'ip-address': createComparison(
		'an IPv4 or IPv6 address, e.g. 203.0.113.42',
		parseIpBlock,
		({ value }) => parseIpBlock(toText(value)),
		(address, block) => block !== undefined && isWithin(address, block),
	),
	name: createComparison(
		'first and last name, e.g. Jane Doe',
		(value) => normalizeName(reorderName(value)) || undefined,
		(attributes) =>
			normalizeName(`${toText(attributes['name-first'])} ${toText(attributes['name-last'])}`),
		isSame,
	),
	'phone-number': createComparison(
		'a phone number with its country code, e.g. +14155551234',
		(value, { countryCode }) => listPossibleDigits(value, countryCode),
		({ value }) => toInternationalDigits(toText(value)),
		(possibleDigits, digits) => possibleDigits.includes(digits),
	),
	string: createTextComparison('value'),
};
