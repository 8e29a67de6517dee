/** What a row returns, in words. */
const RETURNS = {
	object: 'one object',
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

/** A text that cannot leave its cell of the table. */
const escapeCell = (text) => String(text).replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

const toAnchor = (title) =>
	title
		.toLowerCase()
		.replaceAll(/[^\w\s-]/g, '')
		.replaceAll(/\s/g, '-');

/** A text of the panel with its final period, which the panel omits after a single sentence. */
const toSentence = (text) => text.replace(/\.?$/, '.');

function formatDescription({ description = '', options = [], type }) {
	if (!['options', 'multiOptions'].includes(type)) return description;
	const values = options.map(({ name, value }) => `${name} (\`${value}\`)`);
	return `${toSentence(description)} ${type === 'options' ? 'One' : 'Any'} of: ${values.join(', ')}`;
}

const formatField = (field, sentAs) =>
	`| ${field.required ? `**${escapeCell(field.displayName)}**` : escapeCell(field.displayName)} | \`${escapeCell(sentAs)}\` | ${escapeCell(formatDescription(field))} |`;

const formatFields = (place, fields = {}) =>
	Object.entries(fields).map(([name, field]) => {
		// A period of the calendar is sent as its start and its end.
		const names = field.encoding === 'period' ? [`${name}-start`, `${name}-end`] : [name];
		return formatField(field, names.map((one) => PLACES[place](one)).join(', '));
	});

const formatTable = (lines) =>
	lines.length === 0
		? []
		: ['| Field | Sent as | Description |', '| --- | --- | --- |', ...lines, ''];

function formatOperation(row, resource, ids, { documented, getAction }) {
	const page = documented.find((one) => one.route === row.route)?.page;
	const { name, description, route, variants, search, returns = 'object' } = row;
	const path = [...route.matchAll(/{(.+?)}/g)].map(([, placeholder]) => placeholder);
	const shared = [
		...path
			.filter((placeholder) => placeholder !== 'variant')
			.map((placeholder) =>
				formatField({ ...ids[placeholder], required: true }, `{${placeholder}}`),
			),
		...Object.keys(PLACES).flatMap((place) =>
			// The conditions of a search have their own text below.
			formatFields(place, place === 'nodeFields' && search ? {} : row[place]),
		),
	];
	const include = row.noIncludeAndFields
		? []
		: (row.include ?? (returns === 'list' ? [] : resource.include) ?? []);
	const guardedLabels = Object.values({ ...row.attributes, ...row.data, ...row.meta })
		.filter(({ guarded }) => guarded)
		.map(({ displayName }) => displayName);
	return [
		`### ${resource.name}: ${name}`,
		'',
		[getAction(row, resource), description].map(toSentence).join(' '),
		'',
		`\`${route}\`, returns ${RETURNS[returns]}.`,
		'',
		...(page
			? [
					`Known from [Persona's documentation](${page}) alone, not from its OpenAPI description.`,
					'',
				]
			: []),
		...(row.irreversible ? [`> **Cannot be undone.** ${toSentence(row.irreversible)}`, ''] : []),
		...(row.guarded || row.irreversible
			? ['An AI agent can do this only if *Allow Decisions and Redactions* is on.', '']
			: guardedLabels.length > 0
				? [
						`An AI agent can set ${guardedLabels.map((label) => `*${label}*`).join(' and ')} only if *Allow Decisions and Redactions* is on.`,
						'',
					]
				: []),
		...(variants?.detect ? [`${variants.label} can be detected from the ID.`, ''] : []),
		...formatTable(shared),
		...Object.values(variants?.options ?? {}).flatMap((variant) => [
			`${variants.label} **${variant.name}**${variant.apiName ? ` (\`${variant.apiName}\`)` : ''}:`,
			'',
			...formatTable([
				...formatFields('attributes', variant.attributes),
				...formatFields('meta', variant.meta),
			]),
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

/** The node that offers a resource. */
const getNode = ({ node = 'Persona' }) => node;

function formatResource(resource, ids, sources) {
	const rows = Object.values(resource.operations);
	return [
		`## ${resource.name}`,
		'',
		`In the node **${getNode(resource)}**.`,
		'',
		...(resource.permission
			? [`The API key needs the permission \`${resource.permission}\` (\`.read\`, \`.write\`).`, '']
			: []),
		...rows.flatMap((row) => formatOperation(row, resource, ids, sources)),
	];
}

/** `report.get` to `Report: Get`. Throws if the table has no such row. */
function formatRowName(row, resources) {
	const [value, operation] = row.split('.');
	const { name, operations } = resources.find((resource) => resource.value === value);
	return `${name}: ${operations[operation].name}`;
}

/**
 * The reference of all operations in Markdown. `coverage` is a sentence that counts them, `getAction`
 * returns what a row does, `absent` are the routes that are left out on purpose, `documented` those that
 * are in Persona's documentation but not in its OpenAPI description, `versions` the rows that differ with
 * other versions of the API.
 */
exports.formatOperationsPage = (table, { coverage, getAction, absent, documented, versions }) => {
	const { resources, ids } = table;
	return [
		'# Operations',
		'',
		'<!-- Printed by `npm run build`. Edit the table in nodes/Persona/resources instead. -->',
		'',
		`${coverage} All but those [left out on purpose](#left-out-on-purpose) are here. One operation here can cover several of Persona's.`,
		'',
		"Required fields are in **bold**. *Sent as* is where Persona receives the value, under its name in Persona's reference.",
		'',
		'**Persona** has what a process needs every day, **Persona Admin** what looks after your Persona organization. Resources and operations are in the order of the nodes: what is used most comes first.',
		'',
		'| Node | Resource | Operations |',
		'| --- | --- | --- |',
		...resources.map((resource) => {
			const { name, operations } = resource;
			const links = Object.values(operations).map(
				(row) => `[${row.name}](#${toAnchor(`${name}: ${row.name}`)})`,
			);
			return `| ${getNode(resource)} | [${name}](#${toAnchor(name)}) | ${links.join(', ')} |`;
		}),
		'',
		'By default, *Output* is *Simplified*: the fields that people work with, without personal data. *All Fields* returns everything as one flat object, and *Raw* what Persona sends. Most operations also accept *Fields to Return*, which returns exactly the attributes that you name. For anything that has no operation, use *Custom API Call*.',
		'',
		...resources.flatMap((resource) => formatResource(resource, ids, { documented, getAction })),
		'## Other API Versions',
		'',
		'The fields are those of API version 2025-12-08. Every operation also works with the previous version, with these differences:',
		'',
		'| API version | Difference | Operations |',
		'| --- | --- | --- |',
		...versions.map(
			({ version, difference, rows }) =>
				`| ${version} | ${escapeCell(difference)} | ${rows.map((row) => formatRowName(row, resources)).join(', ')} |`,
		),
		'',
		'## Left Out on Purpose',
		'',
		'| Route | Why |',
		'| --- | --- |',
		...absent.map(({ route, reason }) => `| \`${route}\` | ${escapeCell(reason)} |`),
		'',
	].join('\n');
};
