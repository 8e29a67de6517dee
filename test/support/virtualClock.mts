import { setImmediate } from 'node:timers/promises';
import { delay } from '../../nodes/Persona/utils/delay.ts';

/** What a test sees of the waits of the package. */
export interface VirtualClock {
	/** Every wait of the test so far, in milliseconds and in the order in which it began. */
	waitsMs: number[];
}

/**
 * Lets each wait end at once and sets the clock forward by its length instead, so that a test of a
 * schedule takes no time; requests still go over a socket. The test file has to mock the waits with
 * `jest.mock('../../nodes/Persona/utils/delay.ts')`.
 */
export function useVirtualClock(): VirtualClock {
	const clock: VirtualClock = { waitsMs: [] };

	beforeEach(() => {
		const realNow = Date.now;
		let skippedMs = 0;
		clock.waitsMs = [];
		// A wait may have fractions of a millisecond, but a time has none.
		jest.spyOn(Date, 'now').mockImplementation(() => realNow() + Math.ceil(skippedMs));
		jest.mocked(delay).mockImplementation(async (milliseconds, signal) => {
			if (signal?.aborted || milliseconds <= 0) return;
			clock.waitsMs.push(milliseconds);
			skippedMs += milliseconds;
			await setImmediate();
		});
	});

	afterEach(() => jest.restoreAllMocks());

	return clock;
}
