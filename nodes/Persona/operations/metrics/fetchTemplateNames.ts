import type { ApiRequest } from '../../transport/apiRequest';
import type { Client } from '../../transport/client';
import { getAttributes, type ListDocument } from '../../transport/jsonApi';
import { paginate } from '../../transport/pagination';

/**
 * Fetches the names of inquiry templates by ID. A sandbox key may not read templates, so a failed
 * request leaves names out. Never throws.
 */
export async function fetchTemplateNames(client: Client, ids: Array<string | null>) {
	const names = new Map<string | null, string>();
	if (!ids.some((id) => id?.startsWith('itmpl_'))) return names;
	const fetchPage = async (request: ApiRequest): Promise<ListDocument> => {
		const { statusCode, body } = await client.request(request);
		return statusCode === 200 ? (body as ListDocument) : { data: [] };
	};
	const query = { fields: { 'inquiry-template': 'name' } };
	const request: ApiRequest = { method: 'GET', path: '/inquiry-templates', query };
	for await (const { object } of paginate(fetchPage, request, Infinity)) {
		const { name } = getAttributes(object);
		if (name) names.set(object.id, String(name));
	}
	return names;
}
