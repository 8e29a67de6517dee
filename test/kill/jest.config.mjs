import base from '../e2e/jest.config.mjs';

export default {
	...base,
	testMatch: ['<rootDir>/test/kill/killedN8n.mts'],
	maxWorkers: 1,
};
