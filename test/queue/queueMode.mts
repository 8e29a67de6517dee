import { createListener } from './createListener.mts';
import { pollingRules, startPolling } from './testPolling.mts';
import { missing } from './findProgram.mts';
import { leavingRule, receivingRules } from './testReceiving.mts';
import { repeatingRules } from './testReplays.mts';
import { setQueueStage, type QueueStage } from './queueEnvironment.mts';
import { since, type World } from './queueContext.mts';

/** Seconds between the attempts of one delivery, enough for a busy machine. */
const RETRIES = Array.from({ length: 18 }, () => 5);

/** Persona waits 5 seconds; a machine that does other work at the same time may take longer. */
const TIMEOUT_MS = 60_000;

const reason = missing();

(reason ? describe.skip : describe)(`queue mode${reason ? ` (${reason})` : ''}`, () => {
	let stage: QueueStage | undefined;
	let world: World;
	const here = () => world;

	beforeAll(async () => {
		const from = Date.now();
		stage = await setQueueStage({ webhookRetrySeconds: RETRIES, webhookTimeoutMs: TIMEOUT_MS });
		world = {
			stage,
			receivers: [
				['main', stage.n8n],
				['the webhook processor', stage.processor],
			],
			listener: await createListener(stage, 'listen', { events: ['inquiry.created'] }),
			polling: await startPolling(stage),
			measured: [`Redis, PostgreSQL and three processes of n8n were ready after ${since(from)} s`],
		};
	}, 200_000);
	afterAll(async () => {
		await stage?.close();
		const lines = world?.measured.map((line) => `  ${line}\n`) ?? [];
		process.stdout.write(`\nMeasured in queue mode\n${lines.join('')}\n`);
	}, 60_000);

	receivingRules(here);
	repeatingRules(here);
	pollingRules(here);
	leavingRule(here);
});
