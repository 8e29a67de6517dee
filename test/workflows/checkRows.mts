import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes } from './evaluateParameter.mts';
import { runCode } from './runCode.mts';

/** What is wrong with a cell, or with a row if the column is empty. */
interface SheetFault {
	row: number;
	column: string;
	problem: string;
}

/** What the node "Check the rows" of a workflow puts out. */
interface CheckedRows {
	rows: IDataObject[];
	repeated: { row: number; as: number }[];
	faults: SheetFault[];
	faultCount: number;
	unused: string[];
	rowCount: number;
}

/** Checks items as the nodes of a workflow put them out that read the file. */
export function checkRows(workflow: string, items: IDataObject[]): CheckedRows {
	const nodes = readNodes(workflow);
	const { jsonOutput } = getNode(nodes, 'Columns').parameters;
	const columns = evaluateParameter(nodes, 'Columns', jsonOutput, [{}]) as IDataObject;
	const [checked] = runCode(nodes, 'Check the rows', items, { Columns: columns });
	return checked as unknown as CheckedRows;
}

/** Checks the rows of a CSV file. */
export const checkCsvFile = (workflow: string, file: string | Buffer): CheckedRows =>
	checkRows(workflow, [{ file: Buffer.from(file as string).toString('latin1') }]);
