import { readdirSync } from 'node:fs';

// In one process, since the libraries of the sandbox take a while to load.
const files = readdirSync('test/sandbox', { encoding: 'utf8', recursive: true });
for (const file of files.filter((name) => name.endsWith('.mts')).sort()) {
	jest.requireActual(`./sandbox/${file}`);
}
