import { text, words } from '../../engine/fields';
import type { Operation, Requirement } from '../../engine/types';

/** The tags of an object that is created or updated. */
export const tagsField = words(
	'Tags',
	'Names of tags, separated by commas or as a list. An update replaces all existing tags.',
	'vip, mobile',
);

const requirements: Requirement[] = [
	{ problem: 'Give the name or the ID of a tag', oneOf: [['tag-name'], ['tag-id']] },
];

/**
 * Builds the rows that change the tags of an object. `objectName` has its article, e.g.
 * `an inquiry`; `path` is that of the object, e.g. `/inquiries/{inquiry-id}`.
 */
export const buildTagOperations = (
	objectName: string,
	path: `/${string}`,
): Record<string, Operation> => ({
	addTag: {
		name: 'Add Tag',
		action: `Add a tag to ${objectName}`,
		route: `POST ${path}/add-tag`,
		meta: buildTagFields('add', 'If there is no such tag yet, it is created.'),
		requirements,
		returns: 'item',
	},
	removeTag: {
		name: 'Remove Tag',
		action: `Remove a tag from ${objectName}`,
		route: `POST ${path}/remove-tag`,
		meta: buildTagFields('remove', 'All other tags are kept.'),
		requirements,
		returns: 'item',
	},
	setTags: {
		name: 'Set Tags',
		action: `Set the tags of ${objectName}`,
		description: 'Replace all existing tags with the given ones',
		route: `POST ${path}/set-tags`,
		meta: {
			'tag-name': words(
				'Tag Names',
				'Names of all tags to set, separated by commas or as a list. An empty list removes all tags.',
				'vip, mobile',
				{ topLevel: true },
			),
			'tag-id': words('Tag IDs', 'IDs of the tags, instead of their names', 'tag_ABC123'),
		},
		requirements,
		returns: 'item',
	},
});

const buildTagFields = (verb: string, note: string) => ({
	'tag-name': text('Tag Name', `Name of the tag to ${verb}. ${note}`, 'vip', { topLevel: true }),
	'tag-id': text('Tag ID', 'ID of the tag, instead of its name', 'tag_ABC123'),
});
