import { fork } from 'node:child_process';
import { once } from 'node:events';
import axios from 'axios';
import type { SandboxOptions } from '../sandbox/sandbox.mts';

/** The key that every sandbox of the bench takes. */
export const sandboxKey = 'persona_sandbox_demo';

/** A limit that no run comes near. */
export const noLimit = { limit: 1_000_000_000, windowSeconds: 60 };

/** A sandbox that computes beside n8n and not in the bench's own process. */
export interface SandboxProcess {
	apiUrl: string;
	/** The answer of a path below `/sandbox`. */
	look<T>(path: string): Promise<T>;
	/** Causes something by a path below `/sandbox`. */
	cause<T>(path: string, body?: object): Promise<T>;
	/** An answer of Persona's API; throws when it is not a success. */
	persona<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T>;
	close(): Promise<void>;
}

/** Starts a sandbox in a process of its own, without any limit unless one is given. */
export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
	const settings = JSON.stringify({ rateLimit: noLimit, ...options });
	const child = fork('bench/workers/sandbox.mts', [settings], { execArgv: ['--import', 'tsx'] });
	const ended = once(child, 'exit');
	const [{ url, apiUrl }] = await Promise.race([
		once(child, 'message'),
		ended.then(([code]) => {
			throw new Error(`The sandbox ended with ${code} while starting`);
		}),
	]);

	const control = axios.create({ baseURL: `${url}/sandbox`, proxy: false });
	const api = axios.create({
		baseURL: apiUrl,
		proxy: false,
		headers: { Authorization: `Bearer ${sandboxKey}` },
	});
	return {
		apiUrl,
		look: async (path) => (await control.get(path)).data,
		cause: async (path, body) => (await control.post(path, body)).data,
		persona: async (method, path, body) =>
			(await api.request({ method, url: path, data: body })).data,
		close: async () => {
			child.disconnect();
			await ended;
		},
	};
}
