import { ApiError } from '../state/errors.mts';
import type { JsonObject } from '../state/json.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { SandboxApiKey } from '../state/settings.mts';
import { getTimestamp } from '../state/timestamp.mts';

/** What an endpoint requires of a key. */
export interface AccessRequirements {
	/** By Persona's names, such as `inquiry.write`. */
	permission?: string;
	/** Only keys that may read inquiry templates. */
	templatesOnly?: true;
}

/** The API key of a request, with the attributes that Persona shows of it. */
export interface AuthenticatedKey extends SandboxApiKey {
	id: string;
	attributes: JsonObject;
}

/** Finds the key of an `Authorization` header. Throws 401 as Persona does. */
export function authenticate(
	state: SandboxState,
	authorization: string | undefined,
): AuthenticatedKey {
	const [, value] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
	if (!value) throw new ApiError(401);
	const key = state.store.getCollection('api-key').get(state.apiKeyIds.get(value) ?? '');
	const expiresAt = key?.attributes['expires-at'];
	if (!key || (typeof expiresAt === 'string' && Date.parse(expiresAt) <= Date.now())) {
		throw new ApiError(401, undefined, { title: 'Token is invalid' });
	}
	const { id, attributes } = key;
	attributes['last-used-at'] = getTimestamp();
	const { configuredKey } = state.getPrivateState(key);
	const permissions = configuredKey
		? configuredKey.permissions
		: (attributes.permissions as string[]);
	return { ...configuredKey, id, value, attributes, permissions };
}

/** Whether the key belongs to a production environment. */
export const isProductionKey = ({ value }: SandboxApiKey) =>
	value.startsWith('persona_production_');

/** Whether the key may read what belongs to the organization instead of one environment. */
export const hasOrganizationAccess = (key: SandboxApiKey) =>
	key.allowTemplates ?? isProductionKey(key);

/** Throws 403 as Persona does when a valid key lacks a permission. */
export function requirePermission(
	{ permission, templatesOnly }: AccessRequirements,
	key: SandboxApiKey,
) {
	if (permission && key.permissions && !key.permissions.includes(permission)) {
		throw new ApiError(403, `API key is missing the permission ${permission}`);
	}
	if (templatesOnly && !hasOrganizationAccess(key)) {
		throw new ApiError(403, 'Inquiry templates can only be accessed with a production API key');
	}
}
