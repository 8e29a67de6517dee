import { text, words } from '../../fields/kinds';
import type { Fields } from '../../fields/types';
import type { Operation, Variants } from '../../engine/types';

/** The tags of an object that is created or updated. */
export const tagsField = words(
	'Tags',
	'Names of tags, separated by commas or as a list. An update replaces all existing tags.',
	'vip, mobile',
);

const buildFields = (verb: string, note: string): Fields => ({
	'tag-name': text('Tag Name', `Name of the tag to ${verb}. ${note}`, 'vip', { topLevel: true }),
	'tag-id': text('Tag ID', 'ID of the tag, not its name', 'tag_ABC123', { idPrefix: 'tag' }),
});

const variants: Variants = {
	label: 'Change',
	name: 'tagChange',
	options: {
		add: {
			name: 'Add Tag',
			apiName: 'add-tag',
			meta: buildFields('add', 'If there is no such tag yet, it is created.'),
		},
		remove: {
			name: 'Remove Tag',
			apiName: 'remove-tag',
			meta: buildFields('remove', 'All other tags are kept.'),
		},
		replace: {
			name: 'Replace All Tags',
			apiName: 'set-tags',
			meta: {
				'tag-name': words(
					'Tag Names',
					'Names of all tags that the object has afterwards, separated by commas or as a list. An empty list removes all tags.',
					'vip, mobile',
					{ topLevel: true, replaces: true },
				),
				'tag-id': words('Tag IDs', 'IDs of the tags, instead of their names', 'tag_ABC123', {
					replaces: true,
				}),
			},
		},
	},
};

/** Builds the row that changes the tags of an object; `path` is that of the object. */
export const buildTagOperation = (objectName: string, path: `/${string}`): Operation => ({
	name: 'Change Tags',
	action: `Change tags of ${objectName}`,
	description: 'Add a tag, remove one, or replace all, e.g. to mark what your team should look at',
	route: `POST ${path}/{variant}`,
	variants,
	requirements: [
		{ problem: 'Give the name or the ID of a tag', oneOf: [['tag-name'], ['tag-id']] },
	],
});
