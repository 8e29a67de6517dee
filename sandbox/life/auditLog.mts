import { fixtures } from '../seeds.mts';
import { one } from '../server/answer.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';

/** Records what the one user of the sandbox did outside the API. */
export const audit = (world: World, visit: JsonObject): StoredObject =>
	world.create(
		'user-audit-log',
		'ual',
		{
			'get-params': {},
			'post-params': {},
			'ip-address': '127.0.0.1',
			'user-agent': 'Mozilla/5.0',
			'response-status': 200,
			'created-at': now(),
			'impersonator-email-address': null,
			...visit,
		},
		{ user: one({ type: 'user', id: fixtures.user }) },
	);
