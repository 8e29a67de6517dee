import load from './jest.config.mjs';

export default {
	...load,
	testPathIgnorePatterns: ['/node_modules/'],
	testMatch: ['<rootDir>/test/load/soak.test.mts'],
};
