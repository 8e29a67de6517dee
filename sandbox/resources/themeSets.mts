import { archive } from '../life/list.mts';
import { fixtures } from '../seeds.mts';
import { anyMap, body, flag, object, text } from '../server/body.mts';
import type { Endpoint } from '../server/endpoint.mts';
import { found, passes } from '../server/find.mts';
import { conflict } from '../server/problem.mts';
import type { JsonObject } from '../store.mts';
import { now } from '../world.mts';

const variant = object({ inquiry: anyMap, components: anyMap, 'step-assets': anyMap });

const styles = object({
	settings: object({
		'use-dark-theme': flag,
		'preferred-theme-variant': { type: 'string', enum: ['light', 'dark'] },
	}),
	light: variant,
	dark: variant,
});

/** Everything under `/theme-sets`. */
export const themeSets: Endpoint[] = [
	{
		route: 'POST /theme-sets',
		body: body({ 'data*': object({ 'attributes*': object({ 'name*': text, styles }) }) }),
		handle: ({ world, attributes: { name, styles: given = {} } }) => ({
			item: world.create('theme-set', 'theset', {
				name,
				status: 'active',
				styles: given,
				'created-at': now(),
				'updated-at': now(),
				'archived-at': null,
			}),
			status: 201,
		}),
	},
	{
		route: 'GET /theme-sets',
		paged: true,
		filter: ['status'],
		handle: ({ filter }) => ({
			list: {
				family: 'theme-set',
				keep: ({ attributes }) => passes(filter.status, attributes.status),
			},
		}),
	},
	{
		route: 'GET /theme-sets/:id',
		handle: (call) => ({ item: found(call, 'theme-set') }),
	},
	{
		route: 'PATCH /theme-sets/:id',
		body: body({ 'data*': object({ 'attributes*': object({ name: text, styles }) }) }),
		handle: (call) => {
			const theme = found(call, 'theme-set');
			if (theme.attributes.status === 'archived') throw conflict('Theme set is archived');
			const changes: JsonObject = call.attributes;
			Object.assign(theme.attributes, changes, { 'updated-at': now() });
			return { item: theme };
		},
	},
	{
		route: 'DELETE /theme-sets/:id',
		handle: (call) => {
			const theme = found(call, 'theme-set');
			if (theme.id === fixtures.themeSet)
				throw conflict('The default theme set cannot be archived');
			archive(theme);
			return { item: theme };
		},
	},
];
