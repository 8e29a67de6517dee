import type { IDataObject } from 'n8n-workflow';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import {
	toAdditionError,
	sendListItemRequest,
	type ListItemRequest,
	type AdditionResult,
} from './listItemRequest';
import { pollUntilDone } from '../waitForResult';
import { formatCsv } from './formatCsv';

/** `name-first` stands in the column `name_first`. */
const toCsvRecord = ({ values }: ListItemRequest): IDataObject =>
	Object.fromEntries(
		Object.entries(values).map(([name, value]) => [name.replaceAll('-', '_'), value]),
	);

async function createImporter(
	[first, ...others]: ListItemRequest[],
	listId: string,
): Promise<PersonaObject> {
	const { session, request } = first;
	const csv = formatCsv([first, ...others].map(toCsvRecord));
	const file = { data: Buffer.from(csv).toString('base64'), filename: 'list-items.csv' };
	const body = { data: { attributes: { 'list-id': listId, file } } };
	const answer = await sendListItemRequest(first, {
		...request,
		path: `/importer${request.path}`,
		body,
	});
	if (answer.statusCode >= 300 || answer.statusCode < 200) throw toAdditionError(session, answer);
	return (answer.body as JsonApiDocument).data as PersonaObject;
}

/** Adds the values with one import. Throws what Persona refuses, and what takes too long. */
export async function bulkImport(additions: ListItemRequest[]): Promise<AdditionResult> {
	const [{ session }] = additions;
	// Read before anything is sent, for it may be no number.
	const most = session.getSetting<number>('waitAtMost');
	const begun = await createImporter(additions, session.getId('list-id'));
	const { id } = begun;
	const read = async () => {
		const document = await session.requestDocument({ method: 'GET', path: `/importers/${id}` });
		return { json: document.data as PersonaObject };
	};
	const pending = {
		label: `Import ${id}`,
		readOperation: 'Importer > Get',
		timeoutSeconds: most,
		fetch: read,
	};
	const { item, failed } = await pollUntilDone(session, { json: begun }, pending);
	const importer = item.json as PersonaObject;
	const count = (name: string) => Number(importer.attributes?.[`${name}-count`] ?? 0);
	const [added, duplicate, refused] = ['successful', 'duplicate', 'error'].map(count);
	if (failed) {
		session.fail(
			`Import ${id} ended with an error`,
			`Of ${additions.length} values ${added} were added, ${duplicate} were on the list already and ${refused} were refused. Try fewer values, or one by one with a higher 'Import From'.`,
		);
	}
	const reason = `Persona refused ${refused} of ${additions.length} rows of the import and does not say which; one by one it says why`;
	const problems = refused > 0 ? [{ reason }] : [];
	return { added, duplicate, refused, problems, importerId: id, objects: [importer] };
}
