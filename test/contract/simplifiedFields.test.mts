import { getObjectType } from '../../nodes/Persona/engine/operationRules.ts';
import type { Operation } from '../../nodes/Persona/engine/types.ts';
import { SHOWN_FIELDS } from '../../nodes/Persona/methods/formatNames.ts';
import { table } from '../../nodes/Persona/resources/index.ts';
import { toCamelCase, toIdName, toIdsName } from '../../nodes/Persona/transport/flatten.ts';
import {
	findSimplifiedFields,
	SIMPLIFIED_FIELDS,
} from '../../nodes/Persona/transport/simplifiedFields.ts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';
import type { OpenApiDocument } from './openApiDocument.mts';
import { findOperation, getSuccessResponse } from './openApiRoutes.mts';
import { expandShapes, findShapesAt, type SchemaShape } from './schemaShapes.mts';

/** What tells who or where a person is, or is the customer's own and may do so. In camelCase. */
const PERSONAL = [
	/^(first|last|middle|full|native)?name(first|last|middle|full|suffix|business)/i,
	/^name$/i,
	/birth|^age$|gender|^sex$|race|height|nationality|citizenship/i,
	/address|street|^city|postal|subdivision|country|latitude|longitude|geo|region/i,
	/email(address|s)?$|phone(number|s)?$|(user|ip|mac)(agent|address)|^ip/i,
	/identification|idnumber|documentnumber|licensenumber|socialsecurity|^(ein|tin|ssn|cpf)$/i,
	/device|browser|fingerprint|photo|video|selfie|image|^files|originals|nativename/i,
	/^fields$|payload|params|note|comment$|message$|metadata|signals|behaviors|query|context|row$/i,
	/sourcedata|matchedrecords|result$|term$|headers/i,
];

/** Words among them that are no personal data where they stand. */
const ALLOWED: Record<string, string> = {
	'account-type.name': 'of a type of accounts',
	'api-key.name': 'of a key',
	'batch-job-row-error.errorMessage': "Persona's reason",
	'case-queue.name': 'of a queue',
	'case-template.name': 'of a template',
	'event.name': 'of what happened',
	'inquiry-template.name': 'of a template',
	'list.name': 'of a list',
	'report/business-lookup.matchStatusAddress': 'says only whether it is the same',
	'report-template.name': 'of a template',
	'template.name': 'of a template',
	'theme-set.name': 'of a theme',
	'transaction-type.name': 'of a type of transactions',
	'webhook.name': 'of a webhook',
	'workflow.name': 'of a workflow',
};

/** Persona publishes no type for these, or not all their members. */
const UNDESCRIBED = ['deployment', 'selfie'];

/** A type of object that Persona returns, with its shapes. */
type DescribedTypes = Map<string, SchemaShape[]>;

const hasObjects = ({ returns, ownOutput, flatten }: Operation) =>
	!returns?.startsWith('file') && !ownOutput && !flatten;

/** The types of all objects that the operations return or include. */
function listReturnedTypes(description: OpenApiDocument): DescribedTypes {
	const types: DescribedTypes = new Map();
	const add = (shape: SchemaShape, fallback?: string) => {
		const declared = shape.members.type ? expandShapes(description, shape.members.type) : [];
		const names = declared.flatMap(({ values = [] }) => values.map(String));
		for (const name of names.length > 0 ? names : [fallback ?? []].flat()) {
			types.set(name, [...(types.get(name) ?? []), shape]);
		}
	};
	const addAll = (shapes: SchemaShape[], fallback?: string) => {
		for (const shape of shapes) {
			const entries = shape.items ? expandShapes(description, shape.items) : [shape];
			for (const entry of entries) add(entry, fallback);
		}
	};
	for (const resource of table.resources) {
		for (const row of Object.values(resource.operations).filter(hasObjects)) {
			for (const variant of Object.values(row.variants?.options ?? { only: undefined })) {
				const route = row.route.replace('{variant}', String(variant?.apiName));
				const operation = findOperation(description, route);
				if (!operation) continue;
				const { shapes } = getSuccessResponse(description, operation);
				addAll(findShapesAt(description, shapes, ['data']), getObjectType(resource, row));
				addAll(findShapesAt(description, shapes, ['included']));
			}
		}
	}
	return types;
}

/** The shapes of all types that an entry is for. */
const findShapesOf = (types: DescribedTypes, entry: string) =>
	[...types].flatMap(([type, shapes]) =>
		type === entry || type.startsWith(`${entry}/`) ? shapes : [],
	);

/** Whether an object of one of these shapes has a field in its flat form. */
function hasField(description: OpenApiDocument, shapes: SchemaShape[], path: string): boolean {
	const [name, ...rest] = path.split('.');
	const find = (member: string) => findShapesAt(description, shapes, [member]);
	const attributes = [...shapes, ...find('attributes')];
	const found = attributes.flatMap(({ members }) =>
		Object.entries(members).flatMap(([member, schema]) =>
			toCamelCase(member) === name ? expandShapes(description, schema) : [],
		),
	);
	if (rest.length > 0) {
		const inner = found.flatMap((shape) =>
			shape.items ? expandShapes(description, shape.items) : [shape],
		);
		return inner.length > 0 && hasField(description, inner, rest.join('.'));
	}
	const relationships = find('relationships').flatMap(({ members }) => Object.keys(members));
	return (
		found.length > 0 ||
		relationships.some((member) => [toIdName(member), toIdsName(member)].includes(name))
	);
}

describeWithOpenApi('the fields of the simplified output', () => {
	const description = loadOpenApi();
	const types = listReturnedTypes(description);

	it('are listed for every type of object that an operation returns or includes', () => {
		expect(types.size).toBeGreaterThan(100);
		expect([...types.keys()].filter((type) => !findSimplifiedFields(type))).toEqual([]);
	});

	it("exist in Persona's description of the type", () => {
		const missing = [...SIMPLIFIED_FIELDS]
			.filter(([entry]) => !UNDESCRIBED.includes(entry))
			.flatMap(([entry, names]) => {
				const shapes = findShapesOf(types, entry);
				return names
					.filter((name) => !['id', 'type'].includes(name))
					.filter((name) => !hasField(description, shapes, name))
					.map((name) => `${entry}.${name}`);
			});
		expect(missing).toEqual([]);
	});

	it("are there, too, where the lists of the editor ask for an object's attributes", () => {
		const missing = Object.entries(SHOWN_FIELDS).flatMap(([type, list]) =>
			list
				.split(',')
				.map((path) => toCamelCase(path.split('.')[0]))
				.filter((name) => !hasField(description, findShapesOf(types, type), name))
				.map((name) => `${type}.${name}`),
		);
		expect(missing).toEqual([]);
	});

	it('tell what the object is, each once', () => {
		for (const [entry, names] of SIMPLIFIED_FIELDS) {
			expect([entry, names]).toEqual([entry, [...new Set(names)]]);
			expect(names).toContain('type');
			if (entry !== 'rate-limit') expect(names).toContain('id');
		}
	});

	it('are at most ten, as n8n asks', () => {
		const counts = [...SIMPLIFIED_FIELDS].map(([entry, names]): [string, number] => [
			entry,
			new Set(names.map((name) => name.split('.')[0])).size,
		]);
		expect(counts.filter(([, count]) => count > 10)).toEqual([]);
	});

	it('begin with how the object stands and which it is', () => {
		for (const [entry, names] of SIMPLIFIED_FIELDS) {
			const isKnown = entry === 'rate-limit' || names.indexOf('id') < names.indexOf('type');
			expect([entry, isKnown]).toEqual([entry, true]);
		}
	});

	it('have no personal data', () => {
		const personal = [...SIMPLIFIED_FIELDS].flatMap(([entry, names]) =>
			names
				.filter((name) => !name.startsWith('checks.'))
				.filter((name) => name.split('.').some((part) => PERSONAL.some((word) => word.test(part))))
				.map((name) => `${entry}.${name}`),
		);
		expect(personal.sort()).toEqual(Object.keys(ALLOWED).sort());
	});
});
