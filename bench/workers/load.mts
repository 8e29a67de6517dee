import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const { n8nFolder, packageFolder } = JSON.parse(process.argv[2]);
const require = createRequire(`${n8nFolder}/node_modules/n8n/package.json`);
// n8n has loaded its own code and opened its log before it loads packages: the first loader does both.
const { PackageDirectoryLoader }: typeof import('n8n-core') = require('n8n-core');
new PackageDirectoryLoader(dirname(require.resolve('n8n/package.json')));
const startedAt = performance.now();
const loader = new PackageDirectoryLoader(packageFolder);
await loader.loadAll();
console.log(
	JSON.stringify({ ms: performance.now() - startedAt, nodes: Object.keys(loader.known.nodes) }),
);
process.exit();
