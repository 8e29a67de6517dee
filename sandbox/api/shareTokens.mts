import {
	changeStatus,
	createShareToken,
	DEFAULT_SHARE_TOKEN_SECONDS,
	getSourceData,
	OWN_ORGANIZATION,
} from '../domain/connect/sharing.mts';
import { defineBody, defineObject, integer, text } from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getReferenced, getTarget, matchesFilter } from '../http/lookup.mts';
import { ApiError, ConflictError, NotFoundError, UnprocessableError } from '../state/errors.mts';
import { getRelatedId, toOne } from '../state/relationships.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { type FieldMapping, redeemShareToken } from './shareTokenRedemption.mts';

const type = 'connect/share-token';
const include: string[] = [];

const SHAREABLE_FAMILIES = ['account', 'inquiry', 'transaction', 'verification'];

/** Everything under `/connect/share-tokens`. Persona documents no permission for it. */
export const shareTokens: Endpoint[] = [
	{
		route: 'POST /connect/share-tokens',
		include,
		body: defineBody({
			'data*': defineObject({
				'attributes*': defineObject({
					'connection-id*': text,
					'source-id*': text,
					'expires-in-seconds': { ...integer, minimum: 60, maximum: 1_814_400 },
				}),
			}),
		}),
		handle: handleCreate,
	},
	{
		route: 'GET /connect/share-tokens',
		paged: true,
		filter: ['connection-id', 'status', 'direction'],
		handle: ({ filter }) => ({
			collection: {
				family: 'connect',
				isListed: (each) =>
					each.type === type &&
					matchesFilter(filter['connection-id'], getRelatedId(each, 'connection')) &&
					matchesFilter(filter.status, each.attributes.status) &&
					matchesFilter(filter.direction, each.attributes.direction),
			},
		}),
	},
	{
		route: 'GET /connect/share-tokens/:id',
		include,
		query: ['peek-source-data'],
		handle: (request) => {
			const token = getTarget(request, type);
			const peeks = request.query['peek-source-data'] === 'true';
			const data = peeks ? getSourceData(request.state, token) : undefined;
			if (!data) return { object: token };
			return { object: { ...token, attributes: { ...token.attributes, 'source-data': data } } };
		},
	},
	{
		route: 'POST /connect/share-tokens/:id/expire',
		include,
		handle: (request) => {
			const token = getUnusedToken(request);
			changeStatus(token, 'expired', { 'expires-at': new Date().toISOString() });
			return { object: token };
		},
	},
	{
		route: 'POST /connect/share-tokens/:id/redeem',
		include,
		body: defineBody({
			data: defineObject({ attributes: defineObject({ 'destination-id': text }) }),
			meta: defineObject({
				'field-mappings': {
					type: 'array',
					items: defineObject({ 'source-field-name*': text, 'destination-field-name*': text }),
				},
			}),
		}),
		handle: (request) => {
			const token = getUnusedToken(request);
			const destination = resolveDestination(request, token);
			redeemShareToken(
				request,
				token,
				(request.meta['field-mappings'] ?? []) as unknown as FieldMapping[],
				destination,
			);
			return { object: token, status: 202 };
		},
	},
];

function handleCreate(request: ApiRequest) {
	const { state, attributes, key } = request;
	const connection = getReferenced(
		request,
		'connect/connection',
		attributes['connection-id'],
		'data.attributes.connection_id',
	);
	const { status, 'source-organization-id': sourceOrganizationId } = connection.attributes;
	if (sourceOrganizationId !== OWN_ORGANIZATION) {
		throw new ApiError(403, 'Only the source organization can share through a connection');
	}
	if (status === 'inactive') throw new ConflictError('Connection is inactive');
	const source = state.store.findById(String(attributes['source-id']));
	if (!source) throw new NotFoundError('data.attributes.source_id is not found');
	if (!SHAREABLE_FAMILIES.includes(source.type.split('/')[0])) {
		const pointer = '/data/attributes/source-id';
		throw new UnprocessableError('data.attributes.source_id cannot be shared', pointer);
	}
	const lifetimeSeconds = Number(attributes['expires-in-seconds'] ?? DEFAULT_SHARE_TOKEN_SECONDS);
	const token = createShareToken(state, 'outbound', lifetimeSeconds, {
		connection: toOne(connection),
		creator: toOne({ type: 'api-key', id: key.id }),
		source: toOne(source),
	});
	state.emitEvent('connect/share-token.outbound-created', token);
	return { object: token, status: 201 };
}

function getUnusedToken(request: ApiRequest): StoredObject {
	const token = getTarget(request, type);
	const { status } = token.attributes;
	if (status !== 'created') throw new ConflictError(`Share token is ${String(status)}`);
	return token;
}

/** The object that the shared data goes into; undefined when a new inquiry is to be created. */
function resolveDestination(
	{ state, attributes }: ApiRequest,
	token: StoredObject,
): StoredObject | undefined {
	const source = state.getPrivateState(token).sharedObject;
	if (!source) {
		throw new ApiError(403, 'Only the destination organization can redeem a share token');
	}
	const [connection] = state.store.getRelated(token, 'connection');
	if (connection.attributes.status !== 'active') {
		throw new ConflictError('Connection is not active');
	}
	const id = attributes['destination-id'];
	if (id === undefined) {
		if (source.type === 'inquiry') return undefined;
		throw new UnprocessableError(`The share token of an ${source.type} needs a destination`);
	}
	const destination = state.store.findById(String(id));
	if (!destination) throw new NotFoundError('data.attributes.destination_id is not found');
	if (!['account', 'inquiry', 'transaction'].includes(destination.type)) {
		const pointer = '/data/attributes/destination-id';
		throw new UnprocessableError('data.attributes.destination_id cannot take shared data', pointer);
	}
	return destination;
}
