import axios from 'axios';
import { Agent } from 'node:http';

const httpAgent = new Agent({ keepAlive: true });

/** Posts a body unchanged. Returns the status, or null without a response. */
export async function postDelivery(url: string, headers: Record<string, string>, body: string) {
	try {
		const { status } = await axios.post(url, Buffer.from(body), {
			headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
			httpAgent,
			proxy: false,
			validateStatus: () => true,
		});
		return status;
	} catch (error) {
		if (axios.isAxiosError(error)) return null;
		throw error;
	}
}
