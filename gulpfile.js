const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { mkdir, readFile, writeFile } = require('node:fs/promises');
const { basename, dirname, join, resolve } = require('node:path');
const { dest, parallel, series, src } = require('gulp');
const { n8n } = require('./package.json');
const { formatCoverage } = require('./tools/docs/formatCoverage.cjs');
const { formatLibraryList, formatLibraryPage } = require('./tools/docs/formatLibrary.cjs');
const { formatVersions } = require('./tools/docs/formatVersions.cjs');
const { formatOperationsPage } = require('./tools/docs/formatOperationsPage.cjs');

/** Where n8n looks for output schemas: version of the node, then resource and operation. */
const SCHEMA_FOLDER = 'dist/nodes/Persona/__schema__/v1.0.0';

const requireBuilt = (file) => require(resolve('dist', file));

const getTable = () => requireBuilt('nodes/Persona/resources/index.js').table;

const readRecord = () => JSON.parse(readFileSync('tools/docs/n8nVersions.json', 'utf8'));

/** Copies what n8n reads from the package besides the code. */
function copyAssets() {
	const files = ['icons/**/*.{svg,png}', 'nodes/**/__schema__/**/*.json'];
	// Without `encoding: false`, gulp would read pictures as text.
	return src(files, { base: '.', encoding: false }).pipe(dest('dist'));
}

/** Throws if an icon or a codex file of a node or a credential is missing. */
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

/** n8n silently ignores a codex without `resources`. */
function checkCodex(file) {
	const { categories, resources } = JSON.parse(readFileSync(file, 'utf8'));
	if (!categories || !resources) throw new Error(`${file} needs 'categories' and 'resources'`);
}

/** Throws if an operation has no output schema, or a schema no operation. */
async function checkSchemas() {
	const rows = getTable().resources.flatMap(({ value, operations }) =>
		Object.keys(operations).map((operation) => `${value}/${operation}`),
	);
	const schemas = existsSync(SCHEMA_FOLDER)
		? readdirSync(SCHEMA_FOLDER).flatMap((resource) =>
				readdirSync(join(SCHEMA_FOLDER, resource)).map(
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

/**
 * Writes the reference of all operations from the built table, and their number and the table of n8n's
 * versions into the README.
 */
async function writeReference() {
	await mkdir('docs', { recursive: true });
	const table = getTable();
	const coverage = formatCoverage(table, require('./tools/docs/coverage.json'));
	await writeFile(
		'docs/operations.md',
		formatOperationsPage(table, {
			coverage,
			getAction: requireBuilt('nodes/Persona/engine/operationRules.js').getAction,
			absent: require('./tools/docs/unsupportedOperations.json'),
			documented: require('./tools/docs/documentedOnly.json').routes,
			versions: require('./tools/docs/apiVersions.json'),
		}),
	);
	await writeIntoReadme({ coverage, versions: formatVersions(readRecord()) });
}

/** Writes the page of the workflow library, and its list into the README. */
async function writeLibrary() {
	const files = readdirSync('workflows').sort();
	const workflows = files.map((file) => ({
		...JSON.parse(readFileSync(join('workflows', file), 'utf8')),
		file: basename(file, '.json'),
	}));
	await writeFile('docs/workflows.md', formatLibraryPage(workflows, readRecord()));
	await writeIntoReadme({ library: formatLibraryList(workflows) });
}

/** Replaces the parts of the README that stand between two comments with the names of the parts. */
async function writeIntoReadme(parts) {
	let readme = await readFile('README.md', 'utf8');
	for (const [name, text] of Object.entries(parts)) {
		const place = new RegExp(`(?<=<!-- ${name}.*-->\n)[^]*(?=<!-- /${name} -->)`);
		readme = readme.replace(place, () => `\n${text}\n\n`);
	}
	await writeFile('README.md', readme);
}

exports.workflowPages = writeLibrary;
exports.default = series(
	copyAssets,
	parallel(checkAssets, checkSchemas, writeReference),
	writeLibrary,
);
