import type { JsonObject, Sandbox, StoredObject } from '../../sandbox/sandbox.mts';

/** A response of the sandbox. */
export interface ApiReply {
	status: number;
	headers: Headers;
	text: string;
	data: StoredObject;
	list: StoredObject[];
	included: StoredObject[];
	meta: Record<string, string>;
	links: { prev: string | null; next: string | null };
	errors: { title: string; details?: string; source?: { pointer: string } }[];
}

/** Sends a request. `path` is below `/api/v1`, or a link of a list. */
export async function send(
	sandbox: Sandbox,
	method: string,
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<ApiReply> {
	const url = path.startsWith('/api/') ? `${sandbox.url}${path}` : `${sandbox.apiUrl}${path}`;
	const response = await fetch(url, {
		method,
		headers: {
			Authorization: 'Bearer persona_sandbox_demo',
			...(body !== undefined && { 'Content-Type': 'application/json' }),
			...headers,
		},
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const text = await response.text();
	const isJson = response.headers.get('content-type')?.startsWith('application/json');
	const { data, ...rest } = (isJson ? JSON.parse(text) : {}) as {
		data?: StoredObject & StoredObject[];
	};
	return {
		status: response.status,
		headers: response.headers,
		text,
		data,
		list: data,
		...rest,
	} as unknown as ApiReply;
}

/** The body of a request for an inquiry of the first template. */
export const buildInquiry = (
	fields: JsonObject = {},
	more: JsonObject = {},
	meta: JsonObject = {},
) => ({
	data: {
		attributes: { 'inquiry-template-id': 'itmpl_SandboxIdAndSelfie', fields, ...more },
	},
	meta,
});

/** The names of all events, oldest first. */
export const listEventNames = (sandbox: Sandbox) =>
	sandbox.control.store
		.getCollection('event')
		.findAll()
		.map(({ attributes }) => String(attributes.name));

/** Waits until a condition is true. Throws after five seconds. */
export async function waitUntil(condition: () => boolean): Promise<void> {
	const end = Date.now() + 5000;
	while (!condition()) {
		if (Date.now() > end) throw new Error(`Timed out waiting for ${condition.toString()}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
