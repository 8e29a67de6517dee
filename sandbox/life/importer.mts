import { Problem } from '../server/problem.mts';
import { inflect } from '../server/inflection.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { accountByReference, fillAccount, newAccount } from './account.mts';
import { CsvError, parseCsv } from './csv.mts';
import { addItem } from './list.mts';
import type { ListKind } from './listKinds.mts';
import { setTags } from './tags.mts';

/** What becomes of a row; it throws what is wrong with one. */
interface Import {
	/** In types, e.g. `account` or `list-item/name`. */
	type: string;
	/** Names that the first line of the file may have. */
	columns: string[];
	row(values: Record<string, string>, importer: StoredObject): void;
}

/** A new importer, which works through its file a moment later. */
export function newImporter(world: World, work: Import, file: Buffer): StoredObject {
	const importer = world.create(`importer/${work.type}`, 'mprt', {
		status: 'pending',
		'created-at': now(),
		'completed-at': null,
		'successful-count': 0,
		'duplicate-count': 0,
		'error-count': 0,
	});
	world.after(world.settings.reportSeconds * 1000, () => run(importer, work, file));
	return importer;
}

function run(importer: StoredObject, { columns, row }: Import, file: Buffer) {
	const counts = { 'successful-count': 0, 'duplicate-count': 0, 'error-count': 0 };
	let status = 'ready';
	try {
		for (const values of recordsOf(file, columns)) counts[outcome(() => row(values, importer))]++;
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		status = 'errored';
	}
	Object.assign(importer.attributes, counts, { status, 'completed-at': now() });
}

function recordsOf(file: Buffer, allowed: string[]) {
	const { columns, records } = parseCsv(file);
	const foreign = columns.find((name) => !allowed.includes(name));
	if (foreign !== undefined) throw new CsvError(`Column ${foreign} is not allowed`);
	return records;
}

function outcome(act: () => void) {
	try {
		act();
		return 'successful-count';
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		return error.status === 409 ? 'duplicate-count' : 'error-count';
	}
}

/** Rows that become accounts. */
export const accountRows = (world: World): Import => ({
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
	row: ({ reference_id: reference, tags, ...values }) => {
		if (Object.values(values).every((value) => value === '') && !reference) {
			throw new Problem(422, 'The row is empty');
		}
		if (values.birthdate && !/^\d{4}-\d{2}-\d{2}$/.test(values.birthdate)) {
			throw new Problem(422, 'birthdate is invalid');
		}
		if (accountByReference(world, reference)) throw new Problem(409, 'Account already exists');
		const account = newAccount(world, reference || null);
		fillAccount(account, given(values));
		world.emit('account.created', account);
		if (tags) setTags(world, account, tags.split(/\s*[,;]\s*/));
	},
});

/** Rows that become items of a list. */
export const itemRows = (world: World, kind: ListKind, list: StoredObject): Import => ({
	type: `list-item/${kind.type}`,
	columns: Object.keys(kind.members).map((name) => inflect(name, 'snake')),
	row: (values, importer) => {
		const typed = Object.entries(given(values)).map(([name, value]) => [
			name,
			kind.members[name].schema.type === 'number' ? Number(value) : value,
		]);
		addItem(world, kind, list, Object.fromEntries(typed) as JsonObject, importer);
	},
});

/** The values that are there, under the names that the API has for them. */
const given = (values: Record<string, string>): JsonObject =>
	Object.fromEntries(
		Object.entries(values)
			.filter(([, value]) => value !== '')
			.map(([name, value]) => [inflect(name, 'kebab'), value]),
	);
