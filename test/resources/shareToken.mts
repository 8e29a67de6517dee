import { testExamples } from '../support/testExamples.mts';
import { buildDuration } from '../support/buildDuration.mts';

const shareTokenId = 'cnst_1';

testExamples('shareToken', [
	{
		operation: 'create',
		parameters: {
			connectionId: 'cxn_1',
			sourceId: 'inq_1',
			additionalFields: { expiresIn: buildDuration(1, 'hours') },
		},
		request: 'POST /connect/share-tokens',
		body: {
			data: {
				attributes: {
					'connection-id': 'cxn_1',
					'source-id': 'inq_1',
					'expires-in-seconds': 3600,
				},
			},
		},
	},
	{
		operation: 'get',
		parameters: { shareTokenId, additionalFields: { peekSourceData: true } },
		request: 'GET /connect/share-tokens/cnst_1',
		query: { 'peek-source-data': 'true' },
	},
	{
		operation: 'getAll',
		parameters: {
			filters: {
				connectionId: { __rl: true, mode: 'id', value: 'cxn_1' },
				direction: 'inbound',
				status: 'created',
			},
		},
		request: 'GET /connect/share-tokens',
		query: {
			'filter[connection-id]': 'cxn_1',
			'filter[direction]': 'inbound',
			'filter[status]': 'created',
		},
	},
	{
		operation: 'expire',
		parameters: { shareTokenId },
		request: 'POST /connect/share-tokens/cnst_1/expire',
	},
	{
		operation: 'redeem',
		parameters: { shareTokenId },
		request: 'POST /connect/share-tokens/cnst_1/redeem',
		body: { data: { attributes: {} } },
	},
	{
		operation: 'redeem',
		parameters: {
			shareTokenId,
			destinationId: 'act_1',
			additionalFields: {
				fieldMappings:
					'[{"source-field-name": "address_street_1", "destination-field-name": "street_address"}]',
			},
		},
		request: 'POST /connect/share-tokens/cnst_1/redeem',
		body: {
			data: { attributes: { 'destination-id': 'act_1' } },
			meta: {
				'field-mappings': [
					{
						'source-field-name': 'address_street_1',
						'destination-field-name': 'street_address',
					},
				],
			},
		},
	},
]);
