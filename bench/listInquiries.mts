import { Agent } from 'node:http';
import axios from 'axios';

interface Page {
	data: { id: string }[];
	links: { next: string | null };
}

/** Reads all inquiries as a short script would: page after page, on one connection. */
export async function listInquiries(
	apiUrl: string,
	key: string,
	query: Record<string, string> = {},
): Promise<Page['data']> {
	const http = axios.create({
		baseURL: apiUrl,
		proxy: false,
		httpAgent: new Agent({ keepAlive: true }),
		headers: {
			Authorization: `Bearer ${key}`,
			'Key-Inflection': 'kebab',
			'Persona-Version': '2025-12-08',
		},
	});
	const found: Page['data'] = [];
	let after: string | undefined;
	do {
		const { data: page } = await http.get<Page>('/inquiries', {
			params: { ...query, 'page[size]': 100, 'page[after]': after },
		});
		found.push(...page.data);
		after = page.links.next ? page.data.at(-1)?.id : undefined;
	} while (after !== undefined);
	return found;
}
