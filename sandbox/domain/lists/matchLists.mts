import { isIP } from 'node:net';
import type { Json, JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getFieldValues } from '../shared/fields.mts';
import { parseIpBlock } from './listKinds.mts';

/** What list items are compared with: the fields of an inquiry, and its sessions with their devices. */
interface MatchSubject {
	fields: JsonObject;
	sessions: JsonObject[];
}

type ItemMatcher = (item: JsonObject, subject: MatchSubject, list: JsonObject) => boolean;

const isSameText = (a: Json | undefined, b: Json | undefined) =>
	typeof a === 'string' && typeof b === 'string' && a.trim().toLowerCase() === b.toLowerCase();

/** Whether one name starts with the other, as "Jane" with "Jan". */
function isFuzzyMatch(a: Json | undefined, b: Json | undefined) {
	const [shorter, longer] = [String(a), String(b)]
		.map((name) => name.toLowerCase())
		.sort((one, other) => one.length - other.length);
	return longer.startsWith(shorter);
}

const keepDigits = (value: Json | undefined) => String(value ?? '').replace(/\D/g, '');

const hasValue = ({ fields }: MatchSubject, value: Json) =>
	Object.values(fields).some((each) => isSameText(String(each), value));

const matchSession =
	(name: string): ItemMatcher =>
	({ value }, { sessions }) =>
		sessions.some((session) => session[name] === value);

/** By kind of list. */
const MATCHERS: Record<string, ItemMatcher> = {
	'browser-fingerprint': matchSession('browser-fingerprint'),
	country: ({ 'country-code': code }, { fields, sessions }) =>
		fields['address-country-code'] === code ||
		sessions.some((session) => session['country-code'] === code),
	'device-fingerprint': matchSession('device-fingerprint'),
	'email-address': ({ value, 'match-type': type }, { fields }) => {
		const address = String(fields['email-address'] ?? '');
		if (type === 'email_address') return isSameText(address, value);
		return isSameText(address.split('@')[1], String(value).split('@').pop());
	},
	field: ({ 'field-value': value }, subject) => hasValue(subject, value),
	geolocation: (item, { sessions }) =>
		sessions.some((session) => getDistanceMeters(item, session) <= Number(item['radius-meters'])),
	'government-id-number': ({ 'id-number': number }, { fields }) =>
		isSameText(fields['identification-number'], number),
	'ip-address': ({ value }, { sessions }) => {
		const block = parseIpBlock(String(value));
		return sessions.some(({ 'ip-address': address }) => {
			const version = isIP(String(address)) === 6 ? 'ipv6' : 'ipv4';
			return typeof address === 'string' && block?.check(address, version) === true;
		});
	},
	name: (item, { fields }, list) => {
		const isSameFirstName = list['allow-fuzzy-name-first'] === true ? isFuzzyMatch : isSameText;
		return (
			isSameText(fields['name-last'], item['name-last']) &&
			typeof fields['name-first'] === 'string' &&
			isSameFirstName(fields['name-first'], item['name-first'])
		);
	},
	'phone-number': ({ value }, { fields }) =>
		keepDigits(fields['phone-number']) === keepDigits(value),
	string: ({ value }, subject) => hasValue(subject, value),
};

/** Increments `match-count` of every active item in an active list that the inquiry matches. */
export function matchLists({ store }: SandboxState, inquiry: StoredObject) {
	const sessions = store.getRelated(inquiry, 'sessions').map((session) => ({
		...session.attributes,
		...store.getRelated(session, 'device')[0]?.attributes,
	}));
	const subject: MatchSubject = { fields: getFieldValues(inquiry), sessions };
	for (const list of store.getCollection('list').findAll(isActive)) {
		const [, kind] = list.type.split('/');
		for (const { attributes } of store.getRelated(list, 'list-items').filter(isActive)) {
			if (!MATCHERS[kind](attributes, subject, list.attributes)) continue;
			attributes['match-count'] = Number(attributes['match-count']) + 1;
		}
	}
}

const isActive = ({ attributes }: StoredObject) => attributes.status === 'active';

const EARTH_RADIUS_METERS = 6_371_000;

/** The distance between two points along the surface of the earth. */
function getDistanceMeters(a: JsonObject, b: JsonObject): number {
	const toRadians = (value: Json) => (Number(value) * Math.PI) / 180;
	if (typeof b.latitude !== 'number' || typeof b.longitude !== 'number') return Infinity;
	const [from, to] = [toRadians(a.latitude), toRadians(b.latitude)];
	const longitudeDifference = toRadians(b.longitude) - toRadians(a.longitude);
	const cosine =
		Math.sin(from) * Math.sin(to) + Math.cos(from) * Math.cos(to) * Math.cos(longitudeDifference);
	return EARTH_RADIUS_METERS * Math.acos(Math.min(1, Math.max(-1, cosine)));
}
