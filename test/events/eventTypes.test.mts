import {
	eventOptions,
	everydayEventOptions,
	moreEventOptions,
} from '../../nodes/Persona/events/eventTypes.ts';

const labels = eventOptions.map(({ name }) => name);

const findOption = (value: string) => eventOptions.find((each) => each.value === value);

describe('eventOptions', () => {
	it('have labels and actions that read like plain English', () => {
		expect(findOption('inquiry.completed')).toEqual({
			name: 'Inquiry Completed',
			value: 'inquiry.completed',
			action: 'On inquiry completed',
		});
		expect(findOption('report/adverse-media.matched')?.action).toBe(
			'On adverse media report matched',
		);
		expect(findOption('case.updated-tags')?.name).toBe('Case Tags Updated');
		expect(findOption('case.sla-expired')?.action).toBe('On case SLA expired');
		expect(findOption('sar.filed')?.name).toBe('SAR Filed');
	});

	it('say what has happened, never what happens', () => {
		const endings = /(ed|Ready|Pending|for Review|Sent|Reran|Out|With Another)$/;
		const [all, ...others] = labels;
		expect(all).toBe('[All]');
		expect(others.filter((label) => !endings.test(label))).toEqual([]);
		expect(findOption('verification.requires-retry')?.action).toBe(
			'On verification retry required',
		);
		expect(findOption('connect/share-token.inbound-created')?.action).toBe(
			'On inbound share token created',
		);
	});

	it('are each in one of two lists, of which the first is short enough to be read', () => {
		const both = [...everydayEventOptions, ...moreEventOptions].map(({ value }) => value);
		expect(both.sort()).toEqual(eventOptions.map(({ value }) => value).sort());
		expect(everydayEventOptions.length).toBeGreaterThanOrEqual(35);
		expect(everydayEventOptions.length).toBeLessThanOrEqual(45);
	});

	it('have a label each, in alphabetical order', () => {
		expect(new Set(labels).size).toBe(labels.length);
		expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
	});
});
