import axios from 'axios';
import { Agent } from 'node:http';

const httpAgent = new Agent({ keepAlive: true });

/** Posts a body byte by byte as it is given; gives the status, or null where none came back. */
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
