const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { mkdir, writeFile } = require('node:fs/promises');
const { basename, dirname, join, resolve } = require('node:path');
const { dest, parallel, series, src } = require('gulp');
const { n8n } = require('./package.json');
const { operationsPage } = require('./tools/docs/operationsPage.cjs');

/** As n8n looks for them: version 1 of the node, then resource and operation. */
const SCHEMAS = 'dist/nodes/Persona/__schema__/v1.0.0';

const built = (file) => require(resolve('dist', file));

const table = () => built('nodes/Persona/resources/index.js').table;

/** What n8n reads from the package beside the code, whether or not the build has brought it. */
function copyAssets() {
	const files = ['icons/**/*.{svg,png}', 'nodes/**/__schema__/**/*.json'];
	// Without it gulp would read pictures as text.
	return src(files, { base: '.', encoding: false }).pipe(dest('dist'));
}

/** Fails when an icon or a codex file that a node or a credential names is not there. */
async function checkAssets() {
	const missing = [...n8n.nodes, ...n8n.credentials].flatMap((file) => {
		const [name] = basename(file).split('.');
		const type = new (require(resolve(file))[name])();
		const { icon = type.icon } = type.description ?? {};
		const icons = typeof icon === 'object' ? Object.values(icon) : [icon];
		const paths = icons.map((path) => join(dirname(file), String(path).replace(/^file:/, '')));
		const codex = file.replace(/\.js$/, '.json');
		return [...paths, ...(type.description ? [codex] : [])].filter((path) => !existsSync(path));
	});
	if (missing.length > 0)
		throw new Error(`Not in the package: ${[...new Set(missing)].join(', ')}`);
	for (const file of n8n.nodes) checkCodex(file.replace(/\.js$/, '.json'));
}

/** n8n passes over a codex without `resources` as if there were none. */
function checkCodex(file) {
	const { categories, resources } = JSON.parse(readFileSync(file, 'utf8'));
	if (!categories || !resources) throw new Error(`${file} needs 'categories' and 'resources'`);
}

/** Fails when an operation has no output schema, or a schema no operation. */
async function checkSchemas() {
	const rows = table().resources.flatMap(({ value, operations }) =>
		Object.keys(operations).map((operation) => `${value}/${operation}`),
	);
	const schemas = existsSync(SCHEMAS)
		? readdirSync(SCHEMAS).flatMap((resource) =>
				readdirSync(join(SCHEMAS, resource)).map(
					(file) => `${resource}/${basename(file, '.json')}`,
				),
			)
		: [];
	const problems = [
		...rows.filter((row) => !schemas.includes(row)).map((row) => `${row} has no output schema`),
		...schemas.filter((name) => !rows.includes(name)).map((name) => `${name} has no operation`),
	];
	if (problems.length === 0) return;
	const fix = 'To record them: npm run openapi, then UPDATE_SCHEMAS=1 npm run jest -- contract';
	throw new Error([...problems, fix].join('\n'));
}

/** Prints the reference of all operations from the built table. */
async function printOperations() {
	await mkdir('docs', { recursive: true });
	await writeFile(
		'docs/operations.md',
		operationsPage(
			table(),
			require('./tools/docs/unsupportedOperations.json'),
			require('./tools/docs/apiVersions.json'),
		),
	);
}

exports.default = series(copyAssets, parallel(checkAssets, checkSchemas, printOperations));
