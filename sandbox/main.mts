import { startSandbox } from './sandbox.mts';

const API_KEY = 'persona_sandbox_demo';

const sandbox = await startSandbox({ port: Number(process.env.PORT ?? 8765), inquiryCount: 25 });

console.log(`
A fake Persona is running.

  API URL   ${sandbox.apiUrl}
  API key   ${API_KEY}

Things to try:

  1. See its contents:          ${sandbox.url}/sandbox
  2. List the inquiries:        curl -H 'Authorization: Bearer ${API_KEY}' ${sandbox.apiUrl}/inquiries
  3. Make the next call fail:   curl -H 'Content-Type: application/json' -d '{"kind":"status","status":503}' ${sandbox.url}/sandbox/faults

Ctrl-C stops it.
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}
