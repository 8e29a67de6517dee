import fc from 'fast-check';
import { OUTPUT_MODES } from '../../nodes/Persona/transport/output.ts';
import { parseEvent, toItem } from '../../nodes/Persona/events/event.ts';

const buildBody = (document: unknown) => Buffer.from(JSON.stringify(document));

const createEvent = (attributes: object) => {
	const found = parseEvent(buildBody({ data: { type: 'event', id: 'evt_1', attributes } }));
	if (!found) throw new Error('There is no event in the body');
	return found;
};

describe('parseEvent', () => {
	it.each(['', '{', 'null', '[]', '"data"', '{"data":null}', '{"data":{"id":"evt_1"}}'])(
		'finds no event in %j',
		(body) => {
			expect(parseEvent(Buffer.from(body))).toBeUndefined();
		},
	);

	it('never throws, whatever the body is', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (body) => void parseEvent(Buffer.from(body))),
		);
		fc.assert(fc.property(fc.jsonValue(), (body) => void parseEvent(buildBody(body))));
	});
});

const modes = OUTPUT_MODES.map(({ value }) => value);

describe('toItem', () => {
	const approved = createEvent({
		name: 'inquiry.approved',
		'created-at': '2025-03-15T18:35:00.000Z',
		payload: {
			data: {
				type: 'inquiry',
				id: 'inq_1',
				attributes: {
					status: 'approved',
					'reference-id': 'user-42',
					fields: { 'name-first': { type: 'string', value: 'Jane' } },
				},
				relationships: { account: { data: { type: 'account', id: 'act_1' } } },
			},
			included: [{ type: 'account', id: 'act_1', attributes: { 'reference-id': 'user-42' } }],
		},
		context: { 'added-tags': ['vip'] },
	});

	it('makes a flat item with all fields of an event', () => {
		expect(toItem(approved, 2, 'allFields')).toEqual({
			event: 'inquiry.approved',
			eventId: 'evt_1',
			createdAt: '2025-03-15T18:35:00.000Z',
			attempt: 2,
			object: {
				id: 'inq_1',
				type: 'inquiry',
				status: 'approved',
				referenceId: 'user-42',
				fields: { 'name-first': 'Jane' },
				accountId: 'act_1',
				account: { id: 'act_1', type: 'account', referenceId: 'user-42' },
			},
			context: { addedTags: ['vip'] },
		});
	});

	it('has of a simplified event its name, IDs and time, and its object simplified', () => {
		expect(toItem(approved, 2, 'simplified')).toEqual({
			event: 'inquiry.approved',
			eventId: 'evt_1',
			createdAt: '2025-03-15T18:35:00.000Z',
			attempt: 2,
			object: {
				...{ id: 'inq_1', type: 'inquiry', status: 'approved', referenceId: 'user-42' },
				...{
					accountId: 'act_1',
					account: { id: 'act_1', type: 'account', referenceId: 'user-42' },
				},
			},
		});
	});

	it('returns the event as sent if it is to be raw', () => {
		expect(toItem(approved, 1, 'raw')).toEqual(approved);
	});

	it('makes an item of an event without an object and context', () => {
		const { object, context } = toItem(
			createEvent({ name: 'a.b', payload: {}, context: null }),
			1,
			'allFields',
		);
		expect({ object, context }).toEqual({ object: {}, context: {} });
	});

	it.each([
		['a list', [{ 'a-b': 1 }]],
		['text', 'Something'],
		['a number', 0],
		['an object without `data`', { 'reference-id': 'user-42' }],
		['`data` that is a list', { data: [{ type: 'inquiry', id: 'inq_1' }] }],
	])('passes on a payload as it is, if it is %s and not an object of Persona', (_, payload) => {
		const item = toItem(createEvent({ name: 'inquiry.approved', payload }), 1, 'allFields');
		expect(item).toMatchObject({ object: {}, payload });
	});

	it('makes an item of anything that Persona may send in an event', () => {
		const anything = fc.jsonValue();
		const text = fc.string();
		const reference = fc.record({ type: text, id: text });
		const relationship = fc.record(
			{ data: fc.oneof(anything, reference, fc.array(reference)), links: fc.object() },
			{ requiredKeys: [] },
		);
		const object = fc.record(
			{
				type: text,
				id: text,
				attributes: anything,
				relationships: fc.oneof(fc.dictionary(text, relationship), anything),
			},
			{ requiredKeys: [] },
		);
		const payload = fc.record(
			{
				data: fc.oneof(object, fc.constant(null), text),
				included: fc.oneof(fc.array(object), anything),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(payload, anything, fc.constantFrom(...modes), (sent, context, mode) => {
				const item = toItem(createEvent({ name: 'a.b', payload: sent, context }), 1, mode);
				expect(item).not.toHaveProperty('error');
			}),
			{ numRuns: 200 },
		);
	});
});

describe('toItem of a custom event', () => {
	const buildCustom = (payload: unknown, context: unknown = null) =>
		createEvent({
			name: 'custom.account.reviewed',
			payload,
			context,
			'created-at': '2025-03-15T18:35:00.000Z',
		});

	it.each([
		{ data: { type: 'inquiry', id: 'inq_1', attributes: { 'a-b': { type: 'string', value: 1 } } } },
		{
			'reviewer-name': 'Jane',
			score: { type: 'integer', value: 7 },
			'Über Uns': [{ 'x-y': null }],
		},
		{ data: 'text', error: 'boom', included: 7 },
		{ data: null },
		[],
		[1, { 'a-b': 2 }],
		'text',
		'',
		0,
		false,
		null,
	])('passes its whole payload on, letter for letter: %j', (payload) => {
		expect(toItem(buildCustom(payload, { 'who-did': 'it' }), 2, 'allFields')).toEqual({
			event: 'custom.account.reviewed',
			eventId: 'evt_1',
			createdAt: '2025-03-15T18:35:00.000Z',
			attempt: 2,
			object: {},
			payload,
			context: { 'who-did': 'it' },
		});
		const event = buildCustom(payload);
		expect(toItem(event, 1, 'raw')).toEqual(event);
	});

	it('changes nothing of any payload, however much is returned', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), (payload, context) => {
				const event = buildCustom(payload, context);
				const sent = JSON.stringify(payload);
				for (const mode of ['simplified', 'allFields'] as const) {
					expect(JSON.stringify(toItem(event, 1, mode).payload)).toBe(sent);
				}
				const { attributes } = toItem(event, 1, 'raw') as { attributes: { payload: unknown } };
				expect(JSON.stringify(attributes.payload)).toBe(sent);
			}),
		);
	});
});
