import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core reads these variables while it is loaded, so import this file before it.
const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-persona-'));
process.env.N8N_USER_FOLDER = folder;
process.env.N8N_ENCRYPTION_KEY = 'only for tests';
process.env.N8N_LOG_LEVEL = 'silent';
const removeFolder = () => rmSync(folder, { recursive: true, force: true });
// In jest, `process` is a copy: its `exit` event never fires.
if (typeof afterAll === 'function') afterAll(removeFolder);
else process.on('exit', removeFolder);
