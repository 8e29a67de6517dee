import { runPackedTests } from '../runPackedTests.mjs';

await runPackedTests('load', 'test/load/jest.config.mjs');
