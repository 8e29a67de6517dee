import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { count } from '../../engine/fields';
import type { Kinds, Operation } from '../../engine/types';
import { Session, type Run } from '../../engine/itemContext';
import type { Addition, Problem } from './request';
import { imported } from './bulkImport';
import { oneByOne } from './oneByOne';

/** The input items that are for the same list. */
interface Group {
	sessions: Session[];
	/** What comes of all of them, once the first has begun. */
	work?: Promise<IDataObject>;
}

const groupsOf = new WeakMap<Run, Map<string, Group>>();

/** What the items of a group have in common. */
const target = (session: Session) =>
	`${session.path(session.run.row.route)} ${session.id('list-id')}`;

function grouped(run: Run): Map<string, Group> {
	const groups = new Map<string, Group>();
	run.node.getInputData().forEach((_, index) => {
		const session = new Session(run, index);
		let key: string;
		try {
			key = target(session);
		} catch {
			// The item will say so itself when its turn comes.
			return;
		}
		const group = groups.get(key) ?? { sessions: [] };
		group.sessions.push(session);
		groups.set(key, group);
	});
	return groups;
}

/** Whether Persona has an importer for the items that are made at this path. */
const isImportable = ({ table }: Run, path: string) =>
	table.resources
		.flatMap(({ operations }) => Object.values(operations))
		.filter(({ route }) => route === 'POST /importer/{kind}')
		.some(({ kinds }) =>
			Object.values(kinds?.options ?? {}).some(({ sends }) => `/${sends}` === path),
		);

async function outcomeOf(sessions: Session[]): Promise<IDataObject> {
	const [first] = sessions;
	const additions = new Map<string, Addition>();
	const problems: Problem[] = [];
	for (const session of sessions) {
		try {
			const request = await session.request();
			const { attributes } = request.body?.data as { attributes: IDataObject };
			const values = { ...attributes };
			delete values['list-id'];
			const ownKey = session.setting<string>('idempotencyKey').trim();
			const key = JSON.stringify(values);
			if (!additions.has(key)) additions.set(key, { session, request, values, ownKey });
		} catch (error) {
			const { message, description } = error as NodeOperationError;
			const reason = [message, description].filter((line) => line).join('. ');
			problems.push({ item: session.itemIndex, reason });
		}
	}
	const all = [...additions.values()];
	const enough = all.length >= first.setting<number>('importFrom');
	const together = enough && isImportable(first.run, all[0].request.path);
	const tally = await (together ? imported(all) : oneByOne(all));
	const repeated = sessions.length - problems.length - all.length;
	return {
		listId: first.id('list-id'),
		listType: first.parameter<string>('listType'),
		method: together ? 'import' : 'oneByOne',
		given: sessions.length,
		added: tally.added,
		duplicate: tally.duplicate + repeated,
		refused: tally.refused + problems.length,
		...(tally.importerId && { importerId: tally.importerId }),
		problems: [...problems, ...tally.problems].sort((a, b) => (a.item ?? 0) - (b.item ?? 0)),
		...(!first.setting<boolean>('simplify') && { objects: tally.objects }),
	};
}

/** The first item of each list gives what came of all of them; they succeed and fail together. */
async function execute(session: Session): Promise<INodeExecutionData[]> {
	const groups = groupsOf.get(session.run) ?? grouped(session.run);
	groupsOf.set(session.run, groups);
	const group = groups.get(target(session)) as Group;
	const json = await (group.work ??= outcomeOf(group.sessions));
	if (group.sessions[0].itemIndex !== session.itemIndex) return [];
	return [{ json, pairedItem: group.sessions.map(({ itemIndex }) => ({ item: itemIndex })) }];
}

/** Puts the values of all input items on their lists: many by one import, few one by one. */
export const addMany = (kinds: Kinds): Operation => ({
	name: 'Add Many',
	action: 'Add many list items',
	description:
		'Put the values of all input items on a list, many of them with one import, and count what was added, known already and refused',
	route: 'POST /list-item/{kind}',
	kinds,
	own: {
		importFrom: count(
			'Import From (Values)',
			'From how many values on they go out as one import instead of one by one, e.g. 20. Persona has no import for browser and device fingerprints, countries, fields and strings.',
			{ default: 20, typeOptions: { minValue: 1 } },
		),
		waitAtMost: count(
			'Wait at Most (Seconds)',
			'How long to wait for an import before its items fail, e.g. 300; in Persona it goes on',
			{ default: 300, typeOptions: { minValue: 1, maxValue: 86_400 } },
		),
	},
	plain: true,
	returns: 'item',
	execute,
});
