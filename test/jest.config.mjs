import { availableParallelism } from 'node:os';

export default {
	rootDir: '..',
	testMatch: ['<rootDir>/test/**/*.test.mts'],
	// The build leaves a second package.json there.
	modulePathIgnorePatterns: ['<rootDir>/dist/'],
	testPathIgnorePatterns: ['/node_modules/', '/test/e2e/', '/test/load/'],
	moduleFileExtensions: ['mts', 'ts', 'mjs', 'js', 'cjs', 'json', 'node'],
	transform: {
		'^.+\\.m?ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	testSequencer: '<rootDir>/test/slowestFirst.cjs',
	// One more than there are cores on a small machine: many tests wait for something.
	maxWorkers: Math.max(3, availableParallelism() - 1),
	testTimeout: 30_000,
};
