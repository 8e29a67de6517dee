import base from '../jest.config.mjs';

export default {
	...base,
	// Minutes of load at the limit of a small machine: `npm run test:barrage`.
	testPathIgnorePatterns: ['/node_modules/', '/barrage\\.test'],
	rootDir: '../..',
	testMatch: ['<rootDir>/test/e2e/**/*.test.mts'],
	testTimeout: 180_000,
	maxWorkers: 1,
};
