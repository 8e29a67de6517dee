import * as n8nWorkflow from 'n8n-workflow';
import { isTooOld } from '../../nodes/Persona/transport/requireSupportedN8n.ts';

const {
	evaluateJmespathQuery,
	createDeferredPromise: _gone,
	...rest
} = n8nWorkflow as Record<string, unknown>;

describe('an n8n', () => {
	it.each<[string, object, boolean]>([
		['of today is supported', n8nWorkflow, false],
		['before 2.30 is not', { ...rest, createDeferredPromise: () => undefined }, true],
		['that drops what came with 2.30 is', rest, false],
		[
			'that brings back what went with 2.30 is',
			{ ...rest, evaluateJmespathQuery, createDeferredPromise: () => undefined },
			false,
		],
	])('%s', (_, exported, expected) => expect(isTooOld(exported)).toBe(expected));
});
