import { singularize } from '../../nodes/Persona/utils/singularize.ts';

describe('singularize', () => {
	it.each([
		...['statuses status', 'addresses address', 'aliases alias', 'analyses analysis'],
		...['matches match', 'boxes box', 'inquiries inquiry', 'selfies selfie', 'queries query'],
		...['databases database', 'cases case', 'caches cache', 'businesses business'],
		...['accountStatuses accountStatus', 'account-statuses account-status', 'txns txn'],
		...['people person', 'related-objects related-object', 'indices index', 'types type'],
	])('makes of "%s"', (pair) => {
		const [plural, singular] = pair.split(' ');
		expect(singularize(plural)).toBe(singular);
	});

	it.each([
		...['status', 'address', 'alias-status', 'analysis', 'series', 'data', 'media', 'news'],
		...['default-account-status', 'inquiry', 'account', 'reviewer', 'metadata', 'business'],
	])('leaves "%s" as it is', (noun) => {
		expect(singularize(noun)).toBe(noun);
	});
});
