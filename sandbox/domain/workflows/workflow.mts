import { UnprocessableError } from '../../state/errors.mts';
import { inflect } from '../../state/inflection.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { ObjectRef, StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { detectTraits } from '../shared/testPersonas.mts';
import { runHttpsStep } from './runHttpsStep.mts';

/** An input of a workflow version. */
interface WorkflowInput {
	name: string;
	type: string;
	required: boolean;
}

/** The live version of a workflow, if there is one. */
export const findLiveVersion = (
	{ store }: SandboxState,
	workflow: StoredObject,
): StoredObject | undefined =>
	store
		.getCollection('workflow-version')
		.findAll((version) => version.attributes.live === true)
		.find((version) => store.getRelated(version, 'workflow').includes(workflow));

/** Throws for values that do not fit the inputs of the version. */
export function requireValidInputs({ attributes }: StoredObject, fields: JsonObject) {
	for (const { name, type, required } of attributes.inputs as unknown as WorkflowInput[]) {
		const pointer = `/data/attributes/fields/${name}`;
		const value = fields[name];
		if (value === undefined || value === null) {
			if (required) throw new UnprocessableError(`fields.${name} is required`, pointer);
		} else if (getJsonType(value) !== type) {
			throw new UnprocessableError(`fields.${name} must be a ${type}`, pointer);
		}
	}
}

const getJsonType = (value: Json) => (Array.isArray(value) ? 'array' : typeof value);

/** Starts a run. It takes `reportSeconds`, and then as long as the HTTPS step of the workflow. */
export function startWorkflowRun(
	state: SandboxState,
	workflow: ObjectRef,
	version: ObjectRef,
	creator: ObjectRef | null,
	fields: JsonObject = {},
): StoredObject {
	const run = state.createObject(
		'workflow-run',
		'wfr',
		{ status: 'in_progress', 'created-at': getTimestamp(), 'completed-at': null },
		{
			creator: toOne(creator),
			workflow: toOne(workflow),
			'workflow-version': toOne(version),
		},
	);
	state.emitEvent('workflow-run.created', run);
	state.schedule(state.settings.reportSeconds * 1000, () => {
		void finishRun(state, workflow, run, fields);
	});
	return run;
}

async function finishRun(
	state: SandboxState,
	workflow: ObjectRef,
	run: StoredObject,
	fields: JsonObject,
) {
	const succeeded = await runSteps(state, workflow, run, fields);
	// The sandbox may have been reset meanwhile.
	if (!state.store.find(run)) return;
	if (!succeeded) {
		run.attributes.status = 'errored';
		state.emitEvent('workflow-run.errored', run);
		return;
	}
	// Persona has no event for this.
	Object.assign(run.attributes, { status: 'completed', 'completed-at': getTimestamp() });
}

async function runSteps(
	state: SandboxState,
	workflow: ObjectRef,
	run: StoredObject,
	fields: JsonObject,
) {
	const values = Object.entries(fields).map(([name, value]) => [inflect(name, 'kebab'), value]);
	if (detectTraits(Object.fromEntries(values) as JsonObject).has('breaksReports')) return false;
	const { httpsStep } = state.getPrivateState(workflow);
	return httpsStep === undefined || (await runHttpsStep(state, httpsStep, run));
}
