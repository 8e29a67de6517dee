import { delay } from '../../nodes/Persona/utils/delay.ts';

describe('delay', () => {
	afterEach(() => {
		jest.useRealTimers();
		jest.restoreAllMocks();
	});

	it('ends when its signal is aborted, for hundreds of waits with one listener', async () => {
		const controller = new AbortController();
		const listen = jest.spyOn(controller.signal, 'addEventListener');
		const waits = Array.from({ length: 300 }, async () => await delay(1_500, controller.signal));
		controller.abort();
		await Promise.all(waits);
		// Node warns of a leak from the eleventh listener on.
		expect(listen).toHaveBeenCalledTimes(1);
	});

	it('does not begin when its signal is aborted already', async () => {
		await delay(1_500, AbortSignal.abort());
	});

	it('lasts as long as it is told to, and not until the end of a timer', async () => {
		jest.useFakeTimers();
		const end = jest.fn();
		void delay(2_500, new AbortController().signal).then(end);
		await jest.advanceTimersByTimeAsync(2_499);
		expect(end).not.toHaveBeenCalled();
		await jest.advanceTimersByTimeAsync(1);
		expect(end).toHaveBeenCalledTimes(1);
	});

	it('of an hour leaves no timer of more than a second behind when its signal is aborted', async () => {
		const start = jest.spyOn(globalThis, 'setTimeout');
		const controller = new AbortController();
		const wait = delay(3_600_000, controller.signal);
		controller.abort();
		await wait;
		expect(start.mock.calls.map(([, milliseconds]) => milliseconds)).toEqual([1_000]);
	});
});
