import base from '../e2e/jest.config.mjs';

export default {
	...base,
	testMatch: ['<rootDir>/test/queue/queueMode.mts'],
	maxWorkers: 1,
};
