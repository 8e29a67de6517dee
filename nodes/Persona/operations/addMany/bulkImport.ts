import type { IDataObject } from 'n8n-workflow';
import type { ApiRequest } from '../../transport/apiRequest';
import { getAttributes, type ObjectDocument, type PersonaObject } from '../../transport/jsonApi';
import { FileUpload, toFileContent } from '../../transport/uploads';
import {
	toAdditionError,
	sendListItemRequest,
	type ListItemRequest,
	type AdditionResult,
} from './listItemRequest';
import type { AddManySettings } from './addManySettings';
import { pollUntilDone } from '../waitForResult';
import { formatCsv } from './formatCsv';

/** The importer spells attributes as columns: `name-first` is in the column `name_first`. */
const toCsvRecord = ({ values }: ListItemRequest): IDataObject =>
	Object.fromEntries(
		Object.entries(values).map(([name, value]) => [name.replaceAll('-', '_'), value]),
	);

async function createImporter(requests: ListItemRequest[], listId: string): Promise<PersonaObject> {
	const [first] = requests;
	const csv = formatCsv(requests.map(toCsvRecord));
	const file = new FileUpload('list-items.csv', 'text/csv', toFileContent(csv));
	const attributes = { 'list-id': listId, file: file as unknown as IDataObject };
	const request: ApiRequest = {
		...first.request,
		path: `/importer${first.request.path}`,
		body: { data: { attributes } },
		files: 'form',
	};
	const response = await sendListItemRequest(first, request);
	const { statusCode, body } = response;
	if (statusCode >= 300 || statusCode < 200)
		throw toAdditionError(first, response, 'importer.write');
	return (body as ObjectDocument).data;
}

/**
 * Adds all values with one import and waits until it is done. Throws where Persona rejects the
 * import, it ends without a result, or it takes longer than the user wants to wait.
 */
export async function bulkImport(
	requests: ListItemRequest[],
	listId: string,
	{ waitAtMost }: AddManySettings,
): Promise<AdditionResult> {
	const [{ context }] = requests;
	const created = await createImporter(requests, listId);
	const { id } = created;
	const fetch = async () =>
		await context.requestDocument({ method: 'GET', path: `/importers/${id}` });
	const pending = {
		type: 'importer',
		label: `Import ${id}`,
		readOperation: 'Importer > Get',
		timeoutSeconds: waitAtMost,
		fetch,
	};
	const { document, isFailed } = await pollUntilDone(context, { data: created }, pending);
	const importer = document.data;
	const getCount = (name: string) => Number(getAttributes(importer)[`${name}-count`] ?? 0);
	const [added, duplicates, rejected] = ['successful', 'duplicate', 'error'].map(getCount);
	if (isFailed) {
		context.fail(
			`Import ${id} ended with an error`,
			`Of ${requests.length} values ${added} were added, ${duplicates} were already on the list and ${rejected} were rejected. Try fewer values, or increase 'Import From' to add them one by one.`,
		);
	}
	const reason = `Persona rejected ${rejected} of ${requests.length} rows of the import without saying which. Add the values one by one to see why.`;
	const problems = rejected > 0 ? [{ reason }] : [];
	return { added, duplicates, rejected, problems, importerId: id, objects: [importer] };
}
