import base from '../e2e/jest.config.mjs';

export default {
	...base,
	testMatch: ['<rootDir>/test/versions/versions.mts'],
	maxWorkers: 1,
};
