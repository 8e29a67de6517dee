import type { IDataObject } from 'n8n-workflow';
import { prepareRequest } from '../engine/prepare';
import type { ItemContext, PreparedItem } from '../engine/types';
import { findFilterProblem } from '../events/payloadFilter';
import { isRecord } from '../utils/isRecord';
import { isWebUrl } from '../utils/isUrl';
import { getHost, isReachable } from '../utils/publicUrl';

/**
 * Prepares a request with the settings of a webhook. Fails the item if the URL is no web address, or one that
 * only its own network knows, or if the payload filter has an empty part.
 */
export async function prepareWithUrl(context: ItemContext): Promise<PreparedItem> {
	const prepared = await prepareRequest(context);
	const { data } = (prepared.request?.body ?? {}) as { data?: { attributes?: IDataObject } };
	const { url, 'payload-filter': filter } = data?.attributes ?? {};
	if (isRecord(filter)) {
		// The events and the inflection that the webhook has already are not known here.
		const events = { mayBeCustom: true, isKebab: false };
		const problem = findFilterProblem(filter.data as IDataObject, events);
		if (problem) context.fail(`'Payload Filter' ${problem.finding}`, problem.advice);
	}
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
