import { become, newToken, OWN_ORGANIZATION, sourceData } from '../life/sharing.mts';
import { one } from '../server/answer.mts';
import { body, integer, object, text } from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found, named, passes, relatedId } from '../server/find.mts';
import { conflict, invalid, notFound, Problem } from '../server/problem.mts';
import type { StoredObject } from '../store.mts';
import { type Mapping, redeem } from './shareTokenRedemption.mts';

const type = 'connect/share-token';
const include: string[] = [];

const DEFAULT_SECONDS = 14 * 86_400;

const shareable = ['account', 'inquiry', 'transaction', 'verification'];

/** Everything under `/connect/share-tokens`; Persona names no permission for it. */
export const shareTokens: Endpoint[] = [
	{
		route: 'POST /connect/share-tokens',
		include,
		body: body({
			'data*': object({
				'attributes*': object({
					'connection-id*': text,
					'source-id*': text,
					'expires-in-seconds': { ...integer, minimum: 60, maximum: 1_814_400 },
				}),
			}),
		}),
		handle: create,
	},
	{
		route: 'GET /connect/share-tokens',
		paged: true,
		filter: ['connection-id', 'status', 'direction'],
		handle: ({ filter }) => ({
			list: {
				family: 'connect',
				keep: (each) =>
					each.type === type &&
					passes(filter['connection-id'], relatedId(each, 'connection')) &&
					passes(filter.status, each.attributes.status) &&
					passes(filter.direction, each.attributes.direction),
			},
		}),
	},
	{
		route: 'GET /connect/share-tokens/:id',
		include,
		query: ['peek-source-data'],
		handle: (call) => {
			const token = found(call, type);
			const peeks = call.query['peek-source-data'] === 'true';
			const data = peeks ? sourceData(call.world, token) : undefined;
			if (!data) return { item: token };
			return { item: { ...token, attributes: { ...token.attributes, 'source-data': data } } };
		},
	},
	{
		route: 'POST /connect/share-tokens/:id/expire',
		include,
		handle: (call) => {
			const token = unused(call);
			become(token, 'expired', { 'expires-at': new Date().toISOString() });
			return { item: token };
		},
	},
	{
		route: 'POST /connect/share-tokens/:id/redeem',
		include,
		body: body({
			data: object({ attributes: object({ 'destination-id': text }) }),
			meta: object({
				'field-mappings': {
					type: 'array',
					items: object({ 'source-field-name*': text, 'destination-field-name*': text }),
				},
			}),
		}),
		handle: (call) => {
			const token = unused(call);
			const destination = destinationOf(call, token);
			redeem(call, token, (call.meta['field-mappings'] ?? []) as unknown as Mapping[], destination);
			return { item: token, status: 202 };
		},
	},
];

function create(call: Call) {
	const { world, attributes, key } = call;
	const connection = named(
		call,
		'connect/connection',
		attributes['connection-id'],
		'data.attributes.connection_id',
	);
	const { status, 'source-organization-id': owner } = connection.attributes;
	if (owner !== OWN_ORGANIZATION) {
		throw new Problem(403, 'Only the source organization can share through a connection');
	}
	if (status === 'inactive') throw conflict('Connection is inactive');
	const source = world.store.findById(String(attributes['source-id']));
	if (!source) throw notFound('data.attributes.source_id is not found');
	if (!shareable.includes(source.type.split('/')[0])) {
		throw invalid('data.attributes.source_id cannot be shared', '/data/attributes/source-id');
	}
	const seconds = Number(attributes['expires-in-seconds'] ?? DEFAULT_SECONDS);
	const token = newToken(world, 'outbound', seconds, {
		connection: one(connection),
		creator: one({ type: 'api-key', id: key.id }),
		source: one(source),
	});
	world.emit('connect/share-token.outbound-created', token);
	return { item: token, status: 201 };
}

function unused(call: Call): StoredObject {
	const token = found(call, type);
	const { status } = token.attributes;
	if (status !== 'created') throw conflict(`Share token is ${String(status)}`);
	return token;
}

/** The object that the token's data goes into; none where it is to become a new one. */
function destinationOf({ world, attributes }: Call, token: StoredObject): StoredObject | undefined {
	const source = world.about(token).shared;
	if (!source) throw new Problem(403, 'Only the destination organization can redeem a share token');
	const [connection] = world.store.getRelated(token, 'connection');
	if (connection.attributes.status !== 'active') throw conflict('Connection is not active');
	const id = attributes['destination-id'];
	if (id === undefined) {
		if (source.type === 'inquiry') return undefined;
		throw invalid(`The share token of an ${source.type} needs a destination`);
	}
	const destination = world.store.findById(String(id));
	if (!destination) throw notFound('data.attributes.destination_id is not found');
	if (!['account', 'inquiry', 'transaction'].includes(destination.type)) {
		const pointer = '/data/attributes/destination-id';
		throw invalid('data.attributes.destination_id cannot take shared data', pointer);
	}
	return destination;
}
