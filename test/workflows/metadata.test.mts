import { readFileSync } from 'node:fs';
import categoriesOfN8n from '../../tools/docs/categories.json';
import { listOptionalNodes, listSwitchTexts } from '../../tools/docs/formatLibrary.cjs';
import themes from '../../tools/docs/themes.json';
import type { WorkflowFile } from '../../tools/n8n/n8nClient.mts';
import { listWorkflows } from './evaluateParameter.mts';

const readFile = (name: string) =>
	JSON.parse(readFileSync(`workflows/${name}.json`, 'utf8')) as WorkflowFile;

const ROLE = '(operations|compliance|engineering|support)';

/** The last sentence of a description says for whom the workflow is. */
const AUDIENCE = new RegExp(`\\. For ${ROLE}(, ${ROLE})*( and ${ROLE})? teams\\.$`);

/** What n8n's template library shows as a title: a verb and an object, without a period or markup. */
const TITLE = /^[A-Z][a-z]+ [^.*_`<>#]{3,50}$/;

/** Markup, and line breaks. */
const MARKUP = /[*_`<>#\n[\]]/;

describe.each(listWorkflows())('"%s"', (name) => {
	const file = readFile(name);

	it('has what people need to choose it, before its nodes', () => {
		const members = ['name', 'description', 'meta', 'nodes', 'connections', 'settings'];
		expect(Object.keys(file)).toEqual(members);
		expect(Object.keys(file.meta ?? {})).toEqual(['theme', 'categories', 'setupMinutes']);
	});

	it('has a title that begins with a verb', () => {
		expect(file.name).toMatch(TITLE);
	});

	it('says in plain sentences what it does, and for whom', () => {
		expect(file.description).toMatch(AUDIENCE);
		expect(file.description).not.toMatch(MARKUP);
		expect(file.description?.length).toBeLessThanOrEqual(300);
	});

	it('has a theme of the library, and categories of the template library of n8n', () => {
		const { theme, categories } = file.meta as { theme: string; categories: string[] };
		expect(themes).toContain(theme);
		expect(categoriesOfN8n).toEqual(expect.arrayContaining(categories));
		expect([1, 2, 3]).toContain(new Set(categories).size);
		expect(categories).toEqual([...new Set(categories)]);
	});

	it('says in its green note which nodes may be switched off, by their names, or that none may', () => {
		const texts = listSwitchTexts(file.nodes);
		expect(texts).not.toEqual([]);
		const named = listOptionalNodes(file.nodes);
		expect(named.length > 0).toBe(!texts.join().includes(':** nothing. '));
		const names = file.nodes.map(({ name: own }) => own);
		expect(named.filter((own) => !names.includes(own))).toEqual([]);
	});

	it('says how many minutes it takes to set up, in steps of five', () => {
		const minutes = Number(file.meta?.setupMinutes);
		expect(minutes).toBeGreaterThanOrEqual(5);
		expect(minutes).toBeLessThanOrEqual(60);
		expect(minutes % 5).toBe(0);
	});
});

it('no two workflows have the same title', () => {
	const titles = listWorkflows().map((name) => readFile(name).name);
	expect(titles).toEqual([...new Set(titles)]);
});
