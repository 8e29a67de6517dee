import { requireNotRedacted } from '../domain/shared/requireNotRedacted.mts';
import { changeTags } from '../domain/shared/tags.mts';
import { defineBody, defineObject, text, textList } from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget } from '../http/lookup.mts';

/** The three operations on the tags of one type of object. */
export function buildTagEndpoints(
	path: string,
	type: string,
	settings: Pick<Endpoint, 'permission' | 'include'>,
): Endpoint[] {
	return (['add-tag', 'remove-tag', 'set-tags'] as const).map((verb) => {
		const value = verb === 'set-tags' ? textList : text;
		return {
			...settings,
			route: `POST ${path}/:id/${verb}`,
			body: defineBody({ 'meta*': defineObject({ 'tag-name': value, 'tag-id': value }) }),
			handle: (request: ApiRequest) => {
				const object = getTarget(request, type);
				requireNotRedacted(object);
				changeTags(request.state, object, verb, request.meta);
				return { object };
			},
		};
	});
}
