import { testBadInput } from './support/badInput/testBadInput.mts';

describe('bad input of inquiries', () => {
	testBadInput((resource) => resource === 'inquiry');
});
