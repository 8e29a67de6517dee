import { startSandbox, type SandboxOptions } from '../../sandbox/sandbox.mts';

const options: SandboxOptions = JSON.parse(process.argv[2]);
const { url, apiUrl } = await startSandbox(options);
process.send?.({ url, apiUrl });
// The parent process disconnects, or has died.
process.once('disconnect', () => process.exit());
