import type * as delayModule from '../../nodes/Persona/utils/delay.ts';

const SPEED_UP = 50;

/**
 * Import this before the node: it then waits for results a fiftieth of its time. The contract is
 * about requests and responses; the tests of `waitForResult` are about time.
 */
jest.mock('../../nodes/Persona/utils/delay.ts', () => {
	const { delay } = jest.requireActual<typeof delayModule>('../../nodes/Persona/utils/delay.ts');
	return {
		delay: async (milliseconds: number, signal?: AbortSignal) =>
			await delay(milliseconds / SPEED_UP, signal),
	};
});
