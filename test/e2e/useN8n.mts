import axios from 'axios';
import { Agent } from 'node:http';
import type { N8n } from '../../tools/n8n/startN8n.mts';
import type { PooledN8n } from './n8nPool.mts';

/** The n8n of a jest worker. Only one test file uses it at a time. */
export interface WorkerN8n extends PooledN8n, Pick<N8n, 'restart'> {}

/** n8n and its package are installed and started in this time, also on a busy machine. */
const TIMEOUT_MS = 300_000;

/** Gets the n8n of this jest worker from the pool, which starts it for the first test file. */
export async function useN8n(): Promise<WorkerN8n> {
	const { N8N_POOL_URL, JEST_WORKER_ID } = process.env;
	if (!N8N_POOL_URL)
		throw new Error('Run these tests with "npm run test:e2e", which starts n8n for them.');

	const post = async (action: string, body?: unknown) => {
		const { data } = await axios.post<PooledN8n>(
			`${N8N_POOL_URL}/${JEST_WORKER_ID}/${action}`,
			body,
			{ proxy: false, timeout: TIMEOUT_MS, httpAgent: new Agent({ keepAlive: false }) },
		);
		return data;
	};

	const n8n: WorkerN8n = {
		...(await post('acquire')),
		async restart(env) {
			n8n.pid = (await post('restart', { env })).pid;
		},
	};
	return n8n;
}
