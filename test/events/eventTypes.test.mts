import { eventOptions } from '../../nodes/Persona/events/eventTypes.ts';

const labels = eventOptions.map(({ name }) => name);

const option = (value: string) => eventOptions.find((each) => each.value === value);

describe('eventOptions', () => {
	it('reads like a sentence in the panel and in the list of triggers', () => {
		expect(option('inquiry.completed')).toEqual({
			name: 'Inquiry Completed',
			value: 'inquiry.completed',
			action: 'On inquiry completed',
		});
		expect(option('report/adverse-media.matched')?.action).toBe('On adverse media report matched');
		expect(option('case.updated-tags')?.name).toBe('Case Tags Updated');
		expect(option('case.sla-expired')?.action).toBe('On case SLA expired');
		expect(option('sar.filed')?.name).toBe('SAR Filed');
	});

	it('has another label for each event, in alphabetical order', () => {
		expect(new Set(labels).size).toBe(labels.length);
		expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
	});
});
