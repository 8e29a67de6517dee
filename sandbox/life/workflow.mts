import { traitsOf } from '../people.mts';
import { one } from '../server/answer.mts';
import { inflect } from '../server/inflection.mts';
import { invalid } from '../server/problem.mts';
import type { Json, JsonObject, Ref, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { takeHttpsStep } from './httpsStep.mts';

interface Input {
	name: string;
	type: string;
	required: boolean;
}

/** The version of a workflow that runs, if it has one. */
export const liveVersion = ({ store }: World, workflow: StoredObject): StoredObject | undefined =>
	store
		.getCollection('workflow-version')
		.findAll((version) => version.attributes.live === true)
		.find((version) => store.getRelated(version, 'workflow').includes(workflow));

/** Refuses values that the inputs of the version do not take. */
export function checkInputs({ attributes }: StoredObject, fields: JsonObject) {
	for (const { name, type, required } of attributes.inputs as unknown as Input[]) {
		const pointer = `/data/attributes/fields/${name}`;
		const value = fields[name];
		if (value === undefined || value === null) {
			if (required) throw invalid(`fields.${name} is required`, pointer);
		} else if (typeOf(value) !== type) throw invalid(`fields.${name} must be a ${type}`, pointer);
	}
}

const typeOf = (value: Json) => (Array.isArray(value) ? 'array' : typeof value);

/** Starts a run, which is done a moment later, or when the workflow's step has called somebody. */
export function startRun(
	world: World,
	workflow: Ref,
	version: Ref,
	creator: Ref | null,
	fields: JsonObject = {},
): StoredObject {
	const run = world.create(
		'workflow-run',
		'wfr',
		{ status: 'in_progress', 'created-at': now(), 'completed-at': null },
		{
			creator: one(creator),
			workflow: one(workflow),
			'workflow-version': one(version),
		},
	);
	world.emit('workflow-run.created', run);
	world.after(world.settings.reportSeconds * 1000, () => {
		void finish(world, workflow, run, fields);
	});
	return run;
}

async function finish(world: World, workflow: Ref, run: StoredObject, fields: JsonObject) {
	const succeeded = await goThrough(world, workflow, run, fields);
	// The sandbox may have been reset meanwhile.
	if (!world.store.find(run)) return;
	if (!succeeded) {
		run.attributes.status = 'errored';
		world.emit('workflow-run.errored', run);
		return;
	}
	// Persona has no event for this.
	Object.assign(run.attributes, { status: 'completed', 'completed-at': now() });
}

async function goThrough(world: World, workflow: Ref, run: StoredObject, fields: JsonObject) {
	const values = Object.entries(fields).map(([name, value]) => [inflect(name, 'kebab'), value]);
	if (traitsOf(Object.fromEntries(values) as JsonObject).has('breaksReports')) return false;
	const { httpsStep } = world.about(workflow);
	return httpsStep === undefined || (await takeHttpsStep(world, httpsStep, run));
}
