import type { ItemContext } from '../../engine/types';

/** How the values of a list are added, and how the result is returned. */
export interface AddManySettings {
	/** Number of values from which one import replaces a request for each value. */
	importFrom: number;
	/** How long to wait for an import, in seconds. */
	waitAtMost: number;
	itemsAtATime: number;
	/** Whether to return what Persona has sent. */
	isRaw: boolean;
}

/** Reads the settings of an item. Throws if one is invalid. */
export const readSettings = (context: ItemContext): AddManySettings => ({
	importFrom: context.readSetting('importFrom'),
	waitAtMost: context.readSetting('waitAtMost'),
	itemsAtATime: context.readSetting('itemsAtATime'),
	isRaw: context.readOutput().mode === 'raw',
});
