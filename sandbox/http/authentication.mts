import { isIP } from 'node:net';
import { parseIpBlock } from '../domain/lists/listKinds.mts';
import { ApiError } from '../state/errors.mts';
import type { JsonObject } from '../state/json.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import { getEnvironment, type SandboxApiKey } from '../state/settings.mts';
import { getTimestamp } from '../state/timestamp.mts';

/** What an endpoint requires of a key. */
export interface AccessRequirements {
	/** By Persona's names, such as `inquiry.write`; all of them are needed. */
	permission?: string | string[];
	/** Only production keys: the resource belongs to the organization instead of one environment. */
	productionOnly?: true;
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
export const isProductionKey = (key: SandboxApiKey) => getEnvironment(key) === 'production';

/** Whether the key may read what belongs to the organization instead of one environment. */
export const hasOrganizationAccess = (key: SandboxApiKey) =>
	key.allowTemplates ?? isProductionKey(key);

/**
 * Throws as Persona does when a valid key may not use an endpoint. That a sandbox key gets 401 for what
 * only production keys may read is documented for deployments
 * (https://docs.withpersona.com/api-reference/deployments/list-all-deployments); for inquiry templates
 * and audit logs, the description names no status.
 */
export function requirePermission(
	{ permission, productionOnly }: AccessRequirements,
	key: AuthenticatedKey,
	ip: string,
) {
	if (!isAllowedAddress(key.attributes['ip-address-allowlist'] as string[], ip)) {
		throw new ApiError(403, 'IP address is not permitted access to current environment');
	}
	if (productionOnly && !hasOrganizationAccess(key)) throw new ApiError(401);
	const missing = [permission ?? []].flat().find((name) => !key.permissions?.includes(name));
	if (missing !== undefined && key.permissions) {
		throw new ApiError(403, `API key is missing the permission ${missing}`);
	}
}

const isAllowedAddress = (allowlist: string[], ip: string) =>
	allowlist.some((entry) => {
		const version = isIP(ip) === 6 ? 'ipv6' : 'ipv4';
		return entry === '*' || parseIpBlock(entry)?.check(ip, version) === true;
	});
