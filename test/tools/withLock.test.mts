import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../tools/n8n/withLock.mts';

describe('a lock', () => {
	let folder: string;
	let file: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'persona-lock-'));
		file = join(folder, 'n8n.lock');
	});
	afterEach(async () => await rm(folder, { recursive: true, force: true }));

	const readOwner = async () => await readFile(file, 'utf8');

	it('is held while the work runs, and gone afterwards', async () => {
		expect(await withLock(file, {}, readOwner)).toBe(String(process.pid));
		expect(existsSync(file)).toBe(false);
	});

	it('makes others wait', async () => {
		const order: string[] = [];
		let second: Promise<void> | undefined;
		await withLock(file, {}, async () => {
			second = withLock(file, {}, async () => void order.push('second'));
			await withLock(`${file}.other`, {}, async () => undefined);
			order.push('first');
		});
		await second;
		expect(order).toEqual(['first', 'second']);
	});

	it.each([
		['of a process that has ended', '4194305', undefined],
		// This test's own process runs, but does not hold the lock.
		['whose process has ended and whose ID belongs to another one', String(process.pid), 1_000],
	])('%s is taken over', async (_, holder, staleAfterMs) => {
		await writeFile(file, holder);
		expect(await withLock(file, { staleAfterMs }, readOwner)).toBe(String(process.pid));
	});
});
