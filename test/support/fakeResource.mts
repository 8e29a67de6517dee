import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { execute } from '../../nodes/Persona/engine/execute.ts';
import {
	choice,
	commaList,
	count,
	date,
	id,
	json,
	map,
	moment,
	required,
	text,
	toggle,
	words,
} from '../../nodes/Persona/engine/fields.ts';
import type { Table } from '../../nodes/Persona/engine/types.ts';
import { propertiesOf } from '../../nodes/Persona/engine/panel.ts';
import { search } from '../../nodes/Persona/resources/shared/search.ts';
import { runNode, type RunOptions, type RunOutcome } from './engine.mts';
import { startServer, type Recorded, type Reply, type Server } from './server.mts';

/** A small table that has one row for each thing the engine can do. */
export const table: Table = {
	ids: { 'thing-id': id('Thing', 'thg', 'The thing to work with', 'searchThings') },
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
					route: 'POST /things',
					kinds: {
						label: 'Kind',
						name: 'kind',
						options: {
							round: {
								name: 'Round',
								sends: 'thing/round',
								attributes: { 'query.radius': required(count('Radius', 'In metres')) },
							},
							square: {
								name: 'Square',
								sends: 'thing/square',
								attributes: { 'query.side': count('Side', 'In metres') },
							},
							plain: { name: 'Plain' },
						},
					},
					attributes: {
						'reference-id': text('Reference ID', 'Your own ID', 'user-42'),
						birthdate: date('Birthdate', 'A day'),
						fields: map('Fields', 'Your own', 'thingFields'),
						tags: words('Tags', 'Words', 'a, b'),
						'expires-at': moment('Expires At', 'A moment'),
						behaviors: json('Behaviors', 'As JSON'),
					},
					meta: { 'auto-create-link': toggle('Create Link', 'create a link') },
					returns: 'item',
				},
				getAll: {
					name: 'Get Many',
					action: 'Get many things',
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
					route: 'GET /things/{thing-id}',
					returns: 'item',
				},
				update: {
					name: 'Update',
					action: 'Update a thing',
					route: 'PATCH /things/{thing-id}',
					attributes: {
						note: text('Note', 'Free text'),
						tags: words('Tags', 'Words'),
						'name-first': text('First Name', 'Of the person'),
					},
					returns: 'item',
				},
				upsert: {
					name: 'Create or Update',
					action: 'Create or update a thing',
					route: 'POST /things/upsert',
					attributes: { 'reference-id': required(text('Reference ID', 'Your own ID')) },
					returns: 'item',
				},
				approve: {
					name: 'Approve',
					action: 'Approve a thing',
					route: 'POST /things/{thing-id}/approve',
					meta: { comment: text('Comment', 'Why', undefined, { shown: true }) },
					returns: 'item',
				},
				print: {
					name: 'Print',
					action: 'Print a thing',
					route: 'GET /things/{thing-id}/print',
					returns: 'file',
				},
				search: {
					name: 'Search',
					action: 'Search things',
					route: 'POST /things/search',
					...search({ status: 'Status', created_at: 'Created At' }),
					returns: 'list',
				},
			},
		},
	],
};

/** A node of the small table. */
export class Things implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Things',
		name: 'things',
		group: ['transform'],
		version: 1,
		description: 'Works with things',
		defaults: { name: 'Things' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'personaApi', required: true }],
		properties: propertiesOf(table),
	};

	async execute(this: IExecuteFunctions) {
		return await execute.call(this, table);
	}
}

/** Runs one operation of the small table against a server. */
export const runThing = async (
	{ baseUrl }: { baseUrl: string },
	operation: string,
	{ parameters, credentials, ...options }: Partial<RunOptions> = {},
): Promise<RunOutcome> =>
	await runNode({
		nodeType: new Things(),
		parameters: { resource: 'thing', operation, ...parameters },
		credentials: { baseUrl, ...credentials },
		...options,
	});

/** A JSON:API object of the small table. */
export const thing = (thingId: string, attributes: IDataObject = {}) => ({
	type: 'thing',
	id: thingId,
	attributes,
});

/** The resource locator value of an ID. */
export const byId = (value: string) => ({ __rl: true, mode: 'id', value });

/**
 * A server for each test, stopped after it. `answer` stands for Persona; without one every request
 * is answered with one thing.
 */
export function serving() {
	const servers: Server[] = [];
	afterEach(async () => {
		await Promise.all(servers.splice(0).map(async (server) => await server.stop()));
	});
	return async (
		answer: (request: Recorded, count: number) => Reply | Promise<Reply> = () => ({
			body: { data: thing('thg_1') },
		}),
	): Promise<Server> => {
		const server = await startServer(answer);
		servers.push(server);
		return server;
	};
}
