import { eventOptions } from '../../nodes/Persona/events/eventTypes.ts';
import { listEventNames } from './compareTable.mts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';

describeWithOpenApi("eventOptions and Persona's description", () => {
	it('offers the events that Persona publishes, and no other', () => {
		const published = listEventNames(loadOpenApi());
		expect(published.length).toBeGreaterThan(200);
		expect(eventOptions.map(({ value }) => value).sort()).toEqual(['*', ...published].sort());
	});
});
