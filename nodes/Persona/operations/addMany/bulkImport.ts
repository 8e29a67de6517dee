import type { IDataObject } from 'n8n-workflow';
import type { Document, PersonaObject } from '../../transport/jsonApi';
import { failureOf, post, type Addition, type Tally } from './request';
import { settled } from '../waitForResult';
import { csvOf } from './csv';

/** `name-first` stands in the column `name_first`. */
const inColumns = ({ values }: Addition): IDataObject =>
	Object.fromEntries(
		Object.entries(values).map(([name, value]) => [name.replaceAll('-', '_'), value]),
	);

async function started([first, ...others]: Addition[], listId: string): Promise<PersonaObject> {
	const { session, request } = first;
	const csv = csvOf([first, ...others].map(inColumns));
	const file = { data: Buffer.from(csv).toString('base64'), filename: 'list-items.csv' };
	const body = { data: { attributes: { 'list-id': listId, file } } };
	const answer = await post(first, { ...request, path: `/importer${request.path}`, body });
	if (answer.statusCode >= 300 || answer.statusCode < 200) throw failureOf(session, answer);
	return (answer.body as Document).data as PersonaObject;
}

/** Adds the values with one import. Throws what Persona refuses, and what takes too long. */
export async function imported(additions: Addition[]): Promise<Tally> {
	const [{ session }] = additions;
	// Read before anything is sent, for it may be no number.
	const most = session.setting<number>('waitAtMost');
	const begun = await started(additions, session.id('list-id'));
	const { id } = begun;
	const read = async () => {
		const document = await session.send({ method: 'GET', path: `/importers/${id}` });
		return { json: document.data as PersonaObject };
	};
	const pending = { named: `Import ${id}`, way: 'Importer > Get', most, read };
	const { item, failed } = await settled(session, { json: begun }, pending);
	const importer = item.json as PersonaObject;
	const count = (name: string) => Number(importer.attributes?.[`${name}-count`] ?? 0);
	const [added, duplicate, refused] = ['successful', 'duplicate', 'error'].map(count);
	if (failed) {
		session.refuse(
			`Import ${id} ended with an error`,
			`Of ${additions.length} values ${added} were added, ${duplicate} were on the list already and ${refused} were refused. Try fewer values, or one by one with a higher 'Import From'.`,
		);
	}
	const reason = `Persona refused ${refused} of ${additions.length} rows of the import and does not say which; one by one it says why`;
	const problems = refused > 0 ? [{ reason }] : [];
	return { added, duplicate, refused, problems, importerId: id, objects: [importer] };
}
