import { RESULT_STATUSES } from '../../nodes/Persona/operations/waitForResult.ts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';

/** Collects the texts that describe the status of a type of object; a report has them in shared attributes. */
function listStatusTexts(type: string): string[] {
	const schemas = loadOpenApi().components?.schemas ?? {};
	const schema = schemas[`${type}-shared-attributes`] ?? schemas[type];
	const texts: string[] = [];
	const collect = (node: unknown) => {
		if (typeof node !== 'object' || node === null) return;
		const { status } = ((node as { properties?: object }).properties ?? {}) as {
			status?: { description?: string };
		};
		if (status?.description?.includes('ossible values')) texts.push(status.description);
		Object.values(node).forEach(collect);
	};
	collect(schema);
	return texts;
}

/** A list with a dash before each status, or a sentence with each in backticks. */
const parseStatuses = (text: string) =>
	Array.from(text.matchAll(/^- (\w+)$|`(\w+)`/gm), ([, listed, quoted]) => listed ?? quoted);

describeWithOpenApi('the statuses by which an operation knows that an object is done', () => {
	it.each(Object.entries(RESULT_STATUSES))('are what Persona publishes: %s', (type, statuses) => {
		const { pending, done, failed } = statuses;
		const ours = [pending, done, failed].flat().sort();
		if (type === 'workflow-run') {
			// Persona publishes no list of them: an example has one, and events name the two others.
			const description = JSON.stringify(loadOpenApi());
			expect(ours).toEqual(['completed', 'errored', 'in_progress']);
			expect(description).toMatch(/"status":\{"examples":\["in_progress"\]/);
			for (const ending of [...done, ...failed]) {
				expect(description).toContain(`"workflow-run.${ending}"`);
			}
			return;
		}
		const texts = listStatusTexts(type);
		expect(texts).toHaveLength(1);
		expect(ours).toEqual(parseStatuses(texts[0]).sort());
	});
});
