import { readdirSync } from 'node:fs';

// Together, since what the sandbox is built with takes a while to load.
for (const file of readdirSync('test/sandbox').sort()) jest.requireActual(`./sandbox/${file}`);
