// Adds up what `npm test`, `npm run test:e2e` and `npm run test:queue` have left and prints it as one last line.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const resultsFolder = '.cache/results';
const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);

const failed = [];
const skipped = [];
let passed = 0;
for (const name of ['test', 'e2e', 'queue']) {
	const checks = read(join(resultsFolder, `${name}.checks.json`));
	failed.push(...(checks ?? [`${name}: it did not come to its end`]));
	const jest = read(join(resultsFolder, `${name}.jest.json`));
	if (!jest) failed.push(`${name}: its tests did not run`);
	for (const { assertionResults, status, name: file } of jest?.testResults ?? []) {
		// A file that cannot be loaded has failed without a test of its own.
		if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) {
			failed.push(file);
		}
		for (const test of assertionResults) {
			if (test.status === 'passed') passed++;
			else if (test.status === 'failed') failed.push(test.fullName);
			else skipped.push(test.fullName);
		}
	}
}

for (const title of failed) console.log(`failed: ${title}`);
for (const title of skipped) console.log(`skipped: ${title}`);
const counts = [`${passed} passed`, `${failed.length} failed`];
if (skipped.length) counts.push(`${skipped.length} skipped`);
console.log(counts.join(', '));
process.exitCode = failed.length || passed === 0 ? 1 : 0;
