import { createListener } from './createListener.mts';
import { testPolling, publishPolling } from './testPolling.mts';
import { findMissingPrograms } from '../../tools/findProgram.mts';
import { testUnpublishing, testReceiving } from './testReceiving.mts';
import { testReplays } from './testReplays.mts';
import { startQueueEnvironment, type QueueEnvironment } from './queueEnvironment.mts';
import { formatSecondsSince, type QueueContext } from './queueContext.mts';

/** Seconds between the attempts of one delivery, enough for a busy machine. */
const RETRY_SECONDS = Array.from({ length: 18 }, () => 5);

/** Persona waits 5 seconds; a machine that does other work at the same time may take longer. */
const TIMEOUT_MS = 60_000;

const reason = findMissingPrograms();

(reason ? describe.skip : describe)(`queue mode${reason ? ` (${reason})` : ''}`, () => {
	let environment: QueueEnvironment | undefined;
	let context: QueueContext;
	const getContext = () => context;

	beforeAll(async () => {
		const from = Date.now();
		environment = await startQueueEnvironment({
			webhookRetrySeconds: RETRY_SECONDS,
			webhookTimeoutMs: TIMEOUT_MS,
		});
		context = {
			environment,
			receivers: [
				['main', environment.n8n],
				['the webhook processor', environment.processor],
			],
			listener: await createListener(environment, 'listen', { events: ['inquiry.created'] }),
			polling: await publishPolling(environment),
			measured: [
				`Redis, PostgreSQL and three processes of n8n were ready after ${formatSecondsSince(from)} s`,
			],
		};
	}, 200_000);
	afterAll(async () => {
		await environment?.close();
		const lines = context?.measured.map((line) => `  ${line}\n`) ?? [];
		process.stdout.write(`\nMeasured in queue mode\n${lines.join('')}\n`);
	}, 60_000);

	testReceiving(getContext);
	testReplays(getContext);
	testPolling(getContext);
	testUnpublishing(getContext);
});
