import e2e from '../e2e/jest.config.mjs';

export default {
	...e2e,
	testPathIgnorePatterns: ['/node_modules/', '/test/load/soak\\.test'],
	testMatch: ['<rootDir>/test/load/**/*.test.mts'],
};
