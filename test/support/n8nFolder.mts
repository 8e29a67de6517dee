import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core reads these while it is loaded, so this file is imported before it.
const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-persona-'));
process.env.N8N_USER_FOLDER = folder;
process.env.N8N_ENCRYPTION_KEY = 'only for tests';
process.env.N8N_LOG_LEVEL = 'silent';
const remove = () => rmSync(folder, { recursive: true, force: true });
// What ends a process never reaches a test, whose `process` is jest's own.
if (typeof afterAll === 'function') afterAll(remove);
else process.on('exit', remove);
