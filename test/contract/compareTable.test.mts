import { map, required, text, toggle } from '../../nodes/Persona/engine/fields.ts';
import type { Operation, Table } from '../../nodes/Persona/engine/types.ts';
import { search } from '../../nodes/Persona/resources/shared/search.ts';
import { table } from '../../nodes/Persona/resources/index.ts';
import { ids } from '../../nodes/Persona/resources/shared/pathIds.ts';
import absent from '../../tools/docs/unsupportedOperations.json';
import { coverageOf, coverageReport } from './coverage.mts';
import { ABSENT, descriptionPath, loadDescription, type Description } from './description.mts';
import { eventsOf, judge, judgeEvents } from './compareTable.mts';
import { publishedRoutes } from './openApiRoutes.mts';
import { reasons } from './allowedDifferences.mts';

const known = descriptionPath() !== undefined;

const create: Operation = {
	name: 'Create',
	action: 'Create an inquiry',
	route: 'POST /inquiries',
	attributes: {
		'inquiry-template-id': required(text('Inquiry Template', '')),
		fields: map('Fields', ''),
	},
	meta: { 'auto-create-account': toggle('Create Account', 'create one') },
	returns: 'item',
};

const getAll: Operation = {
	name: 'Get Many',
	action: 'Get many inquiries',
	route: 'GET /inquiries',
	filter: { status: text('Status', '') },
	returns: 'list',
};

const searching: Operation = {
	name: 'Search',
	action: 'Search inquiries',
	route: 'POST /inquiries/search',
	...search({ status: 'Status' }),
	returns: 'list',
};

const report: Operation = {
	name: 'Create',
	action: 'Create a report',
	route: 'POST /reports',
	kinds: {
		label: 'Type',
		name: 'reportType',
		options: {
			emailAddress: {
				name: 'Email Address',
				sends: 'report/email-address',
				attributes: { 'query.email-address': required(text('Email', '')) },
			},
		},
	},
	type: 'report',
	returns: 'item',
};

const listItem: Operation = {
	name: 'Create',
	action: 'Create a list item',
	route: 'POST /list-item/{kind}',
	kinds: {
		label: 'Type',
		name: 'itemType',
		options: {
			string: { name: 'String', sends: 'strings', attributes: { value: text('Value', '') } },
		},
	},
	type: 'list-item/string',
	returns: 'item',
};

const tableOf = (row: Operation, include?: string[]): Table => ({
	ids,
	resources: [{ name: 'Sample', value: 'sample', type: 'inquiry', include, operations: { row } }],
});

const rename = (row: Operation, from: string, to: string): Operation =>
	JSON.parse(JSON.stringify(row).replaceAll(`"${from}"`, `"${to}"`)) as Operation;

(known ? describe : describe.skip)(known ? 'judge' : `judge (${ABSENT})`, () => {
	let description: Description;

	beforeAll(() => {
		description = loadDescription();
	});

	it('finds nothing in the table that Persona does not publish', () => {
		expect(judge(table, description, reasons)).toEqual([]);
	});

	it.each(Object.keys(reasons))('needs every reason it has for %s', (name) => {
		for (const member of Object.keys(reasons[name])) {
			const { [member]: _, ...others } = reasons[name];
			const findings = judge(table, description, { ...reasons, [name]: others });
			expect(findings).toContainEqual(expect.stringContaining(`Persona requires '${member}'`));
		}
	});

	it.each<[string, Operation]>([
		['a create', create],
		['a list', getAll],
		['a search', searching],
		['kinds that differ by type', report],
		['kinds that differ by path', listItem],
	])('finds nothing in %s as Persona publishes it', (_, row) => {
		expect(judge(tableOf(row), description)).toEqual([]);
	});

	it.each<[string, Operation, string]>([
		['a route', { ...create, route: 'POST /inquirys' }, "no route 'POST /inquirys'"],
		['a verb', { ...create, route: 'PATCH /inquiries' }, "no route 'PATCH /inquiries'"],
		[
			'a placeholder',
			{ ...create, route: 'GET /inquiries/{id}' },
			"no route 'GET /inquiries/{id}'",
		],
		['an attribute', rename(create, 'fields', 'feilds'), "'data.attributes.feilds'"],
		['a meta key', rename(create, 'auto-create-account', 'auto-account'), "'meta.auto-account'"],
		['a filter', rename(getAll, 'status', 'state'), "filter 'state'"],
		['a query parameter', { ...getAll, query: { pages: text('Pages', '') } }, "parameter 'pages'"],
		[
			'a query parameter that the panel has by itself',
			{ ...getAll, query: { page: text('Page', '') } },
			"parameter 'page'",
		],
		['a search attribute', { ...searching, ...search({ statuses: '' }) }, "search for 'statuses'"],
		['a search without attributes', { ...searching, search: undefined }, "'search' attributes"],
		['an include', { ...create, include: ['acount'] }, "'acount' is no relationship"],
		[
			'an include of an include',
			{ ...create, include: ['inquiry-template.versions'] },
			"'inquiry-template.versions' is no relationship",
		],
		['a type', { ...create, type: 'inquirie' }, "not with 'inquirie'"],
		[
			'a kind that is a type',
			rename(report, 'report/email-address', 'report/mail'),
			"'report/mail'",
		],
		['a kind that is a path', rename(listItem, 'strings', 'texts'), "'POST /list-item/texts'"],
		['a field of a kind', rename(report, 'query.email-address', 'query.email'), 'query.email'],
		['a required field', { ...report, kinds: withoutFields(report) }, 'requires'],
		['a form', { ...create, meta: { 'auto-create-account': text('A', '') } }, 'takes boolean'],
		[
			'a day for a moment',
			{ ...getAll, filter: { 'created-at-start': { ...text('From', ''), form: 'date' } } },
			'takes a date-time',
		],
		['a list returned as an item', { ...getAll, returns: 'item' }, "answers with 'list'"],
		['a list said to have no pages', { ...getAll, unpaged: true }, "takes a 'page'"],
		['an answer said to be plain', { ...create, plain: true }, "takes 'include'"],
		['a selection where none is taken', { ...getAll, route: 'GET /rate-limits' }, "no 'fields'"],
		[
			'a body where none is taken',
			{ ...create, route: 'POST /inquiries/{inquiry-id}/expire' },
			"'data.attributes.fields' is not",
		],
		[
			'an option of an enumeration',
			{
				...getAll,
				route: 'GET /lists',
				filter: {
					status: { ...text('S', ''), type: 'options', options: [{ name: 'x', value: 'activ' }] },
				},
				type: 'list',
			},
			"'activ'",
		],
		[
			'an event among the options of a filter',
			{
				...getAll,
				route: 'GET /events',
				filter: {
					name: {
						...text('S', ''),
						type: 'options',
						options: [{ name: 'x', value: 'inquiry.complete' }],
					},
				},
				type: 'event',
			},
			"'inquiry.complete'",
		],
	])('names the fault when %s is wrong', (_, row, fault) => {
		const findings = judge(tableOf(row), description);
		expect(findings).toContainEqual(expect.stringContaining(fault));
		expect(findings).toContainEqual(expect.stringMatching(/^sample\.row/));
	});

	it('accepts an include that goes through another object', () => {
		const row = { ...create, include: ['inquiry-template.latest-published-version'] };
		expect(judge(tableOf(row), description)).toEqual([]);
	});

	it('names an event that Persona does not have, and one that is missing', () => {
		const [first, ...others] = eventsOf(description);
		expect(judgeEvents([first, ...others], description)).toEqual([]);
		expect(judgeEvents(['inquiry.complete', ...others], description)).toEqual([
			"'inquiry.complete' is no event of Persona",
			`event '${first}' is missing`,
		]);
	});
});

(known ? describe : describe.skip)(known ? 'coverage' : `coverage (${ABSENT})`, () => {
	it('is counted against every operation that Persona publishes', () => {
		const description = loadDescription();
		const coverage = coverageOf(table, description);
		console.log(coverageReport(coverage));
		const all = [...coverage.reached, ...coverage.open, ...absent.map(({ route }) => route)];
		expect(all.sort()).toEqual(publishedRoutes(description).sort());
	});

	it('counts every kind of a route with kinds', () => {
		const description = loadDescription();
		expect(coverageOf(tableOf(listItem), description).reached).toEqual(['POST /list-item/strings']);
	});
});

function withoutFields({ kinds }: Operation): Operation['kinds'] {
	if (!kinds) return undefined;
	const { emailAddress } = kinds.options;
	return { ...kinds, options: { emailAddress: { ...emailAddress, attributes: {} } } };
}
