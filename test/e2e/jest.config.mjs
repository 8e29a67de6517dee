import { totalmem } from 'node:os';
import base from '../jest.config.mjs';

/** What one worker needs: an n8n, a browser and the test file itself. */
const WORKER_BYTES = 4 * 2 ** 30;
const MAX_WORKERS = 2;

export default {
	...base,
	testPathIgnorePatterns: ['/node_modules/'],
	rootDir: '../..',
	testMatch: ['<rootDir>/test/e2e/**/*.test.mts'],
	testTimeout: 180_000,
	maxWorkers: Math.max(1, Math.min(MAX_WORKERS, Math.floor(totalmem() / WORKER_BYTES))),
};
