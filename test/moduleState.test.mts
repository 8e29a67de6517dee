import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A variable of a module that can change after the module is loaded, in the form that prettier gives it. */
const STATE =
	/^(?:export )?(?:let (\w+)|const (\w+)(?:: [^=]+)? =\s+(?:new (?:Weak)?(?:Map|Set)(?:<.*>)?\(\)|new \w*Cache\b|memoize\(|\[\];|\{\};))/gm;

/** What a weak map has is freed together with the run, the client, or the signal that it belongs to. */
const FREED_WITH_ITS_KEY = 'an entry for each key that is alive';

/** What n8n keeps for as long as it runs, by file and variable, and how many entries that may be. */
const BOUNDS: Record<string, string> = {
	'engine/mappedColumns.ts mappings': FREED_WITH_ITS_KEY,
	'events/signing/checkSignatures.ts secretCache':
		'MAX_WEBHOOKS, and one request at a time for each of them',
	'operations/addMany/prepareAddMany.ts groupsByRun': FREED_WITH_ITS_KEY,
	'operations/batchJob/prepareBatchJobs.ts jobsByRun': FREED_WITH_ITS_KEY,
	'operations/checkValue/prepareCheckValue.ts listsByRun': FREED_WITH_ITS_KEY,
	'operations/waitForPerson/waitState.ts statesByRun': FREED_WITH_ITS_KEY,
	'operations/waitForResult.ts nextSlotAtMs': FREED_WITH_ITS_KEY,
	'transport/flatten.ts toCamelCase': 'MAX_MEMOIZED_NAMES',
	'transport/flatten.ts toIdName': 'MAX_MEMOIZED_NAMES',
	'transport/flatten.ts toIdsName': 'MAX_MEMOIZED_NAMES',
	'transport/flatten.ts toSingular': 'MAX_MEMOIZED_NAMES',
	'triggers/polling/poll.ts runningPolls': FREED_WITH_ITS_KEY,
	'triggers/webhook/catchUp/catchUp.ts runningCatchUps':
		'the nodes that catch up now; each is removed when it ends or is unpublished',
	'triggers/webhook/catchUp/rejectedEvents.ts acceptedLater': '10,000',
	'triggers/webhook/catchUp/rejectedEvents.ts knownRejected':
		'1,000 webhooks, each with MAX_REJECTED_EVENTS',
	'triggers/webhook/delivery/checkEnvironment.ts provenWebhooks': '1,000',
	'triggers/webhook/delivery/checkEnvironment.ts guards': '1,000',
	'triggers/webhook/delivery/handleEvent.ts emittedEvents': 'MAX_EMITTED_EVENTS',
	'triggers/webhook/delivery/replayCache.ts replayCache': 'MAX_REPLAY_ENTRIES',
	'triggers/webhook/delivery/responseStore.ts storedResponses':
		'MAX_STORED_RESPONSES, each of at most MAX_RESPONSE_BYTES',
	'triggers/webhook/delivery/startedEvents.ts states': 'MAX_STARTED_EVENTS',
	'triggers/webhook/listener.ts recentWarnings': '1,000 a minute',
	'utils/listenForAbort.ts listenersBySignal': FREED_WITH_ITS_KEY,
	'utils/values/countryCode.ts codesByName': 'the countries; it is built once',
};

/** What begins something that outlives the function: a timer, a listener, or a pool of connections. */
const LASTING =
	/\b(?:setTimeout|setInterval|setImmediate|sleep)\(|\.(?:on|once|addListener|addEventListener)\(|new \w*Agent\(/;

/** The files that begin such a thing, and when it ends. */
const ENDS: Record<string, string> = {
	'engine/checkItems.ts': 'in the next turn of the event loop',
	'transport/receiveAnswer.ts': 'with the answer',
	'triggers/webhook/delivery/receiveDelivery.ts': 'with the response',
	'triggers/webhook/delivery/responseStore.ts': 'with the response',
	'utils/delay.ts': 'a second after it is stopped',
	'utils/listenForAbort.ts': 'with the signal, which has one listener in all',
};

const listFiles = () =>
	['credentials', 'nodes']
		.flatMap((folder) =>
			readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
		)
		.filter((file) => file.endsWith('.ts'))
		.sort();

const findState = (text: string) =>
	Array.from(text.matchAll(STATE), ([, variable, constant]) => variable ?? constant);

describe('what the package keeps for as long as n8n runs', () => {
	it('is found in every form in which it can be written', () => {
		const lines = [
			'let one: string | undefined;',
			'const two = new Map<string, () => void>();',
			'export const three: Map<string, number> = new Map();',
			'const four = new WeakSet<object>();',
			'const five = new TtlCache<Promise<string | undefined>>(',
			'export const six = memoize((name) =>',
			'const seven: string[] = [];',
			'const eight: Record<string, string> = {};',
			"const constant = new Set(['a', 'b']);",
			'\tconst local = new Map<string, string>();',
		];
		const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
		expect(findState(lines.join('\n'))).toEqual(names);
	});

	it('has a bound, which is stated here', () => {
		const found = listFiles().flatMap((file) =>
			findState(readFileSync(file, 'utf8')).map(
				(name) => `${relative('nodes/Persona', file)} ${name}`,
			),
		);
		expect(found.sort()).toEqual(Object.keys(BOUNDS).sort());
	});

	it('has no timer, listener or connections but those that are stated here, with their ends', () => {
		const files = listFiles().filter((file) => LASTING.test(readFileSync(file, 'utf8')));
		expect(files.map((file) => relative('nodes/Persona', file))).toEqual(Object.keys(ENDS));
	});
});
