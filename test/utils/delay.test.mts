import { delay } from '../../nodes/Persona/utils/delay.ts';

describe('delay', () => {
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
});
