import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { execute } from '../../nodes/Persona/engine/execute.ts';
import {
	choice,
	commaList,
	number,
	date,
	id,
	json,
	map,
	dateTime,
	required,
	text,
	toggle,
	words,
} from '../../nodes/Persona/fields/kinds.ts';
import type { OperationTable } from '../../nodes/Persona/engine/types.ts';
import { buildProperties } from '../../nodes/Persona/engine/panel.ts';
import { buildSearch } from '../../nodes/Persona/operations/search/buildSearch.ts';
import { runNode, type NodeRunOptions, type NodeRunResult } from './runNode.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
	type Respond,
} from '../../tools/services/requestRecorder.mts';

/** A small table with a row for each feature of the engine. */
export const fakeTable: OperationTable = {
	columnReaders: {},
	ids: { 'thing-id': id('Thing', 'any', 'The thing to work with', 'searchThings') },
	resources: [
		{
			name: 'Thing',
			value: 'thing',
			type: 'thing',
			include: ['owner', 'inquiry-template'],
			permission: 'thing',
			operations: {
				create: {
					name: 'Create',
					action: 'Create a thing',
					description: 'An operation of the tests',
					route: 'POST /things',
					variants: {
						label: 'Kind',
						name: 'kind',
						options: {
							round: {
								name: 'Round',
								apiName: 'thing/round',
								attributes: { 'query.radius': required(number('Radius', 'In metres')) },
							},
							square: {
								name: 'Square',
								apiName: 'thing/square',
								attributes: { 'query.side': number('Side', 'In metres') },
							},
							plain: { name: 'Plain' },
						},
					},
					attributes: {
						'reference-id': text('Reference ID', 'Your own ID', 'user-42'),
						birthdate: date('Birthdate', 'A day'),
						fields: map('Fields', 'Your own', '{"plan": "gold"}', 'thingFields'),
						tags: words('Tags', 'Words', 'a, b'),
						'expires-at': dateTime('Expires At', 'A moment'),
						behaviors: json('Behaviors', 'As JSON', '{"clicks": 3}'),
					},
					meta: { 'auto-create-link': toggle('Create Link', 'create a link') },
				},
				getAll: {
					name: 'Get Many',
					action: 'Get many things',
					description: 'An operation of the tests',
					route: 'GET /things',
					filter: {
						status: commaList('Status', 'States', 'open, closed'),
						'identifier.key': text('Key', 'Of the identifier'),
						color: choice('Color', 'Its color', { red: 'Red', blue: 'Blue' }),
					},
					returns: 'list',
				},
				get: {
					name: 'Get',
					action: 'Get a thing',
					description: 'An operation of the tests',
					route: 'GET /things/{thing-id}',
				},
				update: {
					name: 'Update',
					action: 'Update a thing',
					description: 'An operation of the tests',
					route: 'PATCH /things/{thing-id}',
					attributes: {
						note: text('Note', 'Free text'),
						tags: words('Tags', 'Words'),
						'name-first': text('First Name', 'Of the person'),
					},
				},
				upsert: {
					name: 'Create or Update',
					action: 'Create or update a thing',
					description: 'An operation of the tests',
					route: 'POST /things/upsert',
					attributes: {
						'reference-id': text('Reference ID', 'Your own ID', '', { topLevel: true }),
						fields: map('Fields', 'By key', '{"tax-id": 7}', 'thingFields'),
					},
					meta: { 'upsert-by': required(text('Match By', 'Key', '', { default: 'reference-id' })) },
					requirements: [{ problem: 'It has no value', namedBy: 'upsert-by' }],
				},
				approve: {
					name: 'Approve',
					action: 'Approve a thing',
					description: 'An operation of the tests',
					route: 'POST /things/{thing-id}/approve',
					meta: { comment: text('Comment', 'Why', undefined, { topLevel: true }) },
				},
				print: {
					name: 'Print',
					action: 'Print a thing',
					description: 'An operation of the tests',
					route: 'GET /things/{thing-id}/print',
					returns: 'file',
				},
				search: {
					name: 'Search',
					action: 'Search things',
					description: 'An operation of the tests',
					route: 'POST /things/search',
					...buildSearch({ status: 'Status', created_at: 'Created At' }, 'open', {
						others: ['fields.*'],
					}),
					returns: 'list',
				},
			},
		},
	],
};

/** A node with the small table, or with another one. */
export class FakeNode implements INodeType {
	description: INodeType['description'];

	execute: NonNullable<INodeType['execute']>;

	constructor(table = fakeTable) {
		this.description = {
			displayName: 'Things',
			name: 'things',
			group: ['transform'],
			version: 1,
			description: 'Works with things',
			defaults: { name: 'Things' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: 'personaApi', required: true }],
			properties: buildProperties(table, 'Persona'),
		};
		this.execute = async function (this: IExecuteFunctions) {
			return await execute.call(this, table, 'Persona');
		};
	}
}

/** Runs an operation of the small table against a fake server. */
export const runFakeNode = async (
	{ baseUrl }: { baseUrl: string },
	operation: string,
	{ parameters, credentials, ...options }: Partial<NodeRunOptions> = {},
): Promise<NodeRunResult> =>
	await runNode({
		nodeType: new FakeNode(),
		parameters: { resource: 'thing', operation, ...parameters },
		credentials: { baseUrl, ...credentials },
		...options,
	});

/** A JSON:API object of the small table. */
export const buildThing = (thingId: string, attributes: IDataObject = {}) => ({
	type: 'thing',
	id: thingId,
	attributes,
});

/** An ID as the value of a resource locator. */
export const toLocator = (value: string) => ({ __rl: true, mode: 'id', value });

/**
 * Returns a function that starts a fake Persona, which is stopped after the test. By default it
 * responds to every request with one thing, or with a list of it.
 */
export function useFakeServer() {
	const servers: RequestRecorder[] = [];
	afterEach(async () => {
		await Promise.all(servers.splice(0).map(async (server) => await server.stop()));
	});
	return async (
		respond: Respond = ({ method, path }) => {
			const isList = (method === 'GET' && path === '/things') || path.endsWith('/search');
			return { body: { data: isList ? [buildThing('thg_1')] : buildThing('thg_1') } };
		},
	): Promise<RequestRecorder> => {
		const server = await startRequestRecorder(respond);
		servers.push(server);
		return server;
	};
}
