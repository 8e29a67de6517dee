import base from '../jest.config.mjs';

export default {
	...base,
	testPathIgnorePatterns: ['/node_modules/'],
	rootDir: '../..',
	testMatch: ['<rootDir>/test/e2e/**/*.test.mts'],
	testTimeout: 180_000,
	maxWorkers: 1,
};
