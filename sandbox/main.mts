import { startSandbox } from './sandbox.mts';

const sandbox = await startSandbox({ port: Number(process.env.PORT ?? 8765), inquiryCount: 25 });
const key = 'persona_sandbox_demo';

console.log(`
A stand-in for Persona is running.

  API URL   ${sandbox.apiUrl}
  API key   ${key}

Things to try:

  1. See what is there:         ${sandbox.url}/sandbox
  2. List the inquiries:        curl -H 'Authorization: Bearer ${key}' ${sandbox.apiUrl}/inquiries
  3. Make the next call fail:   curl -H 'Content-Type: application/json' -d '{"kind":"status","status":503}' ${sandbox.url}/sandbox/faults

Ctrl-C stops it.
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}
