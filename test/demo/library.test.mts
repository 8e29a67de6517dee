import { getTheme, isDecider, readLibrary } from '../../demo/library.mts';
import { sampleFiles } from '../../demo/page/sampleFiles.mts';
import { listStarts } from '../../demo/page/starts.mts';
import type { WorkflowFile } from '../../tools/n8n/n8nClient.mts';

const URL = 'http://127.0.0.1:5678';

describe('the library in the demo', () => {
	let library: WorkflowFile[];
	beforeAll(async () => {
		library = await readLibrary();
	});

	const find = (name: string) => library.find((file) => file.name === name) as WorkflowFile;

	it('knows which workflows decide inquiries, since only one of them may be published', () => {
		for (const name of ['Onboard users', 'Mark minors for review and tell the team']) {
			expect(isDecider(find(name))).toBe(true);
		}
		for (const name of ['Erase a person on request', 'Keep the evidence of every decision']) {
			expect(isDecider(find(name))).toBe(false);
		}
		const { nodes } = find('Onboard users');
		expect(isDecider({ nodes: nodes.map((node) => ({ ...node, disabled: true })) })).toBe(false);
	});

	it('says how each workflow is started, and what your app sends', () => {
		for (const { name, nodes } of library) {
			const starts = listStarts(nodes, URL);
			expect([name, starts.length > 0]).toEqual([name, true]);
			const bodies = starts.flatMap((start) => ('body' in start ? [start.body] : []));
			expect([name, bodies.filter((body) => body === '{}')]).toEqual([name, []]);
		}
	});

	it('finds the pages of n8n by which people start a workflow', () => {
		expect(listStarts(find('Erase a person on request').nodes, URL)).toEqual([
			{
				...{ kind: 'page', label: 'Open the form', needsSignIn: true },
				url: `${URL}/form/persona-erasure`,
			},
		]);
		const [chat] = listStarts(find('Answer compliance questions').nodes, URL);
		expect(chat).toMatchObject({ kind: 'page', url: expect.stringMatching(/\/chat$/) });
	});

	it('has files to upload for each form that takes a spreadsheet', () => {
		for (const { name, nodes } of library) {
			const takesFile = JSON.stringify(nodes).includes('"fieldType":"file"');
			const files = listStarts(nodes, URL).flatMap(
				(start) => ('files' in start && start.files) || [],
			);
			expect([name, files.length > 0]).toEqual([name, takesFile]);
			expect(files.filter((file) => !sampleFiles[file])).toEqual([]);
		}
	});

	it('has no theme where a file names none', () => {
		expect(getTheme({})).toBeUndefined();
		expect(getTheme({ meta: { theme: 'Onboard' } })).toBe('Onboard');
	});
});
