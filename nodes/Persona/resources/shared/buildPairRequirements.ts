import type { Requirement } from '../../engine/types';

/**
 * Requires each of two fields if the other one has a value. `problem` is the headline of the error;
 * `firstValue` is the value of the first one that needs the second one, by default any.
 */
export const buildPairRequirements = (
	problem: string,
	first: string,
	second: string,
	firstValue?: string,
): Requirement[] => [
	{ problem, when: { field: first, is: firstValue }, oneOf: [[second]] },
	{ problem, when: { field: second }, oneOf: [[first]] },
];
