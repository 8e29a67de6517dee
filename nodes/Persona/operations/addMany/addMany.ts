import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { count } from '../../engine/fields';
import type { Variants, Operation } from '../../engine/types';
import { NodeItemContext, type Run } from '../../engine/itemContext';
import type { ListItemRequest, AdditionProblem } from './listItemRequest';
import { bulkImport } from './bulkImport';
import { addOneByOne } from './addOneByOne';

/** The input items that are for the same list. */
interface ListGroup {
	sessions: NodeItemContext[];
	/** What comes of all of them, once the first has begun. */
	work?: Promise<IDataObject>;
}

const groupsByRun = new WeakMap<Run, Map<string, ListGroup>>();

/** What the items of a group have in common. */
const getTarget = (session: NodeItemContext) =>
	`${session.path(session.run.row.route)} ${session.getId('list-id')}`;

function groupByList(run: Run): Map<string, ListGroup> {
	const groups = new Map<string, ListGroup>();
	run.node.getInputData().forEach((_, index) => {
		const session = new NodeItemContext(run, index);
		let key: string;
		try {
			key = getTarget(session);
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
		.some(({ variants: kinds }) =>
			Object.values(kinds?.options ?? {}).some(({ apiName: sends }) => `/${sends}` === path),
		);

async function addGroup(sessions: NodeItemContext[]): Promise<IDataObject> {
	const [first] = sessions;
	const additions = new Map<string, ListItemRequest>();
	const problems: AdditionProblem[] = [];
	for (const session of sessions) {
		try {
			const request = await session.buildRequest();
			const { attributes } = request.body?.data as { attributes: IDataObject };
			const values = { ...attributes };
			delete values['list-id'];
			const ownKey = session.getSetting<string>('idempotencyKey').trim();
			const key = JSON.stringify(values);
			if (!additions.has(key)) additions.set(key, { session, request, values, ownKey });
		} catch (error) {
			const { message, description } = error as NodeOperationError;
			const reason = [message, description].filter((line) => line).join('. ');
			problems.push({ item: session.itemIndex, reason });
		}
	}
	const all = [...additions.values()];
	const enough = all.length >= first.getSetting<number>('importFrom');
	const together = enough && isImportable(first.run, all[0].request.path);
	const tally = await (together ? bulkImport(all) : addOneByOne(all));
	const repeated = sessions.length - problems.length - all.length;
	return {
		listId: first.getId('list-id'),
		listType: first.getParameter<string>('listType'),
		method: together ? 'import' : 'oneByOne',
		given: sessions.length,
		added: tally.added,
		duplicate: tally.duplicate + repeated,
		refused: tally.refused + problems.length,
		...(tally.importerId && { importerId: tally.importerId }),
		problems: [...problems, ...tally.problems].sort((a, b) => (a.item ?? 0) - (b.item ?? 0)),
		...(!first.getSetting<boolean>('simplify') && { objects: tally.objects }),
	};
}

/** The first item of each list gives what came of all of them; they succeed and fail together. */
async function execute(session: NodeItemContext): Promise<INodeExecutionData[]> {
	const groups = groupsByRun.get(session.run) ?? groupByList(session.run);
	groupsByRun.set(session.run, groups);
	const group = groups.get(getTarget(session)) as ListGroup;
	const json = await (group.work ??= addGroup(group.sessions));
	if (group.sessions[0].itemIndex !== session.itemIndex) return [];
	return [{ json, pairedItem: group.sessions.map(({ itemIndex }) => ({ item: itemIndex })) }];
}

/** Puts the values of all input items on their lists: many by one import, few one by one. */
export const addMany = (kinds: Variants): Operation => ({
	name: 'Add Many',
	action: 'Add many list items',
	description:
		'Put the values of all input items on a list, many of them with one import, and count what was added, known already and refused',
	route: 'POST /list-item/{kind}',
	variants: kinds,
	nodeFields: {
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
	noSelection: true,
	returns: 'item',
	execute,
});
