import type { INodeParameters } from 'n8n-workflow';
import { getVariantFields } from '../../nodes/Persona/engine/operationRules.ts';
import type { Variant } from '../../nodes/Persona/engine/types.ts';
import { table } from '../../nodes/Persona/resources/index.ts';
import { runNode } from '../support/runNode.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';

const upsert = { resource: 'account', operation: 'createOrUpdate' };

const report = { resource: 'report', operation: 'create', waitForResult: false };

describe('what Persona requires besides the required fields', () => {
	let recorder: RequestRecorder;

	beforeAll(async () => {
		recorder = await startRequestRecorder(() => ({
			body: { data: { type: 'thing', id: 'thg_1', attributes: {} } },
		}));
	});

	afterAll(async () => await recorder.stop());

	async function run(parameters: INodeParameters) {
		recorder.requests.length = 0;
		const { error } = await runNode({
			parameters,
			items: [{}],
			credentials: { baseUrl: recorder.baseUrl },
		});
		return {
			error: error && `${error.message}. ${error.description}`,
			requests: recorder.requests.length,
		};
	}

	const person =
		"Give at least a name or a search term. Fill in 'Search Term', 'First Name', 'Middle Name' or 'Last Name'.";

	const contact =
		"Give a phone number, an email address, or a name with city and subdivision. Fill in 'Phone Number', 'Email Address' or all of 'First Name', 'Last Name', 'Address City' and 'Address Subdivision'.";

	it.each<[what: string, parameters: INodeParameters, error: string]>([
		['a watchlist report', { ...report, reportType: 'watchlist' }, person],
		[
			'a watchlist report by birthdate alone',
			{ ...report, reportType: 'watchlist', queryBirthdate: '1994-04-12' },
			person,
		],
		['an adverse media report', { ...report, reportType: 'adverseMedia' }, person],
		['a report on politicians', { ...report, reportType: 'politicallyExposedPerson' }, person],
		['a social media report', { ...report, reportType: 'socialMedia' }, contact],
		[
			'a social media report with half a name',
			{ ...report, reportType: 'socialMedia', additionalFields: { queryNameFirst: 'Jane' } },
			contact,
		],
		[
			'a non-authoritative profile report',
			{ ...report, reportType: 'profileNonAuthoritative' },
			contact,
		],
		[
			'a profile report',
			{ ...report, reportType: 'profile', additionalFields: { queryCountryCode: 'US' } },
			"Give at least one thing to look for. Fill in 'First Name', 'Last Name', 'Birthdate', 'Social Security Number', 'Phone Number', 'Address Street 1', 'Address City' or 'Address Postal Code'.",
		],
		[
			'a synthetic report',
			{
				...{ ...report, reportType: 'synthetic', queryNameFirst: 'Jane', queryNameLast: 'Doe' },
				...{ queryBirthdate: '1994-04-12', queryAddressStreet1: '1 Main St' },
				...{ queryAddressCity: 'Boston', queryAddressSubdivision: 'Massachusetts' },
				...{ queryAddressPostalCode: '02108', queryAddressCountryCode: 'US' },
			},
			"Give a social security number or another number of the person. Fill in 'Social Security Number' or 'Identification Number'.",
		],
		[
			'a dismissal of an entity',
			{
				...{ resource: 'report', operation: 'dismiss', reportId: 'rep_1', reason: 'Other' },
				additionalFields: { entityId: 'ent_1' },
			},
			"'Dismiss Type' and 'Entity ID' belong together. Fill in 'Dismiss Type'.",
		],
		[
			'a tag',
			{ resource: 'inquiry', operation: 'changeTags', tagChange: 'add', inquiryId: 'inq_1' },
			"Give the name or the ID of a tag. Fill in 'Tag Name' or 'Tag ID'.",
		],
		[
			'a list of transactions by the key of an identifier',
			{
				...{ resource: 'transaction', operation: 'getAll' },
				filters: { identifierKey: 'order_number' },
			},
			"'Identifier Key' and 'Identifier Value' belong together. Fill in 'Identifier Value'.",
		],
		[
			'a webhook with related objects by event',
			{
				...{ resource: 'webhook', operation: 'update', webhookId: 'wbh_1' },
				updateFields: { includedAllowlistState: 'custom' },
			},
			"'By Event' in 'Include Related Objects' and 'Related Objects by Event' belong together. Fill in 'Related Objects by Event'.",
		],
		[
			'an account found by a reference ID that it does not have',
			{ ...upsert, fields: { plan: 'gold' } },
			"The field that 'Match By' names has no value. Fill in 'Reference ID', or change 'Match By'.",
		],
		[
			'an account found by an attribute that is blank',
			{ ...upsert, upsertBy: 'email_address', fields: { email_address: ' ', plan: 'gold' } },
			"The field that 'Match By' names has no value. Fill in 'Email Address', or change 'Match By'.",
		],
		[
			'an account found by a field of its type that is not given',
			{ ...upsert, referenceId: 'user-42', upsertBy: 'tax_number', fields: { plan: 'gold' } },
			"The field that 'Match By' names has no value. Add a value for 'tax_number' under 'Fields', or change 'Match By'.",
		],
		[
			'an account found by a name that every object has',
			{ ...upsert, referenceId: 'user-42', upsertBy: 'constructor' },
			"The field that 'Match By' names has no value. Add a value for 'constructor' under 'Fields', or change 'Match By'.",
		],
	])(
		'is asked for by the names of the panel, before a request: %s',
		async (_, parameters, error) => {
			expect(await run(parameters)).toEqual({ error, requests: 0 });
		},
	);

	it.each<[string, INodeParameters]>([
		['watchlist', { queryNameLast: 'Doe' }],
		['adverseMedia', { queryTerm: 'Jane Doe' }],
		['politicallyExposedPerson', { additionalFields: { queryNameMiddle: 'Marie' } }],
		['socialMedia', { queryEmailAddress: 'jane@example.com' }],
		[
			'profileNonAuthoritative',
			{
				additionalFields: {
					...{ queryNameFirst: 'Jane', queryNameLast: 'Doe' },
					...{ queryAddressCity: 'Boston', queryAddressSubdivision: 'Massachusetts' },
				},
			},
		],
		['profile', { queryNameLast: 'Doe' }],
	])('is met by one of the choices: %s', async (reportType, parameters) => {
		expect(await run({ ...report, reportType, ...parameters })).toEqual({
			error: undefined,
			requests: 1,
		});
	});

	it.each<[by: string, INodeParameters]>([
		['reference-id', { referenceId: 'user-42' }],
		['reference_id', { referenceId: 'user-42' }],
		['email-address', { additionalFields: { emailAddress: 'jane@example.com' } }],
		['email_address', { fields: { 'email-address': 'jane@example.com' } }],
		['tax_number', { fields: { 'tax-number': '12-3456789' } }],
		['tax-number', { fields: { tax_number: 0 } }],
	])('is met by the field that another one names: %s', async (upsertBy, parameters) => {
		expect(await run({ ...upsert, upsertBy, ...parameters })).toEqual({
			error: undefined,
			requests: 1,
		});
	});

	it('names fields of its own row', () => {
		const unknown = table.resources.flatMap(({ value, operations }) =>
			Object.entries(operations).flatMap(([operation, row]) => {
				const shared = { ...row.filter, ...row.query, ...row.data, ...row.attributes, ...row.meta };
				const variants: Array<Variant | undefined> = Object.values(
					row.variants?.options ?? { only: undefined },
				);
				return variants.flatMap((variant) =>
					[...(row.requirements ?? []), ...(variant?.requirements ?? [])]
						.flatMap(({ when, oneOf = [], namedBy }) =>
							[when?.field, namedBy, ...oneOf.flat()].filter((name) => name !== undefined),
						)
						.filter((name) => !(name in { ...shared, ...getVariantFields(variant) }))
						.map((name) => `${value}.${operation}: ${name}`),
				);
			}),
		);
		expect(unknown).toEqual([]);
	});
});
