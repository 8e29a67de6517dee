import { runPackedTests } from '../runPackedTests.mjs';

await runPackedTests('e2e', 'test/e2e/jest.config.mjs');
