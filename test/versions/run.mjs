import { readFile, writeFile } from 'node:fs/promises';
import { runChecks } from '../runChecks.mjs';

/** Where the table of the README has its results from. */
const RECORD = 'tools/docs/n8nVersions.json';

/** Where jest leaves its results. */
const RESULTS = '.cache/results/versions.jest.json';

/** What is tested without arguments: the oldest version that is supported, and the newest there is. */
const DEFAULT_VERSIONS = ['2.30', 'newest'];

/** The versions of the command line, such as `2.34`, `2.40.7` or `newest`. */
const wanted = process.argv.splice(2);
if (wanted.length === 0) wanted.push(...DEFAULT_VERSIONS);

await runChecks('versions', async ({ check, jest, signal, print }) => {
	const { listPublishedVersions, installNewest } = await import('../../tools/n8n/n8nVersions.mts');
	const { packPackage } = await import('../../tools/packPackage.mts');
	const { readOutcomes } = await import('./readOutcomes.mts');

	const tarball = await check('Build and pack', (note) => packPackage({ signal, note }));
	if (!tarball) return;
	const published = await listPublishedVersions(signal);
	const versions = [];
	for (const name of wanted) {
		const result = await check(`Install n8n ${name}`, (note) =>
			installNewest(name, published, { signal, note }),
		);
		if (!result) continue;
		for (const { version, reason } of result.skipped) {
			print(`n8n ${version} was skipped: it cannot be installed here. ${reason}`);
		}
		print(`n8n ${name} is ${result.version}`);
		versions.push(result.version);
	}
	if (versions.length === 0) return;
	await jest('test/versions/jest.config.mjs', {
		PERSONA_TARBALL: tarball,
		PERSONA_N8N_VERSIONS: versions.join(),
	});
	if (!process.env.UPDATE_VERSIONS) return;
	const readJson = async (file) => JSON.parse(await readFile(file, 'utf8'));
	const updated = { ...(await readJson(RECORD)), ...readOutcomes(await readJson(RESULTS)) };
	await writeFile(RECORD, `${JSON.stringify(updated, null, '\t')}\n`);
	print(`${RECORD} is updated. "npm run build" prints it into the README.`);
});
