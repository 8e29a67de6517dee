import { readFileSync } from 'node:fs';
import { describeWithOpenApi, loadOpenApi } from './contract/loadOpenApi.mts';
import { findOperation } from './contract/openApiRoutes.mts';

const CERTAINTIES = ['published', 'inferred', 'seen in the sandbox only'];

const page = readFileSync('docs/persona-facts.md', 'utf8');

/** The rows of all tables on the page, without their headings. */
const rows = page
	.split('\n')
	.filter((line) => line.startsWith('|') && !/^\| (Statement|-)/.test(line))
	.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | *\|$/g, '').trim()));

/** Operations that the text names, such as `GET /inquiries`. */
const listRoutes = (text: string) =>
	Array.from(text.matchAll(/`((?:GET|POST|PATCH|DELETE) \/\S+)`/g), ([, route]) => route);

const NUMBERS: Record<string, string> = { one: '1', two: '2', three: '3', five: '5', six: '6' };

/** What is counted or measured in a text: `24 hour`, `300 request`. */
const listFigures = (text: string) =>
	Array.from(
		text.matchAll(
			/\b(\d[\d,]*|one|two|three|five|six) (month|day|hour|minute|second|request|object|session|time)s?\b/gi,
		),
		([, amount, unit]) => `${NUMBERS[amount.toLowerCase()] ?? amount} ${unit.toLowerCase()}`,
	);

/** Names of the package's own parts, of which a figure says nothing about Persona. */
const OWN_PARTS = /Persona (Polling )?Trigger|Persona Tool|\*\*Persona\*\*|_Persona\b|Persona API/g;

/** The sentences of README that say something about Persona. */
const listSentences = (text: string) =>
	text
		.split(/\n\n|\n(?=[-|#\d])/)
		.flatMap((block) => block.replace(/\s+/g, ' ').split(/(?<=[.:]) /))
		.filter((sentence) => sentence.replace(OWN_PARTS, '').includes('Persona'));

describe('the page on what we know about Persona', () => {
	it('has many statements', () => expect(rows.length).toBeGreaterThan(30));

	it.each(rows)('names a certainty and a source: %s', (...cells) => {
		expect(cells).toHaveLength(3);
		const [statement, certainty, source] = cells;
		expect(statement).not.toBe('');
		expect(CERTAINTIES).toContain(certainty);
		expect(source).not.toBe('');
	});

	it('has every figure that README gives of Persona', () => {
		const known = listFigures(page);
		const unknown = listSentences(readFileSync('README.md', 'utf8')).flatMap((sentence) =>
			listFigures(sentence)
				.filter((figure) => !known.includes(figure))
				.map((figure) => `${figure}: ${sentence}`),
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
