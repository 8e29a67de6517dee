import { eventOptions, isCustomEventName } from '../../nodes/Persona/events/eventTypes.ts';
import documentedOnly from '../../tools/docs/documentedOnly.json';
import { listEventNames } from './compareTable.mts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';

/** A rule for names of events: that of custom ones has a pattern. */
interface NameRule {
	pattern?: string;
	maxLength?: number;
}

describeWithOpenApi("eventOptions and Persona's description", () => {
	it('offers the events that Persona publishes, and no other', () => {
		const published = listEventNames(loadOpenApi());
		expect(published.length).toBeGreaterThan(200);
		const documented = documentedOnly.events.map(({ name }) => name);
		const offered = eventOptions.map(({ value }) => value);
		expect(offered.sort()).toEqual(['*', ...published, ...documented].sort());
		// What Persona has added to its description must not stay marked.
		expect(published.filter((name) => documented.includes(name))).toEqual([]);
	});

	it('takes as names of custom events those that Persona takes', () => {
		const { properties } = loadOpenApi().components.schemas['webhook-request-attributes'] as {
			properties: Record<string, { items: { anyOf: NameRule[] } }>;
		};
		const rules = properties['enabled-events'].items.anyOf;
		const { pattern = '', maxLength = 0 } = rules.find((rule) => rule.pattern) ?? {};
		const names = [
			...['custom.a', 'custom.a-1.b.c.d', 'custom.a.b.c.d.e', 'custom.A', 'custom.a--b', 'custom.'],
			...['custom.a_b', 'xcustom.a', 'custom.-a', 'custom.a\n'],
			...[121, 122].map((length) => `custom.${'a'.repeat(length)}`),
		];
		const taken = names.filter(
			(name) => name.length <= maxLength && new RegExp(pattern).test(name),
		);
		expect(names.filter(isCustomEventName)).toEqual(taken);
		expect(taken.length).toBeGreaterThan(2);
	});
});
