import fc from 'fast-check';
import {
	isLoopback,
	isPublic,
	isReachable,
	isSameUrl,
} from '../../nodes/Persona/utils/publicUrl.ts';

describe('isPublic', () => {
	it.each([
		'https://n8n.example.com/webhook/1',
		'https://10.example.com',
		'https://8.8.8.8',
		'https://172.32.0.1',
		'https://[2606:4700::1111]',
		'https://localhost.example.com',
	])('is true for %s', (url) => {
		expect(isPublic(url)).toBe(true);
	});

	it.each([
		'http://localhost:5678',
		'http://LOCALHOST.:5678',
		'http://n8n:5678',
		'http://n8n.localhost',
		'http://office.lan',
		'http://n8n.svc.cluster.local',
		'http://127.0.0.1:5678',
		'http://127.1',
		'http://2130706433',
		'http://0.0.0.0',
		'http://10.1.2.3',
		'http://172.16.0.1',
		'http://192.168.1.2',
		'http://169.254.169.254',
		'http://100.64.0.1',
		'http://[::1]',
		'http://[::ffff:10.0.0.1]',
		'http://[fe80::1]',
		'http://[fd00::1]',
	])('is false for %s, which only its own network knows', (url) => {
		expect(isPublic(url)).toBe(false);
	});
});

describe('isLoopback', () => {
	it('is true for URLs of the machine itself only', () => {
		const loopback = [
			'http://localhost',
			'http://n8n.localhost',
			'http://127.9.9.9',
			'http://[::1]:1',
		];
		expect(loopback.filter((url) => !isLoopback(url))).toEqual([]);
		const otherUrls = ['http://10.0.0.1', 'http://127.0.0.1.example.com', 'http://localhost.org'];
		expect(otherUrls.filter(isLoopback)).toEqual([]);
	});
});

describe('isReachable', () => {
	const sandbox = 'http://127.0.0.1:4010/api/v1';
	const persona = 'https://api.withpersona.com/api/v1';

	it.each([
		['https://n8n.example.com', persona, true],
		['http://localhost:5678', persona, false],
		['http://192.168.1.2:5678', persona, false],
		['http://localhost:5678', sandbox, true],
		['http://192.168.1.2:5678', sandbox, false],
		['http://localhost:5678', 'no address', false],
	])('of %s from %s is %p', (url, apiUrl, expected) => {
		expect(isReachable(url, apiUrl)).toBe(expected);
	});
});

describe('isSameUrl', () => {
	const url = 'https://n8n.example.com/webhook/1';

	it.each([
		url,
		`${url}/`,
		` ${url} `,
		'HTTPS://N8N.Example.COM/webhook/1',
		'https://n8n.example.com:443/webhook/1',
		'https://n8n.example.com./webhook/1',
		`${url}#top`,
	])('is true for %j', (spelling) => {
		expect(isSameUrl(spelling, url)).toBe(true);
	});

	it('is true for two spellings of an IPv6 address', () => {
		expect(isSameUrl('https://[2001:DB8:0:0::1]/1', 'https://[2001:db8::1]:443/1/')).toBe(true);
	});

	it('is true for a host in Punycode', () => {
		expect(isSameUrl('https://bücher.example/1', 'https://xn--bcher-kva.example/1')).toBe(true);
	});

	it.each([
		'http://n8n.example.com/webhook/1',
		'https://n8n.example.com:8443/webhook/1',
		'https://n8n.example.org/webhook/1',
		'https://n8n.example.com/webhook/2',
		'https://n8n.example.com/Webhook/1',
		'https://n8n.example.com/webhook/1?a=1',
		'https://n8n.example.com',
	])('is false for %s, another address', (other) => {
		expect(isSameUrl(other, url)).toBe(false);
	});

	it('is false for anything that is no URL, even for two equal ones', () => {
		fc.assert(
			fc.property(fc.anything(), (value) => {
				expect(isSameUrl(value, url)).toBe(false);
			}),
		);
		expect(isSameUrl(undefined, undefined)).toBe(false);
		expect(isSameUrl('', '')).toBe(false);
	});
});
