import { findCandidates } from '../../tools/n8n/n8nVersions.mts';

const PUBLISHED = ['2.41.3', '2.41.1', '2.40.7', '2.4.0', '2.3.10', '2.3.2'];

it.each([
	['newest', PUBLISHED],
	['2.41', ['2.41.3', '2.41.1']],
	['2.4', ['2.4.0']],
	['2.3', ['2.3.10', '2.3.2']],
	['2.40.7', ['2.40.7']],
	['2.39', []],
])('"%s" stands for these versions of n8n, the first that can be installed', (name, expected) => {
	expect(findCandidates(name, PUBLISHED)).toEqual(expected);
});
