import type { DurationUnit } from '../../nodes/Persona/utils/duration.ts';

/** A duration as the panel stores it. */
export const buildDuration = (amount: number | string, unit: DurationUnit) => ({
	duration: { amount, unit },
});
