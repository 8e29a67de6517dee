import fc from 'fast-check';
import { parseEvent, toItem } from '../../nodes/Persona/events/event.ts';

const bodyOf = (document: unknown) => Buffer.from(JSON.stringify(document));

const event = (attributes: object) => {
	const found = parseEvent(bodyOf({ data: { type: 'event', id: 'evt_1', attributes } }));
	if (!found) throw new Error('There is no event in the body');
	return found;
};

describe('eventIn', () => {
	it.each(['', '{', 'null', '[]', '"data"', '{"data":null}', '{"data":{"id":"evt_1"}}'])(
		'finds no event in %j',
		(body) => {
			expect(parseEvent(Buffer.from(body))).toBeUndefined();
		},
	);

	it('throws at no body', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (body) => void parseEvent(Buffer.from(body))),
		);
		fc.assert(fc.property(fc.jsonValue(), (body) => void parseEvent(bodyOf(body))));
	});
});

describe('itemOf', () => {
	const approved = event({
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

	it('makes a flat item of an event', () => {
		expect(toItem(approved, 2, true)).toEqual({
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

	it('leaves an event as Persona sent it where nothing is to be simplified', () => {
		expect(toItem(approved, 1, false)).toEqual(approved);
	});

	it('makes an item of an event about no object and without context', () => {
		const { object, context } = toItem(event({ name: 'a.b', payload: {}, context: null }), 1, true);
		expect({ object, context }).toEqual({ object: {}, context: {} });
	});

	it('makes an item of whatever Persona may send in an event', () => {
		const anything = fc.jsonValue();
		const text = fc.string();
		const reference = fc.record({ type: text, id: text });
		const relationship = fc.record(
			{ data: fc.oneof(fc.constant(null), reference, fc.array(reference)), links: fc.object() },
			{ requiredKeys: [] },
		);
		const object = fc.record(
			{
				type: text,
				id: text,
				attributes: anything,
				relationships: fc.dictionary(text, relationship),
			},
			{ requiredKeys: [] },
		);
		const payload = fc.record(
			{
				data: fc.oneof(object, fc.constant(null), text),
				included: fc.oneof(fc.array(object), fc.constant(null)),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(payload, anything, fc.boolean(), (sent, context, simplify) => {
				const item = toItem(event({ name: 'a.b', payload: sent, context }), 1, simplify);
				expect(item).not.toHaveProperty('error');
			}),
			{ numRuns: 200 },
		);
	});
});
