import type { LifecycleEnvironment } from './lifecycleEnvironment.mts';

type ConcurrentTest = readonly [
	title: string,
	run: (environment: LifecycleEnvironment) => Promise<void>,
];

/**
 * Defines tests that run at the same time, each with a sandbox of its own: most of the time they wait
 * for n8n. `it.concurrent` of jest would start them before the environment exists.
 */
export function testConcurrently(
	getEnvironment: () => LifecycleEnvironment,
	tests: ConcurrentTest[],
) {
	const results = new Map<string, Promise<void>>();

	beforeAll(() => {
		for (const [title, run] of tests) {
			const result = runSeparately(getEnvironment(), run);
			results.set(title, result);
			// Its own test reports the error.
			result.catch(() => undefined);
		}
	});
	it.each(tests)('%s', async (title) => await results.get(title));
}

async function runSeparately(
	environment: LifecycleEnvironment,
	run: (separateEnvironment: LifecycleEnvironment) => Promise<void>,
) {
	const separateEnvironment = await environment.createSeparateEnvironment();
	const workflows: string[] = [];
	const createWorkflow: LifecycleEnvironment['createWorkflow'] = async (name, ...nodes) => {
		const workflow = await separateEnvironment.createWorkflow(name, ...nodes);
		workflows.push(workflow.id);
		return workflow;
	};
	try {
		await run({ ...separateEnvironment, createWorkflow });
	} finally {
		separateEnvironment.sandbox.control.clearFaults();
		// While its sandbox still responds.
		for (const id of workflows) await environment.client.unpublish(id);
		await separateEnvironment.close();
	}
}
