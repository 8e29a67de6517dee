import { runChecks } from '../runChecks.mjs';

await runChecks('kill', async ({ check, jest, signal }) => {
	const { installN8n } = await import('../../tools/n8n/installN8n.mts');
	const { packPackage } = await import('../../tools/packPackage.mts');
	const tarball = await check('Build and pack', (note) => packPackage({ signal, note }));
	const n8n = await check('Install n8n', (note) => installN8n({ signal, note }));
	if (tarball && n8n) await jest('test/kill/jest.config.mjs', { PERSONA_TARBALL: tarball });
});
