import type { INodeParameters } from 'n8n-workflow';
import { readList } from '../../nodes/Persona/events/readValues.ts';
import { runNode } from '../support/runNode.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';

/** Parameters that take a value as text, as a list or as JSON, which the value is put into. */
const PLACES: Record<string, (number: string) => INodeParameters> = {
	'a text, as the number that n8n read from JSON': () => ({
		...{ resource: 'account', operation: 'create', referenceId: '={{ $json.id }}' },
	}),
	'a map in JSON': (number) => ({
		...{ resource: 'account', operation: 'create', additionalFields: {} },
		...{ fieldsMode: 'json', fields: `{"a": [{"id": ${number}}]}` },
	}),
	'a map that an expression returns': () => ({
		...{ resource: 'account', operation: 'create', additionalFields: {} },
		...{ fieldsMode: 'json', fields: '={{ { id: $json.id } }}' },
	}),
	'a list of words': (number) => ({
		...{ resource: 'account', operation: 'create' },
		additionalFields: { tags: `[${number}]` },
	}),
	'a list of objects': (number) => ({
		...{ resource: 'report', operation: 'create', reportType: 'businessLookup' },
		...{ queryBusinessName: 'Acme', waitForResult: false, queryAddressStreet1: 'Main St 1' },
		...{ queryAddressCity: 'Albany', queryAddressSubdivision: 'New York' },
		queryAddressPostalCode: '12207',
		additionalFields: { queryAssociatedPeople: `[{"name-full": "Jane", "id": ${number}}]` },
	}),
	'a condition of a search': () => ({
		...{ resource: 'inquiry', operation: 'search' },
		conditions: {
			condition: [{ attribute: 'status', operator: 'eq', value: '={{ $json.id }}' }],
		},
	}),
	'a query of a search': (number) => ({
		...{ resource: 'inquiry', operation: 'search' },
		options: { query: `{"attribute": "status", "operator": "eq", "value": ${number}}` },
	}),
};

describe('a whole number with more digits than JavaScript keeps', () => {
	let recorder: RequestRecorder;

	beforeAll(async () => {
		recorder = await startRequestRecorder(() => ({
			body: { data: { type: 'thing', id: 'thg_1', attributes: {} } },
		}));
	});

	afterAll(async () => await recorder.stop());

	it.each(Object.entries(PLACES))('is refused in %s', async (_, build) => {
		for (const [number, isRefused] of [
			['12345678901234567890', true],
			['9007199254740993', true],
			['-12345678901234567890', true],
			['9007199254740991', false],
		] as const) {
			recorder.requests.length = 0;
			const { error } = await runNode({
				parameters: build(number),
				items: [JSON.parse(`{"id": ${number}}`)],
				credentials: { baseUrl: recorder.baseUrl },
			});
			const message = expect.stringMatching(/^'.+' contains a number with more digits/) as string;
			const isSent = recorder.requests.length > 0;
			expect([number, isSent, isSent ? undefined : error?.message]).toEqual([
				number,
				!isRefused,
				isRefused ? message : undefined,
			]);
		}
	});

	it('is refused in a list of a trigger', () => {
		const context = { getNode: () => ({}) as never };
		expect(() => readList(context, "'Tags'", '[12345678901234567890]')).toThrow(
			"'Tags' contains a number with more digits than a number can hold",
		);
		expect(readList(context, "'Tags'", '["12345678901234567890"]')).toEqual([
			'12345678901234567890',
		]);
	});
});
