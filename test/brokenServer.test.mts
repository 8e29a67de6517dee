import {
	EDITOR_RETRY_POLICY,
	HOOK_RETRY_POLICY,
	POLL_RETRY_POLICY,
} from '../nodes/Persona/transport/retryPolicies.ts';
import {
	DRIP,
	FOREIGN,
	LOST,
	startBrokenServer,
	type SendAnswer,
} from './support/brokenServer.mts';
import { runListSearch } from './support/editorMethods.mts';
import { useFakeServer } from './support/fakeResource.mts';
import { useVirtualClock } from './support/virtualClock.mts';
import { TestPollingTrigger } from './triggers/polling/pollingTriggerHarness.mts';
import { TestWebhookTrigger } from './triggers/webhook/webhookTriggerHarness.mts';

jest.mock('../nodes/Persona/utils/delay.ts');

const IDLE_MS = 300;

useVirtualClock();

describe('what is not an operation', () => {
	const serve = useFakeServer();

	const servers: Array<{ stop(): Promise<void> }> = [];

	afterEach(async () => {
		await Promise.all(servers.splice(0).map(async (server) => await server.stop()));
	});

	async function serveBroken(send: SendAnswer) {
		const broken = await startBrokenServer(new URL((await serve()).baseUrl).origin);
		broken.choose = () => send;
		servers.push(broken);
		return broken;
	}

	const callAll = async (baseUrl: string) => {
		const trigger = await TestWebhookTrigger.start({ baseUrl });
		const calls = await Promise.allSettled([
			runListSearch('searchWebhooks', { baseUrl }),
			new TestPollingTrigger({ baseUrl, apiKey: 'persona_sandbox_x' }).poll(),
			trigger.activate(),
		]);
		await trigger.stop();
		return calls.map((call) => (call as PromiseRejectedResult).reason as Error | undefined);
	};

	beforeEach(() => {
		for (const policy of [EDITOR_RETRY_POLICY, POLL_RETRY_POLICY, HOOK_RETRY_POLICY]) {
			jest.replaceProperty(policy, 'timeoutMs', IDLE_MS);
		}
	});

	it.each([...Object.entries(LOST), ['one byte at a time', DRIP] as const])(
		'ends in a sentence as well: %s',
		async (_, send) => {
			const server = await serveBroken(send);
			for (const error of await callAll(server.baseUrl)) {
				expect(error?.message).toMatch(/^Persona did not respond/);
			}
			expect(server.requests.length).toBeLessThanOrEqual(2 + 3 + 3);
		},
	);

	it.each(Object.entries(FOREIGN))(
		"ends in a sentence where it is not Persona's: %s",
		async (_, send) => {
			const server = await serveBroken(send);
			for (const error of await callAll(server.baseUrl)) {
				expect(error?.message).toContain("is not Persona's, but");
			}
			expect(server.requests).toHaveLength(3);
		},
	);
});
