import { readFileSync, writeFileSync } from 'node:fs';
import { map, required, text, toggle } from '../../nodes/Persona/fields/kinds.ts';
import type { Operation, OperationTable } from '../../nodes/Persona/engine/types.ts';
import { buildSearch } from '../../nodes/Persona/operations/search/buildSearch.ts';
import { table } from '../../nodes/Persona/resources/index.ts';
import { pathIds } from '../../nodes/Persona/resources/shared/pathIds.ts';
import { openApiPin } from '../../tools/openapi/openApiPin.cjs';
import absent from '../../tools/docs/unsupportedOperations.json';
import { measureCoverage, formatCoverage } from './measureCoverage.mts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';
import type { OpenApiDocument } from './openApiDocument.mts';
import { listEventNames, compareTable, compareEvents } from './compareTable.mts';
import { listRoutes } from './openApiRoutes.mts';
import { allowedDifferences } from './allowedDifferences.mts';

/** What the README and the reference of operations say. */
const COVERAGE_FILE = 'tools/docs/coverage.json';

/** Records counts that have changed, except in CI, and throws: README and reference have to follow. */
function expectRecorded(counts: object) {
	const text = `${JSON.stringify(counts, null, '\t')}\n`;
	if (readFileSync(COVERAGE_FILE, 'utf8') === text) return;
	if (!process.env.CI) writeFileSync(COVERAGE_FILE, text);
	throw new Error(
		`The number of operations has changed. It is in ${COVERAGE_FILE} now: run \`npm run build\`, and commit the file, README.md and docs/operations.md.`,
	);
}

const create: Operation = {
	name: 'Create',
	action: 'Create inquiry',
	description: 'An operation of the tests',
	route: 'POST /inquiries',
	attributes: {
		'inquiry-template-id': required(text('Inquiry Template', '')),
		fields: map('Fields', '', '{}'),
	},
	meta: { 'auto-create-account': toggle('Create Account', 'create one') },
};

const getAll: Operation = {
	name: 'Get Many',
	action: 'Get many inquiries',
	description: 'An operation of the tests',
	route: 'GET /inquiries',
	filter: { status: text('Status', '') },
	returns: 'list',
};

const inquiryAttributes = {
	status: 'Status',
	created_at: 'Created At',
	updated_at: 'Updated At',
	reference_id: 'Reference ID',
	inquiry_template_id: 'Inquiry Template ID',
};

const searching: Operation = {
	name: 'Search',
	action: 'Search inquiries',
	description: 'An operation of the tests',
	route: 'POST /inquiries/search',
	...buildSearch(inquiryAttributes, 'approved'),
	returns: 'list',
};

const report: Operation = {
	name: 'Create',
	action: 'Create report',
	description: 'An operation of the tests',
	route: 'POST /reports',
	variants: {
		label: 'Type',
		name: 'reportType',
		options: {
			emailAddress: {
				name: 'Email Address',
				apiName: 'report/email-address',
				attributes: { 'query.email-address': required(text('Email', '')) },
			},
		},
	},
	type: 'report',
};

const listItem: Operation = {
	name: 'Create',
	action: 'Create list item',
	description: 'An operation of the tests',
	route: 'POST /list-item/{variant}',
	variants: {
		label: 'Type',
		name: 'itemType',
		options: {
			string: { name: 'String', apiName: 'strings', attributes: { value: text('Value', '') } },
		},
	},
	type: 'list-item/string',
};

const buildTable = (row: Operation, include?: string[]): OperationTable => ({
	columnReaders: {},
	ids: pathIds,
	resources: [{ name: 'Sample', value: 'sample', type: 'inquiry', include, operations: { row } }],
});

const replaceKey = (row: Operation, from: string, to: string): Operation =>
	JSON.parse(JSON.stringify(row).replaceAll(`"${from}"`, `"${to}"`)) as Operation;

describeWithOpenApi('compareTable', () => {
	let description: OpenApiDocument;

	beforeAll(() => {
		description = loadOpenApi();
	});

	it('finds no difference between the table and what Persona publishes', () => {
		expect(compareTable(table, description, allowedDifferences)).toEqual([]);
	});

	it.each(Object.keys(allowedDifferences))(
		'needs every difference that is allowed for %s',
		(name) => {
			for (const member of Object.keys(allowedDifferences[name])) {
				const { [member]: _, ...others } = allowedDifferences[name];
				const findings = compareTable(table, description, {
					...allowedDifferences,
					[name]: others,
				});
				expect(findings).toContainEqual(expect.stringContaining(`Persona requires '${member}'`));
			}
		},
	);

	it.each<[string, Operation]>([
		['a create', create],
		['a list', getAll],
		['a search', searching],
		['variants that differ by type', report],
		['variants that differ by path', listItem],
	])('finds no difference in %s as Persona publishes it', (_, row) => {
		expect(compareTable(buildTable(row), description)).toEqual([]);
	});

	it.each<[string, Operation, string]>([
		['a route', { ...create, route: 'POST /inquirys' }, "no route 'POST /inquirys'"],
		['a verb', { ...create, route: 'PATCH /inquiries' }, "no route 'PATCH /inquiries'"],
		[
			'a placeholder',
			{ ...create, route: 'GET /inquiries/{id}' },
			"no route 'GET /inquiries/{id}'",
		],
		['an attribute', replaceKey(create, 'fields', 'feilds'), "'data.attributes.feilds'"],
		[
			'a meta key',
			replaceKey(create, 'auto-create-account', 'auto-account'),
			"'meta.auto-account'",
		],
		['a filter', replaceKey(getAll, 'status', 'state'), "filter 'state'"],
		['a query parameter', { ...getAll, query: { pages: text('Pages', '') } }, "parameter 'pages'"],
		[
			'a query parameter that the engine adds',
			{ ...getAll, query: { page: text('Page', '') } },
			"parameter 'page'",
		],
		[
			'a search attribute',
			{ ...searching, ...buildSearch({ statuses: '' }, 'approved') },
			"search for 'statuses'",
		],
		[
			'a search attribute that is missing',
			{ ...searching, ...buildSearch({ status: 'Status' }, 'approved') },
			"the search refuses 'created_at'",
		],
		[
			'the values of a search attribute',
			{ ...searching, ...buildSearch(inquiryAttributes, 'done', { values: { status: ['done'] } }) },
			"'status' is compared with pending, completed, approved, declined",
		],
		['a search without attributes', { ...searching, search: undefined }, "'search' attributes"],
		['an include', { ...create, include: ['acount'] }, "'acount' is no relationship"],
		[
			'an include of an include',
			{ ...create, include: ['inquiry-template.versions'] },
			"'inquiry-template.versions' is no relationship",
		],
		['a type', { ...create, type: 'inquirie' }, "not with 'inquirie'"],
		[
			'a variant that is a type',
			replaceKey(report, 'report/email-address', 'report/mail'),
			"'report/mail'",
		],
		[
			'a variant that is a path',
			replaceKey(listItem, 'strings', 'texts'),
			"'POST /list-item/texts'",
		],
		[
			'a field of a variant',
			replaceKey(report, 'query.email-address', 'query.email'),
			'query.email',
		],
		['a required field', { ...report, variants: removeVariantFields(report) }, 'requires'],
		['an encoding', { ...create, meta: { 'auto-create-account': text('A', '') } }, 'takes boolean'],
		[
			'a date for a time',
			{ ...getAll, filter: { 'created-at-start': { ...text('From', ''), encoding: 'date' } } },
			'takes a date-time',
		],
		['a list returned as one object', { ...getAll, returns: undefined }, "responds with 'list'"],
		['a list without pages, though it has some', { ...getAll, unpaged: true }, "takes a 'page'"],
		[
			'a response without a selection, though it has one',
			{ ...create, noIncludeAndFields: true },
			"takes 'include'",
		],
		['a selection that is not accepted', { ...getAll, route: 'GET /rate-limits' }, "no 'fields'"],
		[
			'a body that is not accepted',
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
	])('names the row and the difference if %s is wrong', (_, row, fault) => {
		const findings = compareTable(buildTable(row), description);
		expect(findings).toContainEqual(expect.stringContaining(fault));
		expect(findings).toContainEqual(expect.stringMatching(/^sample\.row/));
	});

	it('accepts an include that leads through another object', () => {
		const row = { ...create, include: ['inquiry-template.latest-published-version'] };
		expect(compareTable(buildTable(row), description)).toEqual([]);
	});

	it('names an unknown event and a missing one', () => {
		const [first, ...others] = listEventNames(description);
		expect(compareEvents([first, ...others], description)).toEqual([]);
		expect(compareEvents(['inquiry.complete', ...others], description)).toEqual([
			"'inquiry.complete' is no event of Persona",
			`event '${first}' is missing`,
		]);
	});
});

describeWithOpenApi('measureCoverage', () => {
	it('divides all operations that Persona publishes into reached, missing and left out', () => {
		const description = loadOpenApi();
		const coverage = measureCoverage(table, description);
		console.log(formatCoverage(coverage));
		const counts = {
			date: openApiPin.date,
			published: coverage.published,
			reached: coverage.reached.length,
		};
		expectRecorded(counts);
		const all = [...coverage.reached, ...coverage.missing, ...absent.map(({ route }) => route)];
		expect(all).toHaveLength(coverage.published);
		expect(all).toEqual(expect.arrayContaining(listRoutes(description)));
	});

	it('counts every variant of a route with variants', () => {
		const description = loadOpenApi();
		expect(measureCoverage(buildTable(listItem), description).reached).toEqual([
			'POST /list-item/strings',
		]);
	});
});

function removeVariantFields({ variants: kinds }: Operation): Operation['variants'] {
	if (!kinds) return undefined;
	const { emailAddress } = kinds.options;
	return { ...kinds, options: { emailAddress: { ...emailAddress, attributes: {} } } };
}
