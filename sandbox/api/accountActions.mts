import { requireFileContent } from '../domain/workflows/requireFileContent.mts';
import { startWorkflowRun } from '../domain/workflows/workflow.mts';
import type { ApiRequest } from '../http/endpoint.mts';
import { getReferenced, getTarget } from '../http/lookup.mts';
import { ConflictError, NotFoundError } from '../state/errors.mts';
import { fixtures } from '../state/fixtures.mts';
import type { JsonObject } from '../state/json.mts';
import { getRelatedId, toOne } from '../state/relationships.mts';

/** Lists the objects that an account is related to under a key. */
export function listRelations(request: ApiRequest) {
	const { state, filter } = request;
	const account = getTarget(request, 'account');
	const start = filter['created-at-start'];
	const end = filter['created-at-end'];
	const objects = (state.getPrivateState(account).relations ?? [])
		.filter(
			({ key, createdAt }) =>
				key === filter.key &&
				(start === undefined || Date.parse(createdAt) >= Date.parse(start)) &&
				(end === undefined || Date.parse(createdAt) <= Date.parse(end)),
		)
		.flatMap(({ targetId }) => state.store.findById(targetId) ?? [])
		.reverse();
	return { objects, hasLinks: true };
}

/** Merges accounts into one. */
export function consolidateAccounts(request: ApiRequest) {
	const { state, meta } = request;
	const account = getTarget(request, 'account');
	const sources = (meta['source-account-ids'] as string[]).map((id) =>
		getReferenced(request, 'account', id, 'meta.source_account_ids'),
	);
	if (sources.includes(account)) {
		throw new ConflictError('An account cannot be consolidated with itself');
	}
	for (const source of sources) {
		if (state.getPrivateState(source).isArchived) {
			throw new ConflictError('Source account is already archived');
		}
		state.getPrivateState(source).isArchived = true;
		for (const family of ['inquiry', 'report']) {
			const owned = state.store
				.getCollection(family)
				.findAll((each) => getRelatedId(each, 'account') === source.id);
			for (const object of owned) {
				Object.assign(object.relationships ?? {}, { account: toOne(account) });
			}
		}
		state.emitEvent('account.consolidated-with', source);
		state.emitEvent('account.archived', source);
	}
	state.emitEvent('account.consolidated', account);
	return { object: account, status: 202 };
}

/** Starts the workflow of an account action. */
export function runAccountAction(request: ApiRequest) {
	const { state, body } = request;
	const account = getTarget(request, 'account');
	const { 'account-action-id': actionId, parameters } = body.data as JsonObject;
	if (actionId !== fixtures.accountAction) {
		throw new NotFoundError('data.account_action_id is not found');
	}
	requireFileContent(parameters ?? {}, '/data/parameters');
	const run = startWorkflowRun(
		state,
		{ type: 'workflow', id: fixtures.workflow },
		{ type: 'workflow-version', id: fixtures.workflowVersion },
		{ type: 'user', id: fixtures.user },
	);
	return { object: account, meta: { 'workflow-run-id': run.id } };
}
