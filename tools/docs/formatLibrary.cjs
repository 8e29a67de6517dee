const themes = require('./themes.json');

/** Nodes that decide, convert or wait within n8n: no service. */
const LOGIC = [
	...['agent', 'aggregate', 'chainLlm', 'code', 'compareDatasets', 'convertToFile', 'crypto'],
	...['dateTime', 'errorTrigger', 'executeWorkflow', 'executeWorkflowTrigger', 'extractFromFile'],
	...['filter', 'html', 'if', 'limit', 'manualTrigger', 'markdown', 'memoryBufferWindow', 'merge'],
	...['noOp', 'outputParserStructured', 'removeDuplicates', 'renameKeys', 'respondToWebhook'],
	...['scheduleTrigger', 'set', 'sort', 'splitInBatches', 'splitOut', 'stickyNote'],
	...['stopAndError', 'summarize', 'switch', 'wait', 'xml'],
];

/** Services whose names do not follow from the types of their nodes. */
const SERVICES = {
	chatTrigger: 'n8n’s chat',
	dataTable: 'n8n’s data tables',
	emailSend: 'email',
	form: 'n8n’s forms',
	formTrigger: 'n8n’s forms',
	hubspot: 'HubSpot',
	lmChatOpenAi: 'an AI model',
	mcpTrigger: 'an MCP client',
	postgres: 'PostgreSQL',
	webhook: 'your app',
};

/** How the paragraph of a note begins that names the nodes which a workflow can do without. */
const SWITCHED_OFF = '**May be switched off:**';

/** `googleSheets` to "Google Sheets". */
const splitWords = (name) =>
	name.replace(/[A-Z]/g, ' $&').replace(/^./, (letter) => letter.toUpperCase());

/** `https://example.okta.com/api` to "Okta"; an address that is an expression to "HTTP". */
function formatHost({ url }) {
	const [, domain] = /^=?https:\/\/(?:[^/{]*\.)?([a-z0-9-]+)\.[a-z]+(?:\/|$)/.exec(url) ?? [];
	return domain ? splitWords(domain) : 'HTTP';
}

/** The service that a node uses, or undefined. */
function getService({ type, parameters }) {
	const name = type.split('.').at(-1).replace(/Tool$/, '');
	if (type.startsWith('n8n-nodes-persona.') || LOGIC.includes(name)) return undefined;
	if (name === 'httpRequest') return formatHost(parameters);
	return SERVICES[name] ?? splitWords(name.replace(/Trigger$/, ''));
}

/** The texts of the note "About this workflow" that say which nodes may be switched off. */
const listSwitchTexts = (nodes) =>
	nodes
		.filter(({ name }) => name === 'About this workflow')
		.flatMap(({ parameters }) => String(parameters.content).split('\n'))
		.flatMap((line) => (line.startsWith(SWITCHED_OFF) ? line : line.split(/(?<=\.) /)))
		.filter((text) => /switch(ed)? off/.test(text));

/** The names of the nodes that may be switched off, as the notes of a workflow say. */
const listOptionalNodes = (nodes) =>
	listSwitchTexts(nodes)
		.flatMap((text) => [...text.replace(SWITCHED_OFF, '').matchAll(/\*\*(.+?)\*\*/g)])
		.map(([, name]) => name);

/** "HubSpot (optional), your app". */
function formatServices(nodes) {
	const optional = listOptionalNodes(nodes);
	const services = [...new Set(nodes.map(getService))].filter((service) => service !== undefined);
	const isOptional = (service) =>
		nodes
			.filter((node) => getService(node) === service)
			.every(({ name }) => optional.includes(name));
	return services
		.sort((one, other) => one.localeCompare(other, 'en'))
		.map((service) => (isOptional(service) ? `${service} (optional)` : service))
		.join(', ');
}

/** The versions of n8n that a workflow is for, by the oldest that has imported it: "2.30 and newer". */
function formatVersions(file, record) {
	const versions = Object.keys(record).sort((one, other) =>
		one.localeCompare(other, 'en', { numeric: true }),
	);
	const oldest = versions.find((version) => record[version][`imports ${file}`]);
	return oldest ? `${oldest.split('.').slice(0, 2).join('.')} and newer` : 'not tested yet';
}

/** The anchor that GitHub gives a heading. */
const toAnchor = (title) =>
	title
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N} _-]/gu, '')
		.replaceAll(' ', '-');

const listByTheme = (workflows) =>
	themes
		.map((theme) => [theme, workflows.filter(({ meta }) => meta.theme === theme)])
		.filter(([, members]) => members.length > 0);

function formatWorkflow({ file, name, description, meta, nodes }, record) {
	return [
		`### ${name}`,
		'',
		description,
		'',
		`- **Uses:** ${formatServices(nodes) || 'Persona alone'}`,
		`- **To set up:** ${meta.setupMinutes} minutes`,
		`- **n8n:** ${formatVersions(file, record)}`,
		`- **Categories:** ${meta.categories.join(', ')}`,
		`- **File:** [${file}.json](../workflows/${file}.json)`,
		'',
		`[![${name}](workflows/${file}.png)](workflows/${file}.png)`,
		'',
	];
}

/**
 * The page that shows all workflows of the library by theme, in Markdown. A workflow is what its JSON
 * file says, with the name of the `file`; `record` is what `npm run test:versions` has recorded.
 */
exports.formatLibraryPage = (workflows, record) =>
	[
		'# Workflow library',
		'',
		'<!-- Printed by `npm run build` from the files in workflows/. -->',
		'',
		`${workflows.length} workflows, each tested end to end. Besides Persona, they use the services that are named. What is optional can be left out: the green note in the workflow says how. [Which one do I need?](use-cases.md) · [How to import one](../README.md#workflow-library)`,
		'',
		...listByTheme(workflows).map(
			([theme, members]) =>
				`- **${theme}:** ${members.map(({ name }) => `[${name}](#${toAnchor(name)})`).join(' · ')}`,
		),
		'',
		...listByTheme(workflows).flatMap(([theme, members]) => [
			`## ${theme}`,
			'',
			...members.flatMap((workflow) => formatWorkflow(workflow, record)),
		]),
	].join('\n');

/** The list of all workflows for the README: for each theme, a line for each workflow. */
exports.formatLibraryList = (workflows) =>
	[
		`${workflows.length} workflows:`,
		'',
		...listByTheme(workflows).flatMap(([theme, members]) => [
			`**${theme}**`,
			'',
			...members.map(({ name, description }) => {
				const [first] = description.split(/(?<=\.) /);
				return `- [${name}](docs/workflows.md#${toAnchor(name)}): ${first}`;
			}),
			'',
		]),
	]
		.join('\n')
		.trimEnd();

exports.listOptionalNodes = listOptionalNodes;
exports.listSwitchTexts = listSwitchTexts;
