import {
	buildDesiredWebhook,
	isNamedByNode,
	matchesDesired,
	type WebhookSettings,
} from '../../../../nodes/Persona/triggers/webhook/registration/desiredWebhook.ts';

const settings: WebhookSettings = {
	name: 'n8n: Onboarding (wf1, 0123456789ab)',
	url: 'https://n8n.example.com/webhook/1',
	eventNames: ['inquiry.approved', 'case.created'],
	apiVersion: '2025-12-08',
	options: {},
};

describe('buildDesiredWebhook', () => {
	it('leaves out the settings that the user has not added', () => {
		expect(buildDesiredWebhook(settings)).toEqual({
			name: settings.name,
			url: settings.url,
			'enabled-events': settings.eventNames,
			'api-version': '2025-12-08',
			'api-key-inflection': 'kebab',
			'included-allowlist': { state: 'include_none' },
		});
	});

	it("translates the options of the panel into Persona's attributes", () => {
		const options = {
			attributeBlocklist: 'name-last, birthdate',
			fileLinkLifetime: 1.5,
			includeRelated: true,
			catchUp: 24,
			tolerance: 5,
		};
		expect(buildDesiredWebhook({ ...settings, options })).toMatchObject({
			'included-allowlist': { state: 'include_all' },
			'api-attributes-blocklist': ['name-last', 'birthdate'],
			'file-access-token-expires-in': 5_400,
		});
	});

	it('subscribes to the wildcard alone if it is among the events', () => {
		const eventNames = ['inquiry.approved', '*'];
		expect(buildDesiredWebhook({ ...settings, eventNames })['enabled-events']).toEqual(['*']);
	});
});

describe('matchesDesired', () => {
	const desired = buildDesiredWebhook({ ...settings, options: { fileLinkLifetime: 6 } });

	it('ignores the name, the order of lists, and what Persona adds', () => {
		const actual = {
			...desired,
			name: 'Renamed in Persona',
			'enabled-events': ['case.created', 'inquiry.approved'],
			'included-allowlist': { state: 'include_none', list: [] },
			status: 'enabled',
		};
		expect(matchesDesired(actual, desired)).toBe(true);
	});

	it('takes a missing list of included objects for none', () => {
		const { 'included-allowlist': _, ...actual } = desired;
		expect(matchesDesired(actual, desired)).toBe(true);
	});

	it.each(Object.keys(desired).filter((name) => name !== 'name'))(
		'is false if %s differs',
		(name) => {
			expect(matchesDesired({ ...desired, [name]: ['other'] }, desired)).toBe(false);
		},
	);
});

describe('isNamedByNode', () => {
	const nameParts = { prefix: 'n8n: ', suffix: ' (wf1, 0123456789ab)' };

	it('is true whatever the workflow is called', () => {
		expect(isNamedByNode(nameParts, settings.name)).toBe(true);
		expect(isNamedByNode(nameParts, 'n8n: (wf2, x) (wf1, 0123456789ab)')).toBe(true);
	});

	it.each([undefined, 7, 'n8n: Onboarding (wf1)', `${settings.name} `, 'n8n test: O (wf1, 0)'])(
		'is false for the name %j',
		(name) => {
			expect(isNamedByNode(nameParts, name)).toBe(false);
		},
	);
});
