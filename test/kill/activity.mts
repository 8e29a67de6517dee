import type { IDataObject, INode } from 'n8n-workflow';
import type { LoadEnvironment } from '../load/loadEnvironment.mts';

/** The name of the trigger of every workflow. */
export const TRIGGER = 'Start';

/** The name of the last node of every workflow. */
export const LAST = 'Last';

/** The option by which the same request is carried out once, also when the workflow is started again. */
export const FROM_CONTENT: { options: IDataObject } = {
	options: { makeIdempotencyKey: 'fromContent' },
};

/** What is known of a job before n8n does it. */
export interface Task {
	/** Unique; everything that the job creates in Persona has it in a field. */
	key: string;
	/** The items that the workflow gets. */
	items: IDataObject[];
}

/** Something that n8n is doing when it is killed: a workflow, and what its jobs do in Persona. */
export interface Activity {
	name: string;
	/** The most items that a job has. */
	maxSize: number;
	/** Paths of its requests, for a kill at one of them. */
	paths: RegExp;
	/** The nodes behind the trigger, which get one item for each of the job's. */
	buildNodes(environment: LoadEnvironment): INode[];
	prepareItems(
		environment: LoadEnvironment,
		key: string,
		size: number,
	): IDataObject[] | Promise<IDataObject[]>;
	/** How often each thing that a job does was done in Persona. It is right if that is 1 for all. */
	countEffects(environment: LoadEnvironment, task: Task): Record<string, number>;
	/** What n8n reports of a job that is done. */
	describeReport(output: IDataObject[]): unknown;
	/** The same as it is in Persona. */
	describeTruth(environment: LoadEnvironment, task: Task): unknown;
}
