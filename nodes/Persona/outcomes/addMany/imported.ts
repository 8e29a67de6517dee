import type { IDataObject, NodeOperationError } from 'n8n-workflow';
import type { Session } from '../../engine/session';
import type { Document, PersonaObject } from '../../transport/jsonApi';
import { pause } from '../../transport/pace';
import { failureOf, post, type Addition, type Tally } from './addition';
import { csvOf } from './csv';

/** Milliseconds until Persona is asked how far it is: at first, and at most. */
const [SOONEST, LATEST] = [1_000, 5_000];

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

async function readAgain(session: Session, id: string): Promise<PersonaObject> {
	try {
		const document = await session.send({ method: 'GET', path: `/importers/${id}` });
		return document.data as PersonaObject;
	} catch (error) {
		const { message, description } = error as NodeOperationError;
		const what = `Import ${id} was started, but not read again: ${message}`;
		return session.refuse(what, description ?? '');
	}
}

const statusOf = ({ attributes }: PersonaObject) => String(attributes?.status ?? 'pending');

/** The importer once Persona is done with its file. */
async function settled(session: Session, importer: PersonaObject, seconds: number) {
	const { node } = session.run;
	const end = Date.now() + seconds * 1000;
	let [current, wait] = [importer, SOONEST];
	while (!['ready', 'errored'].includes(statusOf(current))) {
		const left = end - Date.now();
		if (left <= 0) {
			session.refuse(
				`Import ${importer.id} is still '${statusOf(current)}' after ${seconds} seconds`,
				"It goes on in Persona: read it later with Importer > Get and this ID, or raise 'Wait at Most'.",
			);
		}
		await pause(Math.min(wait, left), node.getExecutionCancelSignal());
		wait = Math.min(wait * 1.5, LATEST);
		current = await readAgain(session, importer.id);
	}
	return current;
}

/** Adds the values with one import. Throws what Persona refuses, and what takes too long. */
export async function imported(additions: Addition[]): Promise<Tally> {
	const [{ session }] = additions;
	// Read before anything is sent, for it may be no number.
	const seconds = session.setting<number>('waitAtMost');
	const begun = await started(additions, session.id('list-id'));
	const importer = await settled(session, begun, seconds);
	const count = (name: string) => Number(importer.attributes?.[`${name}-count`] ?? 0);
	const [added, duplicate, refused] = ['successful', 'duplicate', 'error'].map(count);
	if (statusOf(importer) === 'errored') {
		session.refuse(
			`Import ${importer.id} ended with an error`,
			`Of ${additions.length} values ${added} were added, ${duplicate} were on the list already and ${refused} were refused. Try fewer values, or one by one with a higher 'Import From'.`,
		);
	}
	const reason = `Persona refused ${refused} of ${additions.length} rows of the import and does not say which; one by one it says why`;
	const problems = refused > 0 ? [{ reason }] : [];
	return { added, duplicate, refused, problems, importerId: importer.id, objects: [importer] };
}
