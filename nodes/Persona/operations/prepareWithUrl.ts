import { prepareRequest } from '../engine/prepare';
import type { ItemContext, PreparedItem } from '../engine/types';
import { isWebUrl } from '../utils/isUrl';
import { getHost, isReachable } from '../utils/publicUrl';

/**
 * Prepares a request that gives Persona the URL of a webhook. Fails the item if that is no web address,
 * or if it is one that only its own network knows.
 */
export async function prepareWithUrl(context: ItemContext): Promise<PreparedItem> {
	const prepared = await prepareRequest(context);
	const { data } = (prepared.request?.body ?? {}) as { data?: { attributes?: { url?: unknown } } };
	const url = data?.attributes?.url;
	if (typeof url !== 'string') return prepared;
	if (!isWebUrl(url)) {
		context.fail("'URL' is not a web address", 'It must begin with https:// or http://.');
	}
	if (!isReachable(url, context.run.apiUrl)) {
		context.fail(
			`'URL': Persona cannot reach ${getHost(url)}`,
			'Enter a URL that can be reached from the internet.',
		);
	}
	return prepared;
}
