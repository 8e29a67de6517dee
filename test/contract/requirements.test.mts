import { table } from '../../nodes/Persona/resources/index.ts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';

/** How Persona's texts say that one of several members is needed. */
const SENTENCES = [
	/^At least one of .+ is required\.$/,
	/^Requires .+\.$/,
	/One of `[\w-]+` or `[\w-]+` is required\./,
];

/** Collects each schema of a report with the texts of its query. */
function listReportTexts(node: unknown, found: Array<[type: string, names: string[]]>, type = '') {
	if (typeof node !== 'object' || node === null) return;
	const { properties } = node as { properties?: { type?: { const?: string } } };
	const own = properties?.type?.const ?? type;
	const { description } = node as { description?: unknown };
	const sentence = typeof description === 'string' ? description : '';
	if (own.startsWith('report/') && SENTENCES.some((pattern) => pattern.test(sentence))) {
		found.push([own, Array.from(sentence.matchAll(/`([\w-]+)`/g), ([, name]) => name)]);
	}
	for (const member of Object.values(node)) listReportTexts(member, found, own);
}

describeWithOpenApi('what Persona requires of a report in its texts alone', () => {
	const found: Array<[type: string, names: string[]]> = [];
	listReportTexts(loadOpenApi().components?.schemas, found);
	const variants = table.resources.find(({ value }) => value === 'report')?.operations.create
		.variants?.options;

	it('is found in the description', () => {
		expect(new Set(found.map(([type]) => type)).size).toBeGreaterThanOrEqual(6);
	});

	it.each(found)('is in the table with the same fields: %s %j', (type, names) => {
		const variant = Object.values(variants ?? {}).find(({ apiName }) => apiName === type);
		const required = variant?.requirements?.flatMap(({ oneOf = [] }) => oneOf.flat()) ?? [];
		expect([...new Set(required)].sort()).toEqual(names.map((name) => `query.${name}`).sort());
	});
});
