import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../tools/n8n/findFreePort.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { startN8n } from '../../../tools/n8n/startN8n.mts';

it('takes another port if another program takes its port while n8n starts', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'persona-port-'));
	const other = createServer();
	try {
		const port = await findFreePort();
		const starting = startN8n({ folder, port, tarball: String(process.env.PERSONA_TARBALL) });
		// n8n writes to it from its first moment on, and listens about ten seconds later.
		await waitFor('n8n starts', async () => existsSync(join(folder, 'n8n.log')), 60_000);
		other.listen(port, '127.0.0.1');
		await once(other, 'listening');
		const n8n = await starting;
		expect(new URL(n8n.url).port).not.toBe(String(port));
		expect((await fetch(`${n8n.url}/healthz/readiness`)).status).toBe(200);
		await n8n.stop();
	} finally {
		other.close();
		await rm(folder, { recursive: true, force: true });
	}
});
