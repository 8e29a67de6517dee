import { availableParallelism, totalmem } from 'node:os';
import base from '../jest.config.mjs';

/** What one worker needs: an n8n, a browser and the test file itself. */
const WORKER_BYTES = 4 * 2 ** 30;
/** More would only wait for the longest test file. */
const MAX_WORKERS = 4;
/** Two share a single core: often a test waits for something. */
const workersByCores = Math.min(MAX_WORKERS, Math.max(2, availableParallelism()));

export default {
	...base,
	testPathIgnorePatterns: ['/node_modules/'],
	rootDir: '../..',
	testMatch: ['<rootDir>/test/e2e/**/*.test.mts'],
	testTimeout: 180_000,
	maxWorkers: Math.max(1, Math.min(workersByCores, Math.floor(totalmem() / WORKER_BYTES))),
};
