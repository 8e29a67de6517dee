// n8n loads this for a test. On SIGUSR2 it frees all that it can, and writes down as JSON what the process and the
// package in it still hold.
const { renameSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

/** The files of the package. */
const OWN_FILE = /[\\/]n8n-nodes-persona[\\/]dist[\\/](.+)\.js$/;

/** Variables of a module that hold other modules, or are those of Node. */
const OTHER_MODULE = /_\d+$|^(exports|require|module|__filename|__dirname)$/;

/** Finished timers are removed from the set whenever it has grown to this size. */
const MAX_TIMERS = 1_000;

/** What is left of a finished request needs a turn of the event loop, before it can be freed. */
const SETTLE_MS = 500;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** The timers that the package has started, directly or by a function of n8n. */
const timers = new Set();

const forgetFinishedTimers = () => {
	for (const timer of timers) if (timer._destroyed) timers.delete(timer);
};

/** The files of the functions that are being called. */
function listCallers() {
	const { prepareStackTrace } = Error;
	Error.prepareStackTrace = (_, sites) => sites.map((site) => String(site.getFileName()));
	const { stack } = new Error();
	Error.prepareStackTrace = prepareStackTrace;
	return Array.isArray(stack) ? stack : [];
}

for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
	globalThis[name] = new Proxy(globalThis[name], {
		apply(start, self, args) {
			const timer = Reflect.apply(start, self, args);
			if (listCallers().some((file) => OWN_FILE.test(file))) {
				if (timers.size >= MAX_TIMERS) forgetFinishedTimers();
				timers.add(timer);
			}
			return timer;
		},
	});
}

const count = (values) => {
	const counts = {};
	for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
	return counts;
};

/** Asks V8 what JavaScript itself does not tell: the variables of a module, and the size of a weak collection. */
function inspect(work) {
	const session = new Session();
	session.connect();
	const post = (method, params) => {
		let answer;
		session.post(method, params, (error, result) => {
			if (error) throw new Error(`${method}: ${error.message}`);
			answer = result;
		});
		return answer;
	};
	/** Runs a function on an object of V8's, and returns what it returns. */
	const call = (objectId, declaration) =>
		post('Runtime.callFunctionOn', {
			objectId,
			functionDeclaration: declaration,
			returnByValue: true,
		}).result.value;
	const find = (value) => {
		globalThis.__probed = value;
		return post('Runtime.evaluate', { expression: '__probed' }).result.objectId;
	};
	const getInternal = (objectId, name) =>
		post('Runtime.getProperties', { objectId, ownProperties: true }).internalProperties?.find(
			(property) => property.name === name,
		)?.value;
	try {
		return work({
			/** The variables around a function that some function uses, by their names. */
			getScopes(fn) {
				const { objectId } = getInternal(find(fn), '[[Scopes]]');
				const found = [];
				for (const { value } of post('Runtime.getProperties', { objectId, ownProperties: true })
					.result) {
					if (!value?.description?.startsWith('Closure')) continue;
					globalThis.__receive = (scope) => found.push({ ...scope });
					call(value.objectId, 'function () { __receive(this.object) }');
				}
				return found;
			},
			/** How many entries a weak collection has. */
			countWeak: (value) =>
				Number(/\((\d+)\)/.exec(getInternal(find(value), '[[Entries]]')?.description)?.[1] ?? 0),
		});
	} finally {
		session.disconnect();
		delete globalThis.__probed;
		delete globalThis.__receive;
	}
}

/** How many members a value has, with those of its members, and about how many bytes they take. */
function weigh(root, countWeak, modules) {
	const seen = new Set();
	const queue = [root];
	let members = 0;
	let bytes = 0;
	for (let value = queue.pop(); value !== undefined || queue.length > 0; value = queue.pop()) {
		if (typeof value === 'string') bytes += 16 + value.length;
		if (typeof value !== 'object' || value === null) continue;
		if (seen.has(value) || modules.has(value)) continue;
		seen.add(value);
		if (value instanceof WeakMap || value instanceof WeakSet) members += countWeak(value);
		const isMap = value instanceof Map;
		const content =
			isMap || value instanceof Set
				? [...value].flatMap((entry) => (isMap ? entry : [entry]))
				: Object.values(value);
		const size = isMap ? value.size : content.length;
		members += size;
		bytes += 48 + (isMap ? 32 : 8) * size;
		queue.push(...content.filter((member) => member !== undefined));
	}
	return { members, bytes };
}

/** What the variables of the package's modules hold, by the file and the name. */
function weighModules({ getScopes, countWeak }) {
	const all = Object.entries(require.cache);
	const modules = new Set(all.map(([, { exports }]) => exports));
	const weights = {};
	for (const [path, { exports }] of all) {
		const [, file] = OWN_FILE.exec(path) ?? [];
		if (!file || Object(exports) !== exports) continue;
		const exported = Object.entries(exports);
		const scopes = exported
			.filter(([, value]) => typeof value === 'function')
			.flatMap(([, value]) => getScopes(value));
		const seen = new Set();
		for (const [name, value] of [...exported, ...scopes.flatMap(Object.entries)]) {
			if (OTHER_MODULE.test(name) || typeof value !== 'object' || seen.has(value)) continue;
			seen.add(value);
			const { members, bytes } = weigh(value, countWeak, modules);
			const known = weights[`${file} ${name}`] ?? { members: 0, bytes: 0 };
			weights[`${file} ${name}`] = {
				members: known.members + members,
				bytes: known.bytes + bytes,
			};
		}
	}
	return weights;
}

/** The clients that the package has made since the first sample. Each belongs to one run of a node. */
const clients = new Set();

function countClients() {
	for (const [path, { exports }] of Object.entries(require.cache)) {
		if (!path.endsWith(join('transport', 'client.js')) || !OWN_FILE.test(path)) continue;
		const { create } = exports.Client;
		if (create.isWatched) continue;
		exports.Client.create = async (...args) => {
			const client = await create.apply(exports.Client, args);
			clients.add(new WeakRef(client));
			return client;
		};
		exports.Client.create.isWatched = true;
	}
	for (const client of clients) if (!client.deref()) clients.delete(client);
	return clients.size;
}

async function takeSample() {
	collect();
	await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
	collect();
	forgetFinishedTimers();
	const { heapUsed, external, rss } = process.memoryUsage();
	const sample = {
		heapUsed,
		external,
		rss,
		timers: timers.size,
		resources: count(process.getActiveResourcesInfo()),
		clients: countClients(),
		variables: inspect(weighModules),
	};
	return sample;
}

process.on('SIGUSR2', () => {
	const file = process.env.SOAK_SAMPLE_FILE;
	const write = (content) => {
		writeFileSync(`${file}.new`, JSON.stringify(content));
		renameSync(`${file}.new`, file);
	};
	takeSample().then(write, (error) => write({ error: String(error.stack) }));
});
