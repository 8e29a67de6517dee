import { NodeHelpers, type INodeParameters } from 'n8n-workflow';
import { PersonaTrigger } from '../../nodes/Persona/PersonaTrigger.node.ts';

const { description } = new PersonaTrigger();

const ALL = {
	attributeBlocklist: 'name-last',
	fileLinkLifetime: 6,
	includeRelated: true,
	tolerance: 5,
};

/** The parameters that n8n shows, and those of 'Options', while some have these values. */
function shown(values: INodeParameters) {
	const parameters = NodeHelpers.getNodeParameters(
		description.properties,
		{ ...values, options: ALL },
		true,
		false,
		null,
		description,
	);
	return {
		names: Object.keys(parameters ?? {}).filter((name) => !/Notice$/.test(name)),
		options: Object.keys((parameters?.options ?? {}) as object),
	};
}

const EVENTS = ['events', 'otherEvents', 'onlyWhen', 'fetchLatest'];

describe('the panel of the trigger', () => {
	it('begins with a webhook that n8n registers', () => {
		expect(shown({})).toEqual(shown({ receive: 'automatic' }));
		expect(shown({})).toEqual({
			names: ['receive', ...EVENTS, 'simplify', 'options'],
			options: Object.keys(ALL),
		});
	});

	it('hides from a webhook registered by hand what only Persona can be asked for', () => {
		expect(shown({ receive: 'byHand' })).toEqual({
			names: ['receive', ...EVENTS, 'simplify', 'options'],
			options: ['tolerance'],
		});
	});

	it('hides from a call of a Persona workflow what only events have', () => {
		expect(shown({ receive: 'workflow' })).toEqual({
			names: ['receive', 'responseMode', 'simplify', 'options'],
			options: ['tolerance'],
		});
	});

	it('asks what to include only where the latest state is read', () => {
		expect(shown({ fetchLatest: true }).names).toContain('include');
		expect(shown({ fetchLatest: true, receive: 'workflow' }).names).not.toContain('include');
	});
});
