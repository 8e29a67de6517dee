/** What a row answers with, in words. */
const RETURNS = {
	item: 'one object',
	list: 'a list of objects',
	file: 'a file',
	files: 'the files that the object links to, one item per file',
};

/** Where Persona finds a value, by the place of its field in the row. */
const PLACES = {
	query: (name) => `?${name}=`,
	filter: (name) => `?filter[${name}]=`,
	data: (name) => `data.${name}`,
	attributes: (name) => `data.attributes.${name}`,
	meta: (name) => `meta.${name}`,
	nodeFields: () => 'used by the node',
};

/** Text that stays in its cell. */
const cell = (text) => String(text).replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

const anchor = (title) =>
	title
		.toLowerCase()
		.replaceAll(/[^\w\s-]/g, '')
		.replaceAll(/\s/g, '-');

/** A text of the panel, which ends without a period when it is one sentence. */
const sentence = (text) => text.replace(/\.?$/, '.');

function describe({ description = '', options = [], type }) {
	if (!['options', 'multiOptions'].includes(type)) return description;
	const values = options.map(({ name, value }) => `${name} (\`${value}\`)`);
	return `${sentence(description)} ${type === 'options' ? 'One' : 'Any'} of: ${values.join(', ')}`;
}

const line = (field, sentAs) =>
	`| ${field.required ? `**${cell(field.displayName)}**` : cell(field.displayName)} | \`${cell(sentAs)}\` | ${cell(describe(field))} |`;

const linesOf = (place, fields = {}) =>
	Object.entries(fields).map(([name, field]) => line(field, PLACES[place](name)));

const tableOf = (lines) =>
	lines.length === 0
		? []
		: ['| Field | Sent as | Description |', '| --- | --- | --- |', ...lines, ''];

function operation(row, resource, ids) {
	const { name, action, description, route, variants, search, returns } = row;
	const path = [...route.matchAll(/{(.+?)}/g)].map(([, placeholder]) => placeholder);
	const shared = [
		...path
			.filter((placeholder) => placeholder !== 'variant')
			.map((placeholder) => line({ ...ids[placeholder], required: true }, `{${placeholder}}`)),
		...Object.keys(PLACES).flatMap((place) =>
			// The form of a search is told below.
			linesOf(place, place === 'nodeFields' && search ? {} : row[place]),
		),
	];
	const include = row.noSelection
		? []
		: (row.include ?? (returns === 'list' ? [] : resource.include) ?? []);
	return [
		`### ${resource.name}: ${name}`,
		'',
		[action, ...(description ? [description] : [])].map(sentence).join(' '),
		'',
		`\`${route}\`, returns ${RETURNS[returns]}.`,
		'',
		...(row.irreversible ? [`> **Cannot be undone.** ${sentence(row.irreversible)}`, ''] : []),
		...(row.guarded || row.irreversible
			? ['An AI agent can do this only if *Allow Decisions and Redactions* is on.', '']
			: []),
		...(variants?.detect ? [`${variants.label} can be detected from the ID.`, ''] : []),
		...tableOf(shared),
		...Object.values(variants?.options ?? {}).flatMap((variant) => [
			`${variants.label} **${variant.name}**${variant.apiName ? ` (\`${variant.apiName}\`)` : ''}:`,
			'',
			...tableOf(linesOf('attributes', variant.attributes)),
		]),
		...(search
			? [
					`Conditions on ${Object.values(search.attributes).join(', ')}, and on other attributes by name.`,
					'',
				]
			: []),
		...(include.length > 0
			? [`Can include ${include.map((one) => `\`${one}\``).join(', ')}.`, '']
			: []),
	];
}

function section(resource, ids) {
	const rows = Object.values(resource.operations);
	return [
		`## ${resource.name}`,
		'',
		...(resource.permission
			? [`The API key needs the permission \`${resource.permission}\` (\`.read\`, \`.write\`).`, '']
			: []),
		...rows.flatMap((row) => operation(row, resource, ids)),
	];
}

/** `report.get` to `Report: Get`; throws for a row that is not in the table. */
function named(row, resources) {
	const [value, operation] = row.split('.');
	const { name, operations } = resources.find((resource) => resource.value === value);
	return `${name}: ${operations[operation].name}`;
}

/**
 * The reference of all operations in Markdown. `absent` are the routes that are left out on purpose,
 * `versions` the rows that differ with other versions of the API.
 */
exports.operationsPage = ({ resources, ids }, absent, versions) => {
	const count = resources.flatMap(({ operations }) => Object.keys(operations)).length;
	return [
		'# Operations',
		'',
		'<!-- Printed by `npm run build`. Edit the table in nodes/Persona/resources instead. -->',
		'',
		`The Persona node has ${count} operations on ${resources.length} resources. They cover all operations that Persona publishes, except those [left out on purpose](#left-out-on-purpose). One operation here can cover several of Persona's.`,
		'',
		"Required fields are in **bold**. *Sent as* is where Persona receives the value, under its name in Persona's reference.",
		'',
		'| Resource | Operations |',
		'| --- | --- |',
		...resources.map(({ name, operations }) => {
			const links = Object.values(operations).map(
				(row) => `[${row.name}](#${anchor(`${name}: ${row.name}`)})`,
			);
			return `| [${name}](#${anchor(name)}) | ${links.join(', ')} |`;
		}),
		'',
		'To get objects as Persona sends them, turn off *Simplify*. Most operations also accept *Fields to Return*. For anything that has no operation, use *Custom API Call*.',
		'',
		...resources.flatMap((resource) => section(resource, ids)),
		'## Other API Versions',
		'',
		'The fields are those of API version 2025-12-08. Every operation also works with the previous version, with these differences:',
		'',
		'| API version | Difference | Operations |',
		'| --- | --- | --- |',
		...versions.map(
			({ version, difference, rows }) =>
				`| ${version} | ${cell(difference)} | ${rows.map((row) => named(row, resources)).join(', ')} |`,
		),
		'',
		'## Left Out on Purpose',
		'',
		'| Route | Why |',
		'| --- | --- |',
		...absent.map(({ route, reason }) => `| \`${route}\` | ${cell(reason)} |`),
		'',
	].join('\n');
};
