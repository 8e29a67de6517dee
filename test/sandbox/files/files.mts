import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';

describe('files of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ fileLinkSeconds: 1 });
	});
	afterAll(() => sandbox.close());

	const createFrontPhoto = async () => {
		const { data } = await send(sandbox, 'POST', '/inquiries', buildInquiry());
		const meta = { 'simulate-actions': [{ type: 'complete_inquiry' }] };
		await send(sandbox, 'POST', `/inquiries/${data.id}/perform-simulate-actions`, { meta });
		const path = `/inquiries/${data.id}?include=verifications`;
		const { included } = await send(sandbox, 'GET', path);
		const id = included.find(({ type }) => type.endsWith('government-id'));
		return String(id?.attributes['front-photo-url']);
	};

	it('are served by another origin, with the token in their link and without a key', async () => {
		const url = await createFrontPhoto();
		expect(new URL(url).origin).toBe(sandbox.filesUrl);
		expect(new URL(url).origin).not.toBe(sandbox.url);
		const response = await fetch(url);
		expect(response.headers.get('content-type')).toBe('image/png');
		const bytes = Buffer.from(await response.arrayBuffer());
		expect(bytes.subarray(1, 4).toString()).toBe('PNG');
	});

	it('are not served for a token that was changed, is of another file, or has expired', async () => {
		const [url, other] = [new URL(await createFrontPhoto()), new URL(await createFrontPhoto())];
		const fetchStatus = async (path: string, search: string) =>
			(await fetch(`${sandbox.filesUrl}${path}${search}`)).status;
		expect(await fetchStatus(url.pathname, other.search)).toBe(403);
		expect(await fetchStatus(url.pathname, `${url.search}0`)).toBe(403);
		expect(await fetchStatus('/files/none.png', url.search)).toBe(404);
		expect(await fetchStatus(url.pathname, url.search)).toBe(200);
		await new Promise((resolve) => setTimeout(resolve, 1100));
		expect(await fetchStatus(url.pathname, url.search)).toBe(403);
	});

	it('have a log of their requests with headers', async () => {
		await fetch(await createFrontPhoto(), { headers: { Authorization: 'Bearer leaked' } });
		const last = sandbox.control.fileRequests[sandbox.control.fileRequests.length - 1];
		expect(last.headers.authorization).toBe('Bearer leaked');
	});
});
