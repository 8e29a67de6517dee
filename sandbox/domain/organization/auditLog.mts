import { fixtures } from '../../state/fixtures.mts';
import type { JsonObject } from '../../state/json.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';

/** Adds an action of the sandbox's only user, outside the API, to the audit log. */
export const recordUserAction = (state: SandboxState, attributes: JsonObject): StoredObject =>
	state.createObject(
		'user-audit-log',
		'ual',
		{
			'get-params': {},
			'post-params': {},
			'ip-address': '127.0.0.1',
			'user-agent': 'Mozilla/5.0',
			'response-status': 200,
			'created-at': getTimestamp(),
			'impersonator-email-address': null,
			...attributes,
		},
		{ user: toOne({ type: 'user', id: fixtures.user }) },
	);
