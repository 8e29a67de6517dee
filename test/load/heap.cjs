// n8n loads this for a test. On SIGUSR2 it frees all that it can and writes down what it still holds, in bytes.
const { writeFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
	collect();
	const { heapUsed, external } = process.memoryUsage();
	writeFileSync(process.env.HEAP_FILE, String(heapUsed + external));
});
