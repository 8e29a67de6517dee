import { refuseRedacted } from '../life/inquiry.mts';
import { changeTags } from '../life/tags.mts';
import { body, object, text, words } from '../server/body.mts';
import type { Endpoint } from '../server/endpoint.mts';
import { found } from '../server/find.mts';

/** The three operations on the tags of one kind of object. */
export function tagging(
	path: string,
	type: string,
	more: Pick<Endpoint, 'permission' | 'include'>,
): Endpoint[] {
	return ['add-tag', 'remove-tag', 'set-tags'].map((verb) => {
		const value = verb === 'set-tags' ? words : text;
		return {
			...more,
			route: `POST ${path}/:id/${verb}`,
			body: body({ 'meta*': object({ 'tag-name': value, 'tag-id': value }) }),
			handle: (call) => {
				const thing = found(call, type);
				refuseRedacted(thing);
				changeTags(call.world, thing, verb, call.meta);
				return { item: thing };
			},
		};
	});
}
