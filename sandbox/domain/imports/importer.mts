import { ApiError, ConflictError, UnprocessableError } from '../../state/errors.mts';
import { inflect } from '../../state/inflection.mts';
import type { JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { createAccount, findAccountByReference, setAccountFields } from '../accounts/account.mts';
import { addListItem } from '../lists/list.mts';
import type { ListKind } from '../lists/listKinds.mts';
import { setTags } from '../shared/tags.mts';
import { CsvError, parseCsv } from './csv.mts';

/** Imports the rows of one type of object. */
interface RowImport {
	/** In types, such as `account` or `list-item/name`. */
	type: string;
	/** The columns that a file may have. */
	columns: string[];
	/** Throws `ApiError` for a row that cannot be imported, 409 for a duplicate. */
	importRow(values: Record<string, string>, importer: StoredObject): void;
}

/** Creates an importer, which imports its file after `reportSeconds`. */
export function createImporter(
	state: SandboxState,
	rowImport: RowImport,
	file: Buffer,
): StoredObject {
	const importer = state.createObject(`importer/${rowImport.type}`, 'mprt', {
		status: 'pending',
		'created-at': getTimestamp(),
		'completed-at': null,
		'successful-count': 0,
		'duplicate-count': 0,
		'error-count': 0,
	});
	state.schedule(state.settings.reportSeconds * 1000, () => runImport(importer, rowImport, file));
	return importer;
}

function runImport(importer: StoredObject, { columns, importRow }: RowImport, file: Buffer) {
	const counts = { 'successful-count': 0, 'duplicate-count': 0, 'error-count': 0 };
	let status = 'ready';
	try {
		for (const values of readRecords(file, columns)) {
			counts[importAndClassify(() => importRow(values, importer))]++;
		}
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		status = 'errored';
	}
	Object.assign(importer.attributes, counts, { status, 'completed-at': getTimestamp() });
}

function readRecords(file: Buffer, allowed: string[]) {
	const { columns, records } = parseCsv(file);
	const unknown = columns.find((name) => !allowed.includes(name));
	if (unknown !== undefined) throw new CsvError(`Column ${unknown} is not allowed`);
	return records;
}

/** Imports a row and returns the counter to increment. */
function importAndClassify(importRow: () => void) {
	try {
		importRow();
		return 'successful-count';
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return error.status === 409 ? 'duplicate-count' : 'error-count';
	}
}

/** Imports rows as accounts. */
export const createAccountImport = (state: SandboxState): RowImport => ({
	type: 'account',
	columns: [
		'reference_id',
		'name_first',
		'name_middle',
		'name_last',
		'birthdate',
		'social_security_number',
		'tags',
	],
	importRow: ({ reference_id: referenceId, tags, ...values }) => {
		if (Object.values(values).every((value) => value === '') && !referenceId) {
			throw new UnprocessableError('The row is empty');
		}
		if (values.birthdate && !/^\d{4}-\d{2}-\d{2}$/.test(values.birthdate)) {
			throw new UnprocessableError('birthdate is invalid');
		}
		if (findAccountByReference(state, referenceId)) {
			throw new ConflictError('Account already exists');
		}
		const account = createAccount(state, referenceId || null);
		setAccountFields(account, removeEmptyValues(values));
		state.emitEvent('account.created', account);
		if (tags) setTags(state, account, tags.split(/\s*[,;]\s*/));
	},
});

/** Imports rows as items of a list. */
export const createListItemImport = (
	state: SandboxState,
	kind: ListKind,
	list: StoredObject,
): RowImport => ({
	type: `list-item/${kind.type}`,
	columns: Object.keys(kind.members).map((name) => inflect(name, 'snake')),
	importRow: (values, importer) => {
		const typedValues = Object.entries(removeEmptyValues(values)).map(([name, value]) => [
			name,
			kind.members[name].valueType === 'number' ? Number(value) : value,
		]);
		addListItem(state, kind, list, Object.fromEntries(typedValues) as JsonObject, importer);
	},
});

/** The values that are not empty, by their names in the API. */
const removeEmptyValues = (values: Record<string, string>): JsonObject =>
	Object.fromEntries(
		Object.entries(values)
			.filter(([, value]) => value !== '')
			.map(([name, value]) => [inflect(name, 'kebab'), value]),
	);
