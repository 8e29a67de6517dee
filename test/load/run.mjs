import { runPackedTests } from '../runPackedTests.mjs';

/** `npm run test:load -- soak` takes half an hour by default, so it is no part of the load test. */
const isSoak = process.argv[2] === 'soak';
if (isSoak) process.argv.splice(2, 1);

await (isSoak
	? runPackedTests('soak', 'test/load/soak.config.mjs')
	: runPackedTests('load', 'test/load/jest.config.mjs'));
