import { eventOptions } from '../../nodes/Persona/events/eventTypes.ts';
import documentedOnly from '../../tools/docs/documentedOnly.json';
import { listEventNames } from './compareTable.mts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';

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
});
