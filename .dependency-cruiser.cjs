/**
 * The layers of the code, from the top: a module may import those of its own layer and of the layers
 * below it, types included. `npx depcruise nodes credentials sandbox test` checks them, as
 * test/layers.test.mts does.
 */
const NODE_LAYERS = [
	'triggers',
	'resources',
	'operations',
	'methods',
	'engine',
	'fields',
	'events',
	'values',
	'transport',
	'utils',
].map((folder) => `nodes/Persona/${folder}/`);

const SANDBOX_LAYERS = [
	...['control', 'api', 'hostedFlow', 'http', 'domain', 'webhooks', 'files', 'state'],
].map((folder) => `sandbox/${folder}/`);

/** For each folder of tests the other ones that it may import, besides `support`. */
const TEST_FOLDERS = {
	...{ contract: [], demo: [], e2e: [], load: ['e2e'], queue: ['e2e'], support: [] },
	// These mirror the sources.
	...{ engine: [], events: [], fields: [], methods: [], operations: [], resources: [] },
	...{ sandbox: [], tools: [], transport: [], triggers: [], utils: [], values: [], workflows: [] },
};

/** Forbids the modules at one path to import those at others. */
const forbidImports = (name, from, to) => ({
	name,
	severity: 'error',
	from: { path: from },
	to: { path: to },
});

/** Forbids each layer to import those above it. `top` matches what is above all layers. */
const forbidUpwardImports = (layers, top) =>
	layers.map((layer, index) =>
		forbidImports(`${layer} imports only its own layer and those below`, `^${layer}`, [
			top,
			...layers.slice(0, index).map((above) => `^${above}`),
		]),
	);

/** Forbids a folder of tests to import the others; tests at the root may import them all. */
const forbidImportsOfTests = ([folder, allowed]) => ({
	name: `test/${folder} imports only ${['support', ...allowed].join(' and ')} of the other tests`,
	severity: 'error',
	from: { path: `^test/${folder}/` },
	to: {
		path: '^test/',
		// The configurations and runners at the root.
		pathNot: [
			'^test/[^/]+[.]mjs$',
			...[folder, 'support', ...allowed].map((name) => `^test/${name}/`),
		],
	},
});

module.exports = {
	forbidden: [
		...forbidUpwardImports(NODE_LAYERS, '^nodes/Persona/[^/]+$'),
		...forbidUpwardImports(SANDBOX_LAYERS, '^sandbox/[^/]+$'),
		forbidImports(
			'the files of triggers/webhook/ import none of its folders',
			'^nodes/Persona/triggers/webhook/[^/]+$',
			'^nodes/Persona/triggers/webhook/[^/]+/',
		),
		forbidImports(
			'catchUp/ imports neither delivery/ nor registration/',
			'^nodes/Persona/triggers/webhook/catchUp/',
			'^nodes/Persona/triggers/webhook/(delivery|registration)/',
		),
		forbidImports(
			'resources/shared/ imports no resource',
			'^nodes/Persona/resources/shared/',
			'^nodes/Persona/resources/[^/]+$',
		),
		...Object.entries(TEST_FOLDERS).map(forbidImportsOfTests),
		{
			name: 'no circles',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
		{
			name: 'no circles of folders',
			scope: 'folder',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
		{
			name: 'every import leads somewhere',
			severity: 'error',
			from: {},
			to: { couldNotResolve: true },
		},
		forbidImports(
			'the package imports nothing of the project that is not shipped',
			'^(nodes|credentials)/',
			'^(bench|demo|sandbox|test|tools)/',
		),
		{
			name: 'the package imports no package but n8n-workflow and luxon, which n8n provides',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { path: 'node_modules/', pathNot: 'node_modules/(n8n-workflow|luxon|@types/luxon)/' },
		},
		{
			name: 'what only runs is loaded when it runs, since n8n loads all nodes when it starts',
			severity: 'error',
			from: { path: '^nodes/Persona/([^/]+|resources/.+|operations/.+)$' },
			to: {
				path: [
					...[
						'engine/execute',
						'triggers/polling/poll',
						'triggers/webhook/(delivery|registration)/',
					],
					...['operations/[^/]+/(prepare|handle)(?!Decision|ErrorList)'],
				].map((module) => `^nodes/Persona/${module}`),
				dynamic: false,
			},
		},
		forbidImports(
			'the sandbox and the tools import no tests',
			'^(sandbox|tools)/',
			'^(bench|demo|test)/',
		),
	],
	options: {
		tsPreCompilationDeps: true,
		doNotFollow: { path: 'node_modules' },
		enhancedResolveOptions: {
			extensions: ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'],
			exportsFields: ['exports'],
			conditionNames: ['import', 'require', 'node', 'default', 'types'],
		},
	},
};
