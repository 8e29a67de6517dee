import type { INodeParameters } from 'n8n-workflow';
import { testBadInput, useTreeRecorder } from './support/badInput/testBadInput.mts';

describe('bad input', () => {
	testBadInput((resource) => resource !== 'inquiry');
});

describe('bad input in any operation', () => {
	const { runOnce } = useTreeRecorder();

	const runGet = (parameters: INodeParameters) =>
		runOnce({ resource: 'inquiry', operation: 'get', inquiryId: 'inq_1', ...parameters });

	it.each([
		...['', 0, 101, 1e308, 'many', '={{ NaN }}', '={{ Infinity }}', '={{ {a: 1} }}', '={{ [5] }}'],
	])(
		'fails for Items at a Time = %p, which is not a number from 1 to 100',
		async (itemsAtATime) => {
			const { error = '', requests } = await runGet({ options: { itemsAtATime } });
			expect([error.startsWith("'Items at a Time' "), requests.length]).toEqual([true, 0]);
		},
	);

	it.each([
		['={{ "inq_1" }}', undefined],
		['={{ {id: "inq_1"} }}', "'Inquiry' must be text"],
		['={{ ["inq_1", "inq_2"] }}', "'Inquiry' must be text"],
		['={{ null }}', "'Inquiry' is empty"],
		['={{ "inq_1/approve" }}', "'Inquiry' is not an ID"],
	])('fails for the ID %s, unless it is one', async (inquiryId, message) => {
		const { error, requests } = await runGet({ inquiryId });
		expect([error, requests.length]).toEqual([message, message ? 0 : 1]);
	});

	it('maps the columns of the item and no member that every object has', async () => {
		const names = ['__proto__', 'constructor', 'toString', 'email'];
		const schema = names.map((id) => ({ id, displayName: id, required: false }));
		const { requests } = await runOnce({
			...{ resource: 'account', operation: 'create', fieldsMode: 'columns' },
			fieldsColumns: { mappingMode: 'autoMapInputData', value: null, schema } as never,
		});
		expect(requests.map(({ body }) => body)).toEqual([
			{ data: { attributes: { fields: { email: 'jane.doe@example.com' } } } },
		]);
	});

	it('maps nothing before the columns are read', async () => {
		const { requests } = await runOnce({
			...{ resource: 'account', operation: 'create', fieldsMode: 'columns' },
		});
		expect(requests.map(({ body }) => body)).toEqual([{ data: { attributes: {} } }]);
	});
});
