import {
	CATCH_UP_RETRY_POLICY,
	DEFAULT_RETRY_POLICY,
	DELIVERY_RETRY_POLICY,
	EDITOR_RETRY_POLICY,
	HOOK_RETRY_POLICY,
	MANUAL_POLL_RETRY_POLICY,
	POLL_RETRY_POLICY,
	RETURN_RETRY_POLICY,
	type RetryPolicy,
} from '../../nodes/Persona/transport/retryPolicies.ts';
import { getBackOffMs } from '../../nodes/Persona/transport/retryTiming.ts';

/**
 * The longest time that one request can take: each attempt times out, each back-off is longest, and it
 * waits as long as it may for a limit.
 */
function getWorstCaseMs(policy: RetryPolicy): number {
	const { maxAttempts, timeoutMs, totalMs = timeoutMs, maxDelayMs } = policy;
	jest.spyOn(Math, 'random').mockReturnValue(1);
	const backOffsMs = Array.from({ length: maxAttempts - 1 }, (_, index) => getBackOffMs(index + 1));
	return backOffsMs.reduce((sum, ms) => sum + ms, maxAttempts * totalMs + maxDelayMs);
}

describe('retry policies', () => {
	afterEach(() => jest.restoreAllMocks());

	it('give an execution the most attempts', () => {
		const others = [
			CATCH_UP_RETRY_POLICY,
			DELIVERY_RETRY_POLICY,
			EDITOR_RETRY_POLICY,
			HOOK_RETRY_POLICY,
			MANUAL_POLL_RETRY_POLICY,
			POLL_RETRY_POLICY,
			RETURN_RETRY_POLICY,
		];
		expect(DEFAULT_RETRY_POLICY.maxAttempts).toBe(5);
		for (const { maxAttempts } of others) {
			expect(maxAttempts).toBeLessThan(DEFAULT_RETRY_POLICY.maxAttempts);
		}
	});

	it('end the request of a delivery within the 5 seconds that Persona waits', () => {
		expect(getWorstCaseMs(DELIVERY_RETRY_POLICY)).toBeLessThan(5_000);
	});

	it('end a request of an activation within the 84 seconds that n8n gives it', () => {
		expect(getWorstCaseMs(HOOK_RETRY_POLICY)).toBeLessThan(84_000);
	});

	it.each([
		['the editor', EDITOR_RETRY_POLICY],
		['a person who returns', RETURN_RETRY_POLICY],
	])('let %s wait for half a minute or so, not longer', (_, policy) => {
		expect(getWorstCaseMs(policy)).toBeLessThan(35_000);
	});
});
