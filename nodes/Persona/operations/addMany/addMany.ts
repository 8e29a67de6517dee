import { number, expert } from '../../fields/kinds';
import type { Operation, Variants } from '../../engine/types';
import { buildWaitField } from '../waitForResult';

/** Row that adds the values of all input items to their lists: many with one import, few one by one. */
export const addMany = (variants: Variants): Operation => ({
	name: 'Add Many',
	action: 'Add many list items',
	description:
		'Add the values of all input items to a list, many of them with one import, and count the added, duplicate and refused ones',
	route: 'POST /list-item/{variant}',
	guarded: true,
	variants,
	nodeFields: {
		importFrom: expert(
			number(
				'Import From (Values)',
				'Number of values from which the node sends one import instead of adding them one by one, e.g. 20. Persona has no import for browser and device fingerprints, countries, fields and strings.',
				{ default: 20, typeOptions: { minValue: 1 } },
			),
		),
		waitAtMost: buildWaitField('an import before its items fail'),
	},
	noIncludeAndFields: true,
	ownOutput: true,
	prepare: async (context) => await (await import('./prepareAddMany')).prepareAddMany(context),
});
