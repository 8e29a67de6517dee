import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApiPin } from '../../tools/openapi/openApiPin.cjs';
import { runCommand } from '../../tools/runCommand.cjs';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';

const DESCRIPTION = '{"openapi":"3.1.0"}';

describe('npm run openapi', () => {
	let root: string;
	let server: RequestRecorder;
	let response: { status: number; body: Buffer };

	/** Runs the command of a repository of its own, whose pin is the description of this test. */
	const fetchOpenApi = async (url = server.baseUrl) =>
		await runCommand(process.execPath, [join(root, 'tools/openapi/main.mjs')], {
			env: { ...process.env, PERSONA_OPENAPI_URL: url },
		});

	const getCacheFolder = () => join(root, '.cache/openapi');

	const readCache = async () =>
		existsSync(getCacheFolder()) ? await readdir(getCacheFolder()) : [];

	beforeEach(async () => {
		root = await mkdtemp(join(tmpdir(), 'persona-openapi-'));
		await cp('tools/openapi', join(root, 'tools/openapi'), { recursive: true });
		const pin = join(root, 'tools/openapi/openApiPin.cjs');
		const text = await readFile(pin, 'utf8');
		await writeFile(pin, text.replace('3_525_864', String(DESCRIPTION.length)));
		response = { status: 200, body: Buffer.from(DESCRIPTION) };
		server = await startRequestRecorder(() => response);
	});

	afterEach(async () => {
		await server.stop();
		await rm(root, { recursive: true });
	});

	it('stores the file of the pinned commit if it has the pinned length', async () => {
		expect(await fetchOpenApi()).toMatch(/ is now in \.cache\/openapi\/\w+\.json\./);
		const { repository, commit, path } = openApiPin;
		expect(server.requests.map((request) => request.path)).toEqual([
			`/${repository}/${commit}/${path}`,
		]);
		const [file] = await readCache();
		expect(await readFile(join(getCacheFolder(), file), 'utf8')).toBe(DESCRIPTION);
	});

	it('sends no request if the file is already there', async () => {
		await fetchOpenApi();
		expect(await fetchOpenApi()).toMatch(/ is already in /);
		expect(server.requests).toHaveLength(1);
	});

	it('replaces a file that is damaged', async () => {
		await fetchOpenApi();
		const [file] = await readCache();
		await writeFile(join(getCacheFolder(), file), 'damaged');
		await fetchOpenApi();
		expect(await readFile(join(getCacheFolder(), file), 'utf8')).toBe(DESCRIPTION);
	});

	it('rejects a file of another length and stores nothing', async () => {
		response.body = Buffer.from('<html>Not this one</html>');
		const lengths = `it has ${response.body.length} characters, not ${DESCRIPTION.length}.`;
		await expect(fetchOpenApi()).rejects.toThrow(
			`is not the pinned file, so it was not stored: ${lengths}`,
		);
		expect(await readCache()).toEqual([]);
	});

	it('says in a sentence that the file is not there', async () => {
		response.status = 404;
		await expect(fetchOpenApi()).rejects.toThrow(
			'could not be fetched: status 404. If you have the file elsewhere, set PERSONA_OPENAPI to its path.',
		);
		expect(await readCache()).toEqual([]);
	});

	it('says in a sentence that there is no network', async () => {
		await server.stop();
		await expect(fetchOpenApi()).rejects.toThrow('could not be fetched: ECONNREFUSED.');
		expect(await readCache()).toEqual([]);
	});
});
