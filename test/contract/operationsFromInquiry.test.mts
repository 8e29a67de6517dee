import { testOperations } from './testOperations.mts';

testOperations((resource) => resource >= 'inquiry');
