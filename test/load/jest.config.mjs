import e2e from '../e2e/jest.config.mjs';

export default {
	...e2e,
	testPathIgnorePatterns: ['/node_modules/'],
	testMatch: ['<rootDir>/test/load/**/*.test.mts'],
};
