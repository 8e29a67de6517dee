import { isUrl, isWebUrl } from '../../nodes/Persona/utils/isUrl';

describe('isUrl', () => {
	it.each([
		'https://example.com',
		'http://bücher.example/1?a=b',
		'myapp:done',
		'https://[::1]:5678/',
	])('is true for %j', (text) => {
		expect(isUrl(text)).toBe(true);
	});

	it.each(['', 'example.com', 'https://', 'https://a b', '/path'])('is false for %j', (text) => {
		expect(isUrl(text)).toBe(false);
	});

	it('is right however often it is called', () => {
		const url = 'https://bücher.example/1';
		const results = new Set(Array.from({ length: 50_000 }, () => isUrl(url)));
		expect([...results]).toEqual([true]);
	});
});

describe('isWebUrl', () => {
	it.each([
		['https://example.com/a', true],
		['HTTP://example.com', true],
		['myapp:done', false],
		['mailto:jane@example.com', false],
		['file:///etc/hosts', false],
		['https://', false],
	])('of %j is %p', (text, expected) => {
		expect(isWebUrl(text)).toBe(expected);
	});
});
