import type { ItemContext, PreparedItem } from '../../engine/types';
import { createFileItem } from '../../transport/files';
import { computeMetrics } from './computeMetrics';
import { renderHtmlReport } from './renderHtmlReport';
import { readPeriod } from './period';

/** Counts the inquiries of a period. Throws if the period is invalid. */
export async function prepareMetrics(context: ItemContext): Promise<PreparedItem> {
	const format = context.readSetting<string>('format');
	const binaryField = context.readSetting<string>('binaryPropertyName');
	const period = readPeriod(context);
	const tags = [context.readSetting<string[] | string>('tags')].flat().filter((tag) => tag !== '');
	const { query, ...request } = await context.buildRequest();
	const filters = query?.filter as Record<string, string>;
	const filter = {
		...filters,
		'created-at-start': period.from.toUTC().toISO(),
		...(period.hasEnd && { 'created-at-end': period.to.toUTC().toISO() }),
	};
	const run = async () => {
		const metrics = await computeMetrics(context, { ...request, query: { filter } }, period, tags);
		const json = { ...metrics };
		if (format === 'json') return [{ json }];
		const fileName = `inquiry-metrics-${period.from.toISODate()}-${period.to.toISODate()}.html`;
		const page = renderHtmlReport(metrics, [...Object.values(filters), ...tags]);
		const response = {
			statusCode: 200,
			headers: { 'content-type': 'text/html' },
			body: Buffer.from(page),
		};
		const { node } = context.run;
		return [await createFileItem(node, { ...json, fileName }, response, binaryField)];
	};
	return { run };
}
