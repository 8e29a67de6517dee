import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = 'nodes/Persona';

/** The files of the triggers that decide something, and therefore only know plain values. */
const PLAIN_FILES = [
	'events/conditions.ts',
	'events/eventList.ts',
	'events/signing/checkSignatures.ts',
	'events/signing/secretCache.ts',
	'events/signing/signature.ts',
	'triggers/latestState.ts',
	'triggers/polling/pollManually.ts',
	'triggers/polling/pollOnce.ts',
	'triggers/polling/toItems.ts',
	'triggers/webhook/catchUp/progress.ts',
	'triggers/webhook/delivery/deliveryResult.ts',
	'triggers/webhook/delivery/handleEvent.ts',
	'triggers/webhook/delivery/handleWorkflowCall.ts',
	'triggers/webhook/delivery/replayCache.ts',
	'triggers/webhook/delivery/responseStore.ts',
	'triggers/webhook/delivery/verifiedDelivery.ts',
	'triggers/webhook/delivery/verify.ts',
];

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The files below a folder that mention something. */
const findMentions = (folder: string, text: string) =>
	readdirSync(join(ROOT, folder), { recursive: true })
		.map((file) => join(folder, String(file)))
		.filter((file) => file.endsWith('.ts') && read(file).includes(text))
		.sort();

describe('the boundary between the triggers and n8n', () => {
	it.each(PLAIN_FILES)('is not crossed by %s', (file) => {
		expect(read(file)).not.toMatch(/n8n-workflow|I\w+Functions|WebhookTriggerContext/);
	});

	it('is crossed in a few places where parameters and static data are read', () => {
		expect(findMentions('triggers', 'getNodeParameter')).toEqual([
			'triggers/webhook/options.ts',
			'triggers/webhook/receiveMode.ts',
		]);
		expect(findMentions('events', 'getNodeParameter')).toEqual(['events/parameters.ts']);
		expect(findMentions('triggers', 'getWorkflowStaticData')).toEqual([
			'triggers/polling/poll.ts',
			'triggers/webhook/staticData.ts',
		]);
	});
});
