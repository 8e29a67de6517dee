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
	options: {
		...{ attributeBlocklist: [], catchUpHours: 0, fileLinkHours: 6, payloadFilter: {} },
		...{ includeRelated: false, includeRelatedByEvent: [], includeRelationships: true },
	},
};

describe('buildDesiredWebhook', () => {
	it("gives Persona's defaults for the settings that the user has not added", () => {
		expect(buildDesiredWebhook(settings)).toEqual({
			name: settings.name,
			url: settings.url,
			'enabled-events': settings.eventNames,
			'api-version': '2025-12-08',
			'api-key-inflection': 'kebab',
			'included-allowlist': { state: 'include_none' },
			'relationship-allowlist': { state: 'include_all' },
			'api-attributes-blocklist': [],
			'file-access-token-expires-in': 21_600,
			'payload-filter': {},
		});
	});

	it("translates the options of the panel into Persona's attributes", () => {
		const options = {
			...settings.options,
			attributeBlocklist: ['name-last', 'birthdate'],
			fileLinkHours: 1.5,
			includeRelated: true,
			catchUpHours: 24,
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
	const desired = buildDesiredWebhook(settings);

	it('ignores the name, the order of lists, and what Persona adds', () => {
		const actual = {
			...desired,
			name: 'Renamed in Persona',
			'enabled-events': ['case.created', 'inquiry.approved', 'case.created'],
			'included-allowlist': { state: 'include_none', list: [] },
			status: 'enabled',
		};
		expect(matchesDesired(actual, desired)).toBe(true);
	});

	it.each([
		'api-key-inflection',
		'included-allowlist',
		'relationship-allowlist',
		'api-attributes-blocklist',
		'file-access-token-expires-in',
		'payload-filter',
	])("takes %s for Persona's default if it is missing or null", (name) => {
		const { [name]: _, ...missing } = desired;
		expect(matchesDesired(missing, desired)).toBe(true);
		expect(matchesDesired({ ...desired, [name]: null }, desired)).toBe(true);
		const other = {
			...{ ...settings.options, attributeBlocklist: ['a'], fileLinkHours: 1 },
			...{ includeRelationships: false, payloadFilter: { attributes: {} } },
		};
		const changed = buildDesiredWebhook({
			...settings,
			options: { ...other, includeRelated: true },
		});
		const isOption = name !== 'api-key-inflection';
		expect(matchesDesired({ ...changed, [name]: null }, changed)).toBe(!isOption);
	});

	it('compares the events of a list by event, and filters member by member, in any order', () => {
		const build = (events: string[], related: string[], filter: Record<string, string>) =>
			buildDesiredWebhook({
				...settings,
				options: {
					...settings.options,
					includeRelatedByEvent: events.map((event) => ({ event, relationships: related })),
					payloadFilter: { attributes: filter },
				},
			});
		const changed = build(['a.b', 'c.d'], ['x', 'y'], { status: 'open', kind: 'k' });
		const same = build(['c.d', 'a.b'], ['y', 'x'], { kind: 'k', status: 'open' });
		expect(matchesDesired(same, changed)).toBe(true);
		for (const differing of [
			build(['a.b'], ['x', 'y'], { status: 'open', kind: 'k' }),
			build(['a.b', 'c.d'], ['x'], { status: 'open', kind: 'k' }),
			build(['a.b', 'c.d'], ['x', 'y'], { status: 'open' }),
			desired,
		]) {
			expect(matchesDesired(differing, changed)).toBe(false);
			expect(matchesDesired(changed, differing)).toBe(false);
		}
	});

	it('accepts its URL in any spelling', () => {
		const actual = { ...desired, url: 'https://N8N.example.com:443/webhook/1/' };
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
