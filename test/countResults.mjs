// Adds up what the runs of `.ci/run` have left; prints one last line.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listSkippedSuites } from './listSkippedSuites.mjs';

const RESULTS_FOLDER = '.cache/results';
const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);

const failed = [];
const skippedSuites = [];
let passed = 0;
let skipped = 0;
for (const name of ['test', 'e2e', 'queue', 'versions', 'kill', 'soak']) {
	const checks = readJson(join(RESULTS_FOLDER, `${name}.checks.json`));
	failed.push(...(checks ?? [`${name}: it did not come to its end`]));
	const jest = readJson(join(RESULTS_FOLDER, `${name}.jest.json`));
	if (!jest) failed.push(`${name}: its tests did not run`);
	else skippedSuites.push(...listSkippedSuites(jest));
	for (const { assertionResults, status, name: file } of jest?.testResults ?? []) {
		// A file that cannot be loaded has failed without a test of its own.
		if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) {
			failed.push(file);
		}
		for (const test of assertionResults) {
			if (test.status === 'passed') passed++;
			else if (test.status === 'failed') failed.push(test.fullName);
			else skipped++;
		}
	}
}

for (const title of failed) console.log(`failed: ${title}`);
for (const line of skippedSuites) console.log(line);
const counts = [`${passed} passed`, `${failed.length} failed`];
if (skipped) counts.push(`${skipped} skipped`);
console.log(counts.join(', '));
process.exitCode = failed.length || passed === 0 ? 1 : 0;
