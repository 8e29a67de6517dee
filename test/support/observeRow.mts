import { prepare } from '../../nodes/Persona/engine/prepare.ts';
import type { Operation, OperationTable } from '../../nodes/Persona/engine/types.ts';

/** A copy of the table that calls `turn` whenever an item of this row begins to send requests. */
export const observeRow = (
	table: OperationTable,
	row: Operation,
	turn: (item: number) => void,
): OperationTable => ({
	...table,
	resources: table.resources.map((resource) => ({
		...resource,
		operations: Object.fromEntries(
			Object.entries(resource.operations).map(([name, candidate]) => [
				name,
				candidate === row ? { ...row, prepare: observe(row, turn) } : candidate,
			]),
		),
	})),
});

const observe =
	(row: Operation, turn: (item: number) => void): Operation['prepare'] =>
	async (context) => {
		const prepared = await prepare(context, row);
		const run = async () => {
			turn(context.itemIndex);
			return await prepared.run();
		};
		return { ...prepared, run };
	};
