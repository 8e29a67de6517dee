import { runNode } from '../support/runNode.mts';
import { testExamples } from '../support/testExamples.mts';
import { startRequestRecorder } from '../../tools/services/requestRecorder.mts';

const buildGetExample = (parameters: object, request: string, query?: Record<string, string>) => ({
	operation: 'get',
	parameters: { ...parameters },
	request,
	...(query && { query }),
});

testExamples('object', [
	buildGetExample({ objectId: 'inq_1' }, 'GET /inquiries/inq_1'),
	buildGetExample({ objectId: 'acttp_1' }, 'GET /account-types/acttp_1'),
	buildGetExample({ objectId: 'grphq_1' }, 'GET /graph-queries/grphq_1'),
	buildGetExample({ objectId: 'cnst_1' }, 'GET /connect/share-tokens/cnst_1'),
	buildGetExample({ objectId: 'liea_1' }, 'GET /list-item/email-addresses/liea_1'),
	buildGetExample({ objectId: 'lin_1', objectType: 'nameItem' }, 'GET /list-item/names/lin_1'),
	buildGetExample(
		{ objectId: 'cxn_1', options: { fieldsToReturn: 'status, user:name-first' } },
		'GET /connect/connections/cxn_1',
		{ 'fields[connect/connection]': 'status', 'fields[user]': 'name-first' },
	),
]);

describe('an ID that does not identify its type', () => {
	it.each(['lin_1', 'wbh_1', 'whatever'])('is not sent: %s', async (objectId) => {
		const server = await startRequestRecorder(() => ({ body: {} }));
		const { error } = await runNode({
			parameters: { resource: 'object', operation: 'get', objectType: 'detect', objectId },
			credentials: { baseUrl: server.baseUrl },
		});
		await server.stop();
		expect(server.requests).toEqual([]);
		expect(error?.message).toBe(`'Object Type' cannot be detected from the ID '${objectId}'`);
	});
});
