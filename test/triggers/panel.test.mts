import { NodeHelpers, type INodeParameters } from 'n8n-workflow';
import { PersonaTrigger } from '../../nodes/Persona/PersonaTrigger.node.ts';

const { description } = new PersonaTrigger();

const ALL_OPTIONS = {
	attributeBlocklist: 'name-last',
	fileLinkLifetime: 6,
	includeRelated: true,
	tolerance: 5,
};

/** The parameters that n8n shows for these values, and those of 'Options'. */
function getVisibleParameters(values: INodeParameters) {
	const parameters = NodeHelpers.getNodeParameters(
		description.properties,
		{ ...values, options: ALL_OPTIONS },
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

const EVENT_PARAMETERS = ['events', 'moreEvents', 'otherEvents', 'onlyWhen', 'fetchLatest'];

describe('the panel of the trigger', () => {
	it('defaults to a webhook that n8n registers', () => {
		expect(getVisibleParameters({})).toEqual(getVisibleParameters({ receive: 'automatic' }));
		expect(getVisibleParameters({})).toEqual({
			names: ['receive', ...EVENT_PARAMETERS, 'output', 'options'],
			options: Object.keys(ALL_OPTIONS),
		});
	});

	it('hides the settings of a registered webhook if the webhook is registered by hand', () => {
		expect(getVisibleParameters({ receive: 'byHand' })).toEqual({
			names: ['receive', ...EVENT_PARAMETERS, 'output', 'options'],
			options: ['tolerance'],
		});
	});

	it('hides the settings of events for calls of a Persona workflow', () => {
		expect(getVisibleParameters({ receive: 'workflow' })).toEqual({
			names: ['receive', 'responseMode', 'output', 'options'],
			options: ['tolerance'],
		});
	});

	it('shows Include only with Fetch Latest State', () => {
		expect(getVisibleParameters({ fetchLatest: true }).names).toContain('include');
		expect(getVisibleParameters({ fetchLatest: true, receive: 'workflow' }).names).not.toContain(
			'include',
		);
	});
});
