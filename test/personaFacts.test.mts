import { readdirSync, readFileSync } from 'node:fs';
import { PersonaApi } from '../credentials/PersonaApi.credentials.ts';
import { PersonaPollingTrigger } from '../nodes/Persona/PersonaPollingTrigger.node.ts';
import { PersonaTrigger } from '../nodes/Persona/PersonaTrigger.node.ts';
import { describeWithOpenApi, loadOpenApi } from './contract/loadOpenApi.mts';
import { findOperation } from './contract/openApiRoutes.mts';
import { actionNodes } from './support/actionNodes.mts';
import { listPanelTexts } from './support/panelTexts.mts';

const CERTAINTIES = ['published', 'inferred', 'seen in the sandbox only'];

const PAGE_PATH = 'docs/persona-facts.md';
const page = readFileSync(PAGE_PATH, 'utf8');

/** The rows of all tables with statements, without their headings. */
const rows = page
	.split('\n')
	.filter((line) => line.startsWith('|') && !/^\| (Statement|Figure|-)/.test(line))
	.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | *\|$/g, '').trim()))
	.filter((cells) => cells.length !== 2);

/** Operations that the text names, such as `GET /inquiries`. */
const listRoutes = (text: string) =>
	Array.from(text.matchAll(/`((?:GET|POST|PATCH|DELETE) \/[^\s`]+)`/g), ([, route]) => route);

const NUMBERS: Record<string, string> = {
	one: '1',
	two: '2',
	three: '3',
	four: '4',
	five: '5',
	six: '6',
	seven: '7',
};

const DURATIONS = 'month|week|day|hour|minute|second';

const COUNTED = 'request|object|session|time|row|route|level|comparison|part|character|try|event';

const AMOUNT = `\\d[\\d,]*|${Object.keys(NUMBERS).join('|')}`;

const toNumber = (text: string) => NUMBERS[text.toLowerCase()] ?? text.replaceAll(',', '');

/** What is counted, measured or limited in a text: `24 hour`, `300 request`, `1 to 59`. */
const listFigures = (text: string) => [
	...Array.from(
		text.matchAll(new RegExp(`(?<![-\\d.])\\b(${AMOUNT}) (${DURATIONS}|${COUNTED})s?\\b`, 'gi')),
		([, amount, unit]) => `${toNumber(amount)} ${unit.toLowerCase()}`,
	).filter((figure) => !new RegExp(`^1 (${COUNTED})$`).test(figure)),
	...Array.from(
		text.matchAll(/(?<![-\d])(-?\d[\d,]*) to (-?\d[\d,]*)/g),
		([, least, most]) => `${toNumber(least)} to ${toNumber(most)}`,
	),
];

/** Names of the package's own parts, of which a figure says nothing about Persona. */
const OWN_PARTS =
	/Persona (Polling )?Trigger|Persona (Admin )?Tool|Persona Admin|\*\*Persona\*\*|_Persona\b|Persona API/g;

/** The sentences of a text that say something about Persona. */
const listSentences = (text: string) =>
	text
		.split(/\n\n|\n(?=[-|#\d])/)
		.flatMap((block) => block.replace(/\s+/g, ' ').split(/(?<=[.:]) /))
		.filter((sentence) => sentence.replace(OWN_PARTS, '').includes('Persona'));

interface WorkflowFile {
	nodes: { type: string; parameters: { content?: string } }[];
}

const listNotes = (file: string) =>
	(JSON.parse(readFileSync(`workflows/${file}`, 'utf8')) as WorkflowFile).nodes
		.filter(({ type }) => type === 'n8n-nodes-base.stickyNote')
		.map(({ parameters }) => parameters.content ?? '');

const descriptions = [
	...Object.values(actionNodes),
	...[new PersonaTrigger(), new PersonaPollingTrigger()],
].map(({ description }) => description);

/** Who states something, with its texts. */
const sources: [name: string, texts: string[]][] = [
	...['README.md', 'SECURITY.md', ...readdirSync('docs').map((file) => `docs/${file}`)]
		.filter((path) => path.endsWith('.md') && path !== PAGE_PATH)
		.map((path): [string, string[]] => [path, listSentences(readFileSync(path, 'utf8'))]),
	...descriptions.map(({ displayName, properties }): [string, string[]] => [
		`the panel of ${displayName}`,
		listPanelTexts(properties),
	]),
	['the credential', listPanelTexts(new PersonaApi().properties)],
	...readdirSync('workflows').map((file): [string, string[]] => [
		`the notes of ${file}`,
		listNotes(file).flatMap(listSentences),
	]),
];

describe('the page on what we know about Persona', () => {
	it('has many statements', () => expect(rows.length).toBeGreaterThan(100));

	it.each(rows)('names a certainty and a source: %s', (...cells) => {
		expect(cells).toHaveLength(3);
		const [statement, certainty, source] = cells;
		expect(statement).not.toBe('');
		expect(CERTAINTIES).toContain(certainty);
		expect(source).not.toBe('');
	});

	it('says everything once', () => {
		const statements = rows.map(([statement]) => statement);
		expect(statements).toEqual([...new Set(statements)]);
	});

	it.each(sources)('has every figure that is given by %s', (_, texts) => {
		const known = listFigures(page);
		const unknown = texts.flatMap((text) =>
			listFigures(text)
				.filter((figure) => !known.includes(figure))
				.map((figure) => `${figure}: ${text}`),
		);
		expect(unknown).toEqual([]);
	});

	it('finds a figure that the page does not have', () => {
		const [sentence] = listSentences(
			'- Persona waits for seven days.\n- Persona waits 99 days.\n',
		).slice(-1);
		expect(listFigures(sentence)).toEqual(['99 day']);
		expect(listFigures(page)).not.toContain('99 day');
	});
});

describeWithOpenApi('operations that the page names as sources', () => {
	it.each(listRoutes(page))('%s is published', (route) => {
		expect(findOperation(loadOpenApi(), route)).toBeDefined();
	});
});
