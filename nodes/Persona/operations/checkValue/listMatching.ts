import type { IDataObject } from 'n8n-workflow';
import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import { parseCoordinates, type Coordinates } from '../../utils/values/coordinates';
import { formatCountryCode } from '../../utils/values/countryCode';
import { getDomainKey } from '../../utils/values/domain';
import { getEmailAddressKey } from '../../utils/values/emailAddress';
import { getFingerprintKey } from '../../utils/values/fingerprint';
import { getIdNumberKey } from '../../utils/values/idNumber';
import { parseIpBlock, isWithin, type IpBlock } from '../../utils/values/ipBlock';
import {
	getPersonKeys,
	getWholeNameKey,
	mayBeSameName,
	splitName,
} from '../../utils/values/personName';
import { parsePhoneNumber, type PhoneNumberDigits } from '../../utils/values/phoneNumber';
import { toPlainCharacters } from '../../utils/values/trimText';
import { formatCount } from '../../utils/formatCount';

/** What is needed to compare a value that does not say it itself. */
export interface ValueHints {
	/** Digits of the country code of phone numbers that have none, e.g. 49. */
	countryCode?: string;
	/** The class that a government ID must have; any class where it is left out. */
	idClass?: string;
}

/** The list items that a value was compared with. */
export interface MatchResult {
	matches: PersonaObject[];
	/** Items that may be the same value, which cannot be said for certain. */
	possible: PersonaObject[];
	/** Items that could not be read, so nothing is known about them. */
	unreadable: PersonaObject[];
}

/** Compares a value with the items of a list; undefined where the value does not fit the list. */
export type FindMatches = (value: string, hints?: ValueHints) => MatchResult | undefined;

/** How values are compared with the items of one type of list. */
export interface ListComparison {
	/** What a value has to look like, to end the sentence "Enter …". */
	expects: string;
	/** Says why items may be the same, and what to do; the items are in the output. */
	describePossible: (count: number) => string;
	createFinder: (items: PersonaObject[]) => FindMatches;
}

/** `possible` means that the two may be the same. */
type Match = boolean | 'possible';

/** Both parsers return undefined for what they cannot read. */
function createComparison<ParsedValue, ParsedItem>(
	expects: string,
	parseValue: (value: string, hints: ValueHints) => ParsedValue | undefined,
	parseItem: (attributes: IDataObject, hints: ValueHints) => ParsedItem | undefined,
	compare: (value: ParsedValue, item: ParsedItem) => Match,
	describePossible: ListComparison['describePossible'] = () => '',
): ListComparison {
	const createFinder = (items: PersonaObject[]): FindMatches => {
		// The hints are the same for all values of a run, as a rule: each item is parsed once.
		let parsed: { hints: string; items: Array<ParsedItem | undefined> } | undefined;
		return (value, hints = {}) => {
			const parsedValue = parseValue(value, hints);
			if (parsedValue === undefined) return undefined;
			const key = JSON.stringify(hints);
			if (!parsed || parsed.hints !== key) {
				parsed = {
					hints: key,
					items: items.map((item) => parseItem(getAttributes(item), hints)),
				};
			}
			const result: MatchResult = { matches: [], possible: [], unreadable: [] };
			parsed.items.forEach((item, index) => {
				const match = item === undefined ? undefined : compare(parsedValue, item);
				if (match === undefined) result.unreadable.push(items[index]);
				else if (match === 'possible') result.possible.push(items[index]);
				else if (match) result.matches.push(items[index]);
			});
			return result;
		};
	};
	return { expects, describePossible, createFinder };
}

/** The text of an attribute; empty where Persona sent none. */
const toText = (value: unknown) =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const isSame = (value: unknown, item: unknown) => value === item;

const getTextKey = (text: string) => toPlainCharacters(text) || undefined;

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

function parseGeolocation(attributes: IDataObject) {
	const [latitude, longitude, radiusMeters] = ['latitude', 'longitude', 'radius-meters'].map(
		(name) => Number(toText(attributes[name]) || NaN),
	);
	const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
	return isPlace && radiusMeters >= 0
		? { center: { latitude, longitude }, radiusMeters }
		: undefined;
}

/** An address that is the whole value, or the domain of it. */
interface EmailKeys {
	address?: string;
	domain: string;
}

function parseEmail(text: string): EmailKeys | undefined {
	const address = getEmailAddressKey(text);
	const domain = address === undefined ? getDomainKey(text) : address.replace(/^.*@/, '');
	return domain === undefined ? undefined : { address, domain };
}

/** Whether the digits without country code are the end of the others. */
const endsAlike = (one: PhoneNumberDigits, other: PhoneNumberDigits) => {
	const { national } = one;
	return national !== undefined && other.possible.some((digits) => digits.endsWith(national));
};

/** A range that only overlaps with what is listed is neither on the list nor absent from it. */
function compareIpBlocks(value: IpBlock, item: IpBlock): Match {
	if (isWithin(value, item)) return true;
	return isWithin(item, value) ? 'possible' : false;
}

function comparePhoneNumbers(value: PhoneNumberDigits, item: PhoneNumberDigits): Match {
	if (value.possible.some((digits) => item.possible.includes(digits))) return true;
	return endsAlike(value, item) || endsAlike(item, value) ? 'possible' : false;
}

const createTextComparison = (attribute: string, getKey: (text: string) => string | undefined) =>
	createComparison('a text', getKey, (attributes) => getKey(toText(attributes[attribute])), isSame);

/** How values are compared, by the type of the list without `list/`. */
export const COMPARISONS: Record<string, ListComparison> = {
	'browser-fingerprint': createTextComparison('value', getFingerprintKey),
	country: createComparison(
		'a country, e.g. US, USA or United States',
		formatCountryCode,
		(attributes) => formatCountryCode(toText(attributes['country-code'])),
		isSame,
	),
	'device-fingerprint': createTextComparison('value', getFingerprintKey),
	'email-address': createComparison(
		'an email address or a domain, e.g. jane.doe@example.com or example.com',
		parseEmail,
		({ value, 'match-type': type }) => {
			const item = parseEmail(toText(value));
			return item && { ...item, isDomain: type === 'domain' };
		},
		(value, { address, domain, isDomain }) => {
			if (value.domain !== domain) return false;
			if (isDomain) return true;
			return value.address === undefined ? 'possible' : value.address === address;
		},
		(count) =>
			`${formatCount(count, 'address', 'addresses')} of this domain, but not the domain itself, ${count === 1 ? 'is' : 'are'} on the list`,
	),
	field: createTextComparison('field-value', getTextKey),
	geolocation: createComparison(
		'latitude and longitude, e.g. 37.7879461, -122.3977409',
		parseCoordinates,
		parseGeolocation,
		(place, { center, radiusMeters }) => getDistanceMeters(place, center) <= radiusMeters,
	),
	'government-id-number': createComparison(
		'the number of an ID, e.g. I1234562',
		(value, { idClass = '' }) => {
			const number = getIdNumberKey(value);
			return number === undefined ? undefined : { number, idClass: getIdNumberKey(idClass) };
		},
		(attributes) => {
			const number = getIdNumberKey(toText(attributes['id-number']));
			const idClass = getIdNumberKey(toText(attributes['id-class']));
			return number === undefined ? undefined : { number, idClass };
		},
		(id, { number, idClass }) =>
			id.number === number && (id.idClass === undefined || id.idClass === idClass),
	),
	'ip-address': createComparison(
		'an IPv4 or IPv6 address, e.g. 203.0.113.42',
		parseIpBlock,
		({ value }) => parseIpBlock(toText(value)),
		compareIpBlocks,
		(count) =>
			`The range contains ${formatCount(count, 'listed address or range', 'listed addresses or ranges')}, so a part of it is on the list`,
	),
	name: createComparison(
		'first and last name, e.g. Jane Doe',
		(value) => {
			const key = getWholeNameKey(value);
			return key === '' ? undefined : { ...splitName(value), key };
		},
		(attributes) => {
			const parts = ['name-first', 'name-last'].map((name) => toText(attributes[name]));
			const keys = getPersonKeys(parts[0], parts[1]);
			return keys.length > 0 ? { ...splitName(...parts), keys } : undefined;
		},
		(name, item) => item.keys.includes(name.key) || (mayBeSameName(name, item) && 'possible'),
		(count) =>
			`${formatCount(count, 'name', 'names')} may be the same: the order of the words is another, a word is missing, or one is an initial`,
	),
	'phone-number': createComparison(
		'a phone number with its country code, e.g. +14155551234',
		(value, { countryCode }) => parsePhoneNumber(value, countryCode),
		({ value }, { countryCode }) => parsePhoneNumber(toText(value), countryCode),
		comparePhoneNumbers,
		(count) =>
			`${formatCount(count, 'number ends', 'numbers end')} with the same digits, and only one of the two numbers has a country code: fill in 'Country Code of Phone Number'`,
	),
	string: createTextComparison('value', getTextKey),
};
