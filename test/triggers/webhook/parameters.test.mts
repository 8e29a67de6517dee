import type { INodeParameters } from 'n8n-workflow';
import { sign } from '../../support/sign.mts';
import {
	buildEventBody,
	createWebhookTriggerHarness,
	getActiveWebhooks,
	getApiRequests,
	useNewWarnings,
} from './webhookTriggerHarness.mts';

const harness = createWebhookTriggerHarness();

const putClockForward = useNewWarnings();

/** A value of a parameter, and the beginning of the sentence about it. */
type WrongValue = [parameters: INodeParameters, sentence: string];

/** What `$vars` gives for a variable that is unset or blank, and what an expression may make of it. */
const EMPTY_VALUES = [
	'={{ $vars.missing }}',
	'={{ null }}',
	'',
	' ',
	"={{ ' ' }}",
	'={{ "\\u200b" }}',
	'={{ [] }}',
	'={{ [""] }}',
	',',
	'[]',
];

const CONDITIONS = {
	accountId: 'Account ID',
	objectId: 'Object ID',
	referenceId: 'Reference ID',
	status: 'Status',
	tags: 'Tags',
	templateId: 'Template ID',
};

const emptyConditions = Object.entries(CONDITIONS).flatMap(([name, label]) =>
	EMPTY_VALUES.map((value): WrongValue => [
		{ onlyWhen: { [name]: value } },
		`The condition '${label}' in 'Only When' is empty`,
	]),
);

const listFields: Record<string, (value: string) => INodeParameters> = {
	"'Tags' in 'Only When'": (tags) => ({ onlyWhen: { tags } }),
	"'Events by Name'": (otherEvents) => ({ otherEvents }),
	"'Trigger On'": (events) => ({ events }),
	"'More Events'": (moreEvents) => ({ events: [], moreEvents }),
	"'Include'": (include) => ({ fetchLatest: true, include }),
	"'Attribute Blocklist'": (attributeBlocklist) => ({ options: { attributeBlocklist } }),
};

const brokenLists = Object.entries(listFields).flatMap(([label, build]) =>
	[
		'={{ ["vip", null] }}',
		'["vip", ""]',
		'={{ { a: 1 } }}',
		'[object Object]',
		'["vip"',
		'={{ [{ a: 1 }] }}',
		'={{ [NaN] }}',
	].map((value): WrongValue => [build(value), label]),
);

/** Wrong values that deliveries would meet as well. */
const wrongForDeliveries: WrongValue[] = [
	...emptyConditions,
	...brokenLists.filter(([parameters]) => !('options' in parameters)),
	[{ events: [], otherEvents: ' , ' }, "Choose at least one event in 'Trigger On'"],
	[{ events: '={{ $vars.missing }}', otherEvents: 'a.b' }, "'Trigger On' is empty"],
	[{ moreEvents: '={{ $vars.missing }}' }, "'More Events' is empty"],
	[{ otherEvents: '={{ $vars.missing }}' }, "'Events by Name' is empty"],
	[{ otherEvents: 'Inquiry Approved' }, `'Events by Name' contains "Inquiry Approved"`],
	[{ otherEvents: 'custom.a, inquiry.*' }, `'Events by Name' contains "inquiry.*"`],
	[{ otherEvents: 'custom.a;custom.b' }, `'Events by Name' contains "custom.a;custom.b"`],
	[{ events: '={{ \'"inquiry.approved"\' }}' }, `'Trigger On' contains "\\"inquiry.approved`],
	[
		{ otherEvents: 'case.created, custom.a', onlyWhen: { status: 'approved' } },
		"'Only When' cannot be checked for custom.a in 'Events by Name'",
	],
	[{ fetchLatest: true, include: '={{ $vars.missing }}' }, "'Include' is empty"],
	...['={{ $vars.missing }}', 'yes', '={{ 2 }}', ''].flatMap((value): WrongValue[] => [
		[{ fetchLatest: value }, "'Fetch Latest State'"],
		[{ output: value }, "'Output'"],
	]),
	...[
		"={{ ' ' }}",
		'={{ $vars.missing }}',
		'',
		'five',
		'={{ -1 }}',
		'={{ NaN }}',
		'={{ false }}',
		'={{ [] }}',
	].map((tolerance): WrongValue => [{ options: { tolerance } }, "'Tolerance (Minutes)'"]),
];

/** Wrong entries of 'Include Related by Event'. */
const includesByEvent: Array<[entries: INodeParameters[], sentence: string]> = [
	[[{ events: '', relationships: 'account' }], "'Events' in 'Include Related by Event' is empty"],
	[[{ events: 'inquiry.approved', relationships: '' }], "'Related Objects' in"],
	[[{ events: '*', relationships: 'account' }], "'Events' in 'Include Related by Event' is \"*\""],
	[[{ events: 'case.created', relationships: '*' }], 'which this node does not listen to'],
	[[{ events: 'inquiry.approved', relationships: 'account, *' }], 'has an asterisk and names'],
	[[{ events: 'inquiry.approved', relationships: '*' }], 'has nothing but asterisks'],
	[
		[
			{ events: 'inquiry.approved', relationships: '*' },
			{ events: 'inquiry.completed', relationships: '*' },
		],
		'has nothing but asterisks',
	],
	[[{ events: 'inquiry.approved', relationships: 'account; reports' }], '"account; reports"'],
	[
		[
			{ events: 'inquiry.approved', relationships: 'account' },
			{ events: 'inquiry.completed, inquiry.approved', relationships: 'reports' },
		],
		'has inquiry.approved twice',
	],
];

/** Filters that would let too much through, or nothing ever, and the part that the sentence names. */
const payloadFilters: Array<[filter: string, part: string]> = [
	['{"attributes": {}}', "is empty at 'attributes'"],
	['{"attributes": {"status": ""}}', "is empty at 'attributes.status'"],
	['={"attributes": {"status": "{{ $vars.missing }}"}}', "is empty at 'attributes.status'"],
	['={{ { attributes: { status: $vars.missing } } }}', "is empty at 'attributes'"],
	['={{ { attributes: { age: NaN } } }}', "is empty at 'attributes.age'"],
	['{"attributes": {"tags": []}}', "is empty at 'attributes.tags'"],
	['{"$or": []}', "is empty at '$or'"],
	['{"type": "inquiry", "$or": [{"attributes": {"tags": [" "]}}]}', "'$or.0.attributes.tags.0'"],
	['{"data": {"attributes": {"status": "approved"}}}', "has 'data', which no event has there"],
	['{"status": "approved"}', "has 'status', which no event has there"],
	['{"$or": [{"status": "approved"}]}', "has '$or.0.status', which no event has there"],
	[
		'{"attributes": {"referenceId": "u"}}',
		"has 'attributes.referenceId', which no event has there",
	],
	['{"relationships": {"inquiry_template": {"data": {"id": "itmpl_1"}}}}', 'inquiry_template'],
	['={{ { attributes: { note: "[object Object]" } } }}', 'contains an object instead of text'],
];

/** Conditions that could never be met, since the events lack what they are about. */
const blockedConditions: INodeParameters[] = [
	{ options: { attributeBlocklist: 'status' }, onlyWhen: { status: 'approved' } },
	{ options: { attributeBlocklist: 'name-*, *' }, onlyWhen: { tags: 'vip' } },
	{ options: { attributeBlocklist: 'reference*' }, onlyWhen: { referenceId: 'u' } },
	{ options: { attributeBlocklist: 'referenceId' }, onlyWhen: { referenceId: 'u' } },
	{ options: { attributeBlocklist: '/data/attributes/tags' }, onlyWhen: { tags: 'vip' } },
];

/** Wrong values that matter only when the webhook is registered. */
const wrongForRegistration: WrongValue[] = [
	...['name last; birthdate', '={{ ["name last"] }}', '"name-last"', '={{ true }}', '={{ 7 }}'].map(
		(attributeBlocklist): WrongValue => [
			{ options: { attributeBlocklist } },
			'which is not the name of an attribute',
		],
	),
	[
		{ options: { attributeBlocklist: '=address-*, name-{{ $vars.missing }}' } },
		"'Attribute Blocklist' is incomplete",
	],
	...blockedConditions.map((parameters): WrongValue => [
		parameters,
		"because 'Attribute Blocklist' leaves it out",
	]),
	...payloadFilters.map(([payloadFilter, part]): WrongValue => [
		{ options: { payloadFilter } },
		part,
	]),
	...brokenLists.filter(([parameters]) => 'options' in parameters),
	...EMPTY_VALUES.map((value): WrongValue => [
		{ options: { attributeBlocklist: value } },
		"'Attribute Blocklist' is empty",
	]),
	...[
		'name-last,',
		'={{ ["name-last", $vars.missing] }}',
		'={{ "name-last, " + ($vars.missing ?? "") }}',
	].map((value): WrongValue => [
		{ options: { attributeBlocklist: value } },
		"'Attribute Blocklist' has an empty entry",
	]),
	...['', '={{ $vars.missing }}', 'a day', 0, 0.5, 721, '={{ 10000 }}', '={{ -24 }}'].map(
		(catchUp): WrongValue => [{ options: { catchUp } }, "'Catch Up After a Pause (Hours)'"],
	),
	...['', '={{ $vars.missing }}', 0, 73, '={{ 0.01 }}', '={{ true }}'].map(
		(fileLinkLifetime): WrongValue => [
			{ options: { fileLinkLifetime } },
			"'File Link Lifetime (Hours)'",
		],
	),
	...['', '={{ $vars.missing }}', 'some', '={{ [] }}'].map((includeRelated): WrongValue => [
		{ options: { includeRelated } },
		"'Include Related Objects'",
	]),
	...includesByEvent.map(([entry, sentence]): WrongValue => [
		{ options: { includeRelatedByEvent: { entry } } },
		sentence,
	]),
	[{ options: { includeRelatedByEvent: {} } }, "'Include Related by Event' is empty"],
	[
		{
			options: {
				includeRelated: false,
				includeRelatedByEvent: { entry: [{ events: 'inquiry.approved', relationships: '*' }] },
			},
		},
		"'Include Related by Event' replaces 'Include Related Objects'",
	],
	...['', '{}', '={{ {} }}', '={{ $vars.missing }}'].map((payloadFilter): WrongValue => [
		{ options: { payloadFilter } },
		"'Payload Filter' is empty",
	]),
	...['{', '[1]', 'approved', '={{ [1] }}', '={{ 7 }}'].map((payloadFilter): WrongValue => [
		{ options: { payloadFilter } },
		"'Payload Filter' is",
	]),
	[{ options: { includeRelationships: 'some' } }, "'Include Relationships'"],
	...['accountId', 'templateId'].map((name): WrongValue => [
		{ onlyWhen: { [name]: 'a_1' }, options: { includeRelationships: false } },
		"in 'Only When' cannot be checked, because 'Include Relationships' is off",
	]),
	[{ receive: 'byMail' }, "'Receive' has an unknown value"],
	[{ receive: 'workflow', responseMode: 'never' }, "'Respond' has an unknown value"],
	[{ receive: 'workflow', output: 'perhaps' }, "'Output'"],
	[{ receive: 'workflow', options: { tolerance: '' } }, "'Tolerance (Minutes)' is empty"],
];

describe('a workflow', () => {
	it.each([...wrongForDeliveries, ...wrongForRegistration])(
		'is not published with %j, and the sentence names the field: %s',
		async (parameters, sentence) => {
			const trigger = await harness.startTrigger({ parameters });
			await expect(trigger.activate()).rejects.toThrow(sentence);
			expect(getApiRequests(harness)).toEqual([]);
		},
	);

	it('that is already registered is checked, too', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		trigger.setParameters({ onlyWhen: { status: '={{ $vars.missing }}' } });
		await expect(trigger.checkExists()).rejects.toThrow("'Status' in 'Only When' is empty");
	});

	it('tells the user to remove an empty condition if there should be none', async () => {
		const parameters = { onlyWhen: { templateId: '={{ $vars.template }}' } };
		const trigger = await harness.startTrigger({ parameters });
		await expect(trigger.activate()).rejects.toThrow(
			'remove the condition if there should be none',
		);
	});
});

describe('a delivery, if a parameter has become wrong since the workflow was published', () => {
	async function startActiveTrigger() {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		const [{ id }] = getActiveWebhooks(harness);
		const [secret] = harness.sandbox.control.getSecrets(id);
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		const deliver = async (eventId: string, ageSeconds = 0) => {
			const body = buildEventBody(eventId);
			const seconds = Math.floor(Date.now() / 1000) - ageSeconds;
			return await trigger.deliver(body, { 'persona-signature': sign(body, secret, seconds) });
		};
		return { trigger, warn, deliver };
	}

	it.each(wrongForDeliveries)(
		'is rejected with 503 and starts nothing with %j, and the log says why: %s',
		async (parameters, sentence) => {
			const { trigger, warn, deliver } = await startActiveTrigger();
			trigger.setParameters(parameters);
			expect(await deliver('evt_1')).toBe(503);
			expect(trigger.started).toEqual([]);
			expect(warn.mock.calls.map(([text]) => String(text)).join()).toContain(sentence);
			trigger.setParameters({
				onlyWhen: {},
				options: {},
				fetchLatest: false,
				output: 'simplified',
			});
			const events = ['inquiry.completed'];
			trigger.setParameters({ events, moreEvents: [], otherEvents: '', include: '' });
			expect(await deliver('evt_1')).toBe(200);
			expect(trigger.started).toHaveLength(1);
		},
	);

	it('is let through again as soon as the variable has a value', async () => {
		const { trigger, deliver } = await startActiveTrigger();
		trigger.setParameters({ onlyWhen: { status: '={{ $vars.status }}' } });
		expect(await deliver('evt_1')).toBe(503);
		trigger.variables.status = '["approved", "completed"]';
		expect(await deliver('evt_1')).toBe(200);
		trigger.variables.status = 'declined';
		expect(await deliver('evt_2')).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it.each([
		['5', 200, 299],
		['5', 401, 301],
		[' 0.5 ', 401, 31],
		['0', 200, 36_000],
		[0, 200, 36_000],
		["={{ ' ' }}", 503, 36_000],
		["={{ ' ' }}", 503, 0],
		['={{ -1 }}', 503, 36_000],
		['={{ null }}', 503, 36_000],
	])(
		'with the tolerance %j gets the status %i at an age of %i seconds',
		async (tolerance, status, age) => {
			const { trigger, deliver } = await startActiveTrigger();
			trigger.setParameters({ options: { tolerance } });
			expect(await deliver('evt_1', age)).toBe(status);
			expect(trigger.started).toHaveLength(status === 200 ? 1 : 0);
		},
	);

	it('is rejected with 503 while the choice of Receive is unknown', async () => {
		const { trigger, warn, deliver } = await startActiveTrigger();
		trigger.setParameters({ receive: 'byMail' });
		expect(await deliver('evt_1')).toBe(503);
		expect(warn.mock.calls[0][0]).toContain("'Receive'");
	});

	it('is rejected without a look at the parameters if its signature is wrong', async () => {
		const { trigger, warn, deliver } = await startActiveTrigger();
		expect(await deliver('evt_1')).toBe(200);
		trigger.setParameters({ onlyWhen: { status: '' } });
		const headers = { 'persona-signature': sign(buildEventBody('evt_2'), 'wbhsec_forged') };
		putClockForward(11_000);
		expect(await trigger.deliver(buildEventBody('evt_2'), headers)).toBe(401);
		expect(warn.mock.calls.map(([message]) => message)).toEqual([
			expect.stringContaining('its signature does not match'),
		]);
	});
});

describe('what events contain', () => {
	it('lists each name once, and unknown members of the payload of a custom event', async () => {
		const trigger = await harness.startTrigger({
			parameters: {
				otherEvents: 'custom.payout.held',
				options: {
					attributeBlocklist: 'name-*, !name-last, status, !status, /data/attributes/x?type=case',
					includeRelatedByEvent: {
						entry: [
							{ events: 'inquiry.approved,inquiry.approved', relationships: 'account, account' },
						],
					},
					payloadFilter: '{"payout": {"amount": 5}}',
				},
				onlyWhen: {},
			},
		});
		await trigger.activate();
		expect(getActiveWebhooks(harness)[0].attributes).toMatchObject({
			'included-allowlist': {
				'event-types': [{ 'event-type': 'inquiry.approved', relationships: ['account'] }],
			},
			'payload-filter': { data: { payout: { amount: 5 } } },
		});
		expect(await trigger.checkExists()).toBe(true);
	});

	it.each(['Inquiry Approved', 'INQUIRY.APPROVED', 'inquiry_session.started', 'custom.A'])(
		'is not asked for an event that cannot exist, though all are listened to: %s',
		async (events) => {
			const entry = [{ events, relationships: 'account' }];
			const options = { includeRelatedByEvent: { entry } };
			const trigger = await harness.startTrigger({ parameters: { events: ['*'], options } });
			await expect(trigger.activate()).rejects.toThrow(
				"'Events' in 'Include Related by Event' contains",
			);
			expect(getApiRequests(harness)).toEqual([]);
		},
	);

	it('may lack what a condition is about if the latest state is read', async () => {
		const trigger = await harness.startTrigger({
			parameters: {
				fetchLatest: true,
				options: { attributeBlocklist: 'status' },
				onlyWhen: { status: 'approved' },
			},
		});
		await trigger.activate();
		expect(getActiveWebhooks(harness)).toHaveLength(1);
	});

	it('is as the options say, and as by default once they are removed', async () => {
		const trigger = await harness.startTrigger({
			parameters: {
				options: {
					includeRelatedByEvent: {
						entry: [
							{ events: '["inquiry.approved", "inquiry.completed"]', relationships: 'account' },
						],
					},
					includeRelationships: false,
					payloadFilter: '{"attributes": {"status": "approved"}}',
				},
			},
		});
		await trigger.activate();
		const [webhook] = getActiveWebhooks(harness);
		expect(webhook.attributes).toMatchObject({
			'included-allowlist': {
				state: 'custom',
				'event-types': [
					{ 'event-type': 'inquiry.approved', relationships: ['account'] },
					{ 'event-type': 'inquiry.completed', relationships: ['account'] },
				],
			},
			'relationship-allowlist': { state: 'include_none' },
			'payload-filter': { data: { attributes: { status: 'approved' } } },
		});
		expect(await trigger.checkExists()).toBe(true);
		// As if n8n had been down while the options were removed.
		trigger.setParameters({ options: {} });
		expect(await trigger.checkExists()).toBe(false);
		await trigger.create();
		expect(getActiveWebhooks(harness)[0].id).toBe(webhook.id);
		expect(webhook.attributes).toMatchObject({
			'included-allowlist': { state: 'include_none' },
			'relationship-allowlist': { state: 'include_all' },
			'payload-filter': {},
		});
		expect(await trigger.checkExists()).toBe(true);
	});

	it('is not filtered by an attribute that only enterprise customers may send', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		const bodies = harness.sandbox.control.requests.map(({ body }) => JSON.stringify(body ?? ''));
		expect(bodies.filter((body) => body.includes('enabled-events'))).toHaveLength(1);
		expect(bodies.filter((body) => body.includes('payload-filter'))).toEqual([]);
	});
});

describe('values as text, since variables are always text', () => {
	it.each(['true', 'TRUE', '1', '={{ 1 }}', '={{ true }}', '={{ $vars.on }}'])(
		'%j switches Include Related Objects on',
		async (includeRelated) => {
			const trigger = await harness.startTrigger({ parameters: { options: { includeRelated } } });
			trigger.variables.on = 'true';
			await trigger.activate();
			expect(getActiveWebhooks(harness)[0].attributes['included-allowlist']).toEqual({
				state: 'include_all',
			});
		},
	);

	it.each(['false', 'False', '0', '={{ 0 }}'])(
		'%j switches Include Related Objects off',
		async (includeRelated) => {
			const trigger = await harness.startTrigger({ parameters: { options: { includeRelated } } });
			await trigger.activate();
			expect(getActiveWebhooks(harness)[0].attributes['included-allowlist']).toEqual({
				state: 'include_none',
			});
		},
	);

	it('are read as numbers and lists', async () => {
		const trigger = await harness.startTrigger({
			parameters: {
				otherEvents: '["custom.reviewed", "case.created"]',
				options: { fileLinkLifetime: '2', catchUp: ' 24 ', attributeBlocklist: '["a", "b,c"]' },
			},
		});
		await trigger.activate();
		expect(getActiveWebhooks(harness)[0].attributes).toMatchObject({
			'file-access-token-expires-in': 7_200,
			'api-attributes-blocklist': ['a', 'b,c'],
			'enabled-events': [
				'inquiry.approved',
				'inquiry.completed',
				'custom.reviewed',
				'case.created',
			],
		});
		expect(getApiRequests(harness)).toContain('GET /events');
	});
});
