import { text, words } from '../../engine/fields';
import type { Operation } from '../../engine/types';

/** The attribute of an object that is created or updated. */
export const tagsField = words(
	'Tags',
	'Names of tags, separated by commas or as a list. An update replaces all existing tags.',
	'vip, mobile',
);

/**
 * The three operations on the tags of an object: `named` is its name with the article, `route` its
 * path, e.g. `/inquiries/{inquiry-id}`.
 */
export const buildTagOperations = (
	named: string,
	route: `/${string}`,
): Record<string, Operation> => ({
	addTag: {
		name: 'Add Tag',
		action: `Add a tag to ${named}`,
		route: `POST ${route}/add-tag`,
		meta: buildTagFields('add', 'If there is no such tag yet, it is created.'),
		returns: 'item',
	},
	removeTag: {
		name: 'Remove Tag',
		action: `Remove a tag from ${named}`,
		route: `POST ${route}/remove-tag`,
		meta: buildTagFields('remove', 'All other tags are kept.'),
		returns: 'item',
	},
	setTags: {
		name: 'Set Tags',
		action: `Set the tags of ${named}`,
		description: 'Replace all existing tags with the given ones',
		route: `POST ${route}/set-tags`,
		meta: {
			'tag-name': words(
				'Tag Names',
				'Names of all tags to set, separated by commas or as a list. An empty list removes all tags.',
				'vip, mobile',
				{ topLevel: true },
			),
			'tag-id': words('Tag IDs', 'IDs of the tags, instead of their names', 'tag_ABC123'),
		},
		returns: 'item',
	},
});

const buildTagFields = (verb: string, more: string) => ({
	'tag-name': text('Tag Name', `Name of the tag to ${verb}. ${more}`, 'vip', { topLevel: true }),
	'tag-id': text('Tag ID', 'ID of the tag, instead of its name', 'tag_ABC123'),
});
