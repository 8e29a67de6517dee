import { createAccount, findAccountByReference } from '../domain/accounts/account.mts';
import type { ApiRequest } from '../http/endpoint.mts';
import { getReferenced } from '../http/lookup.mts';
import { BadRequestError } from '../state/errors.mts';
import type { Json } from '../state/json.mts';

/**
 * The account of a new inquiry or report: given by ID, found by reference ID, or created. Undefined when
 * it must not be created.
 */
export function resolveAccount(
	request: ApiRequest,
	accountId: Json = null,
	referenceId: Json = null,
) {
	const { state, meta } = request;
	const {
		'auto-create-account': mayCreate = true,
		'auto-create-account-reference-id': newReferenceId,
		'auto-create-account-type-id': typeId,
	} = meta;
	if (mayCreate === false && (newReferenceId !== undefined || typeId !== undefined)) {
		throw new BadRequestError(
			'meta.auto_create_account is false, so nothing can be said about that account',
		);
	}
	if (accountId !== null) {
		return getReferenced(request, 'account', accountId, 'data.attributes.account_id');
	}
	const accountReferenceId = newReferenceId ?? referenceId;
	const existing = findAccountByReference(state, accountReferenceId);
	if (existing) return existing;
	if (mayCreate === false) return undefined;
	const path = 'meta.auto_create_account_type_id';
	const type =
		typeId === undefined ? undefined : getReferenced(request, 'account-type', typeId, path);
	const account = createAccount(state, accountReferenceId, type);
	state.emitEvent('account.created', account);
	return account;
}
