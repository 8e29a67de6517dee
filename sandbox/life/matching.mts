import { isIP } from 'node:net';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import type { World } from '../world.mts';
import { plainFields } from './fields.mts';
import { blockOf } from './listKinds.mts';

/** What lists are compared with: the person's values, and where and on what they worked. */
interface Facts {
	fields: JsonObject;
	sessions: JsonObject[];
}

type Match = (item: JsonObject, facts: Facts, list: JsonObject) => boolean;

const isAlike = (a: Json | undefined, b: Json | undefined) =>
	typeof a === 'string' && typeof b === 'string' && a.trim().toLowerCase() === b.toLowerCase();

/** Whether one first name begins as the other does, as "Jan" and "Jane". */
function isFuzzy(a: Json | undefined, b: Json | undefined) {
	const [short, long] = [String(a), String(b)]
		.map((name) => name.toLowerCase())
		.sort((one, other) => one.length - other.length);
	return long.startsWith(short);
}

const digits = (value: Json | undefined) => String(value ?? '').replace(/\D/g, '');

const anyValue = ({ fields }: Facts, value: Json) =>
	Object.values(fields).some((each) => isAlike(String(each), value));

const ofSession =
	(name: string): Match =>
	({ value }, { sessions }) =>
		sessions.some((session) => session[name] === value);

const matches: Record<string, Match> = {
	'browser-fingerprint': ofSession('browser-fingerprint'),
	country: ({ 'country-code': code }, { fields, sessions }) =>
		fields['address-country-code'] === code ||
		sessions.some((session) => session['country-code'] === code),
	'device-fingerprint': ofSession('device-fingerprint'),
	'email-address': ({ value, 'match-type': type }, { fields }) => {
		const address = String(fields['email-address'] ?? '');
		if (type === 'email_address') return isAlike(address, value);
		return isAlike(address.split('@')[1], String(value).split('@').pop());
	},
	field: ({ 'field-value': value }, facts) => anyValue(facts, value),
	geolocation: (item, { sessions }) =>
		sessions.some((session) => metersBetween(item, session) <= Number(item['radius-meters'])),
	'government-id-number': ({ 'id-number': number }, { fields }) =>
		isAlike(fields['identification-number'], number),
	'ip-address': ({ value }, { sessions }) => {
		const block = blockOf(String(value));
		return sessions.some(({ 'ip-address': address }) => {
			const version = isIP(String(address)) === 6 ? 'ipv6' : 'ipv4';
			return typeof address === 'string' && block?.check(address, version) === true;
		});
	},
	name: (item, { fields }, list) => {
		const same = list['allow-fuzzy-name-first'] === true ? isFuzzy : isAlike;
		return (
			isAlike(fields['name-last'], item['name-last']) &&
			typeof fields['name-first'] === 'string' &&
			same(fields['name-first'], item['name-first'])
		);
	},
	'phone-number': ({ value }, { fields }) => digits(fields['phone-number']) === digits(value),
	string: ({ value }, facts) => anyValue(facts, value),
};

/** Counts the inquiry with every active item of an active list that it matches. */
export function matchLists({ store }: World, inquiry: StoredObject) {
	const sessions = store.getRelated(inquiry, 'sessions').map((session) => ({
		...session.attributes,
		...store.getRelated(session, 'device')[0]?.attributes,
	}));
	const facts: Facts = { fields: plainFields(inquiry), sessions };
	for (const list of store.getCollection('list').findAll(isActive)) {
		const [, kind] = list.type.split('/');
		for (const { attributes } of store.getRelated(list, 'list-items').filter(isActive)) {
			if (!matches[kind](attributes, facts, list.attributes)) continue;
			attributes['match-count'] = Number(attributes['match-count']) + 1;
		}
	}
}

const isActive = ({ attributes }: StoredObject) => attributes.status === 'active';

const EARTH_METERS = 6_371_000;

/** The way between two points along the surface of the earth. */
function metersBetween(a: JsonObject, b: JsonObject): number {
	const radians = (value: Json) => (Number(value) * Math.PI) / 180;
	if (typeof b.latitude !== 'number' || typeof b.longitude !== 'number') return Infinity;
	const [from, to] = [radians(a.latitude), radians(b.latitude)];
	const turn = radians(b.longitude) - radians(a.longitude);
	const cosine = Math.sin(from) * Math.sin(to) + Math.cos(from) * Math.cos(to) * Math.cos(turn);
	return EARTH_METERS * Math.acos(Math.min(1, Math.max(-1, cosine)));
}
