import type { SandboxKey } from '../options.mts';
import type { Endpoint } from './endpoint.mts';
import { Problem } from './problem.mts';

/** The key of an `Authorization` header; throws the 401 that Persona gives. */
export function keyOf(keys: SandboxKey[], authorization: string | undefined): SandboxKey {
	const [, value] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
	if (!value) throw new Problem(401);
	const key = keys.find((each) => each.value === value);
	if (!key) throw new Problem(401, undefined, { title: 'Token is invalid' });
	return key;
}

/** Whether the key belongs to a production environment. */
export const isProduction = ({ value }: SandboxKey) => value.startsWith('persona_production_');

/** Throws the 403 that Persona gives to a genuine key that lacks a permission. */
export function requirePermission({ permission, templatesOnly }: Endpoint, key: SandboxKey) {
	if (permission && key.permissions && !key.permissions.includes(permission)) {
		throw new Problem(403, `API key is missing the permission ${permission}`);
	}
	if (templatesOnly && !(key.allowTemplates ?? isProduction(key))) {
		throw new Problem(403, 'Inquiry templates can only be accessed with a production API key');
	}
}
