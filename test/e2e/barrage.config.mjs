import e2e from './jest.config.mjs';

export default {
	...e2e,
	testPathIgnorePatterns: ['/node_modules/'],
	testMatch: ['<rootDir>/test/e2e/barrage.test.mts'],
};
