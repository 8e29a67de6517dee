import { fork } from 'node:child_process';
import { once } from 'node:events';
import axios from 'axios';
import type { SandboxOptions } from '../sandbox/sandbox.mts';

/** The API key of every sandbox of the bench. */
export const sandboxKey = 'persona_sandbox_demo';

/** A limit that no run reaches. */
export const noLimit: SandboxOptions['rateLimit'] = {
	maxRequests: 1_000_000_000,
	windowSeconds: 60,
};

/** A sandbox in a process of its own, so that it does not slow down the bench. */
export interface SandboxProcess {
	apiUrl: string;
	/** Fetches a path below `/sandbox`. */
	fetchControl<T>(path: string): Promise<T>;
	/** Posts to a path below `/sandbox`. */
	postControl<T>(path: string, body?: object): Promise<T>;
	/** Sends a request to Persona's API. Throws on an error response. */
	callApi<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T>;
	close(): Promise<void>;
}

/** Starts a sandbox in a process of its own. Default: no rate limit. */
export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
	const settings = JSON.stringify({ rateLimit: noLimit, ...options });
	const child = fork('bench/workers/sandbox.mts', [settings], { execArgv: ['--import', 'tsx'] });
	const exited = once(child, 'exit');
	const [{ url, apiUrl }] = await Promise.race([
		once(child, 'message'),
		exited.then(([code]) => {
			throw new Error(`The sandbox exited with ${code} while starting`);
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
		fetchControl: async (path) => (await control.get(path)).data,
		postControl: async (path, body) => (await control.post(path, body)).data,
		callApi: async (method, path, body) =>
			(await api.request({ method, url: path, data: body })).data,
		close: async () => {
			child.disconnect();
			await exited;
		},
	};
}
