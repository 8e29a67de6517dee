import type { SandboxApiKey } from '../options.mts';
import type { JsonObject } from '../store.mts';
import { now, type World } from '../world.mts';
import type { Endpoint } from './endpoint.mts';
import { Problem } from './problem.mts';

/** An API key in use, with what Persona shows of it. */
export interface UsedKey extends SandboxApiKey {
	id: string;
	attributes: JsonObject;
}

/** The key of an `Authorization` header; throws the 401 that Persona gives. */
export function keyOf(world: World, authorization: string | undefined): UsedKey {
	const [, value] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
	if (!value) throw new Problem(401);
	const key = world.store.getCollection('api-key').get(world.keys.get(value) ?? '');
	const end = key?.attributes['expires-at'];
	if (!key || (typeof end === 'string' && Date.parse(end) <= Date.now())) {
		throw new Problem(401, undefined, { title: 'Token is invalid' });
	}
	const { id, attributes } = key;
	attributes['last-used-at'] = now();
	const { given } = world.about(key);
	const permissions = given ? given.permissions : (attributes.permissions as string[]);
	return { ...given, id, value, attributes, permissions };
}

/** Whether the key belongs to a production environment. */
export const isProduction = ({ value }: SandboxApiKey) => value.startsWith('persona_production_');

/** Whether the key may read what belongs to the organization rather than to one environment. */
export const isTrusted = (key: SandboxApiKey) => key.allowTemplates ?? isProduction(key);

/** Throws the 403 that Persona gives to a genuine key that lacks a permission. */
export function requirePermission({ permission, templatesOnly }: Endpoint, key: SandboxApiKey) {
	if (permission && key.permissions && !key.permissions.includes(permission)) {
		throw new Problem(403, `API key is missing the permission ${permission}`);
	}
	if (templatesOnly && !isTrusted(key)) {
		throw new Problem(403, 'Inquiry templates can only be accessed with a production API key');
	}
}
