import { archiveObject } from '../domain/shared/archiveObject.mts';
import { anyObject, boolean, defineBody, defineObject, text } from '../http/bodySchema.mts';
import type { Endpoint } from '../http/endpoint.mts';
import { getTarget, matchesFilter } from '../http/lookup.mts';
import { ConflictError } from '../state/errors.mts';
import { fixtures } from '../state/fixtures.mts';
import type { JsonObject } from '../state/json.mts';
import { getTimestamp } from '../state/timestamp.mts';

const variant = defineObject({
	inquiry: anyObject,
	components: anyObject,
	'step-assets': anyObject,
});

const styles = defineObject({
	settings: defineObject({
		'use-dark-theme': boolean,
		'preferred-theme-variant': { type: 'string', enum: ['light', 'dark'] },
	}),
	light: variant,
	dark: variant,
});

/** Everything under `/theme-sets`. */
export const themeSets: Endpoint[] = [
	{
		route: 'POST /theme-sets',
		body: defineBody({
			'data*': defineObject({ 'attributes*': defineObject({ 'name*': text, styles }) }),
		}),
		handle: ({ state, attributes }) => ({
			object: state.createObject('theme-set', 'theset', {
				name: attributes.name,
				status: 'active',
				styles: attributes.styles ?? {},
				'created-at': getTimestamp(),
				'updated-at': getTimestamp(),
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
			collection: {
				family: 'theme-set',
				isListed: ({ attributes }) => matchesFilter(filter.status, attributes.status),
			},
		}),
	},
	{
		route: 'GET /theme-sets/:id',
		handle: (request) => ({ object: getTarget(request, 'theme-set') }),
	},
	{
		route: 'PATCH /theme-sets/:id',
		body: defineBody({
			'data*': defineObject({ 'attributes*': defineObject({ name: text, styles }) }),
		}),
		handle: (request) => {
			const theme = getTarget(request, 'theme-set');
			if (theme.attributes.status === 'archived') throw new ConflictError('Theme set is archived');
			const changes: JsonObject = request.attributes;
			Object.assign(theme.attributes, changes, { 'updated-at': getTimestamp() });
			return { object: theme };
		},
	},
	{
		route: 'DELETE /theme-sets/:id',
		handle: (request) => {
			const theme = getTarget(request, 'theme-set');
			if (theme.id === fixtures.themeSet) {
				throw new ConflictError('The default theme set cannot be archived');
			}
			archiveObject(theme);
			return { object: theme };
		},
	},
];
