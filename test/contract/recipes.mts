import type { INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { isObject, parameterName } from '../../nodes/Persona/engine/values.ts';
import { idsOf } from '../../nodes/Persona/engine/session.ts';
import { seeds } from '../../sandbox/sandbox.mts';
import type { Filling } from '../support/filling.mts';
import type { World } from './world.mts';

/** Values by the name of their parameter, wherever that stands; undefined leaves it out. */
type Values = Record<string, NodeParameterValueType | undefined>;

const completed = ['start_inquiry', 'complete_inquiry'];

const RELATION = 'business_owners';

/** What a parameter of this name stands for in the sandbox, whichever row has it. */
const known: Record<string, (world: World, filling: Filling) => unknown> = {
	accountActionId: () => seeds.accountAction,
	accountId: (world) => world.account(),
	accountTypeId: () => seeds.accountType,
	autoCreateAccountReferenceId: (world) => world.reference(),
	autoCreateAccountTypeId: () => seeds.accountType,
	createdAtEnd: () => '2100-01-01T00:00:00Z',
	createdAtStart: () => '2020-01-01T00:00:00Z',
	eventId: (world) => world.event(),
	inquiryId: (world) => world.inquiry(completed),
	inquiryIds: async (world) => [await world.inquiry(), await world.inquiry()],
	inquirySessionId: (world) => world.session(),
	inquiryTemplateId: () => seeds.inquiryTemplate,
	inquiryTemplateVersionId: () => seeds.inquiryTemplateVersion,
	// The filling compares each attribute with a value of another; one of them is met.
	match: () => 'or',
	referenceId: (world) => world.reference(),
	relationSchemaKey: () => RELATION,
	reportId: (world) => world.report(),
	reportTemplateId: (_, { row, parameters }) => {
		const sends = row.kinds?.options[String(parameters[row.kinds.name])].sends;
		return seeds.reportTemplate((sends ?? 'report/watchlist').replace('report/', ''));
	},
	simulateActionsDataVerificationTemplateId: () => seeds.selfieTemplate,
	simulateActionsType: () => [...completed, 'create_passed_verification', 'approve_inquiry'],
	sourceAccountIds: async (world) => [await world.account(), await world.account()],
	tagId: ({ sandbox }) => sandbox.control.tagId('vip'),
	targetObjectId: (world) => world.account(),
	themeSetId: () => seeds.themeSet,
};

/** Where that is not enough: what must be there before the row can do its work. */
const recipes: Record<string, (world: World) => Promise<Values>> = {
	'account.createOrUpdate': async (world) => {
		const referenceId = world.reference();
		await world.account(referenceId);
		return { referenceId };
	},
	'account.getAll': async (world) => {
		const referenceId = world.reference();
		await world.account(referenceId);
		return { referenceId };
	},
	'account.getRelations': async (world) => ({ ...(await related(world)), key: RELATION }),
	'account.removeRelation': (world) => related(world),
	'event.getAll': async (world) => {
		const objectId = await world.inquiry();
		return { objectId, id: await world.event(objectId), name: 'inquiry.created' };
	},
	'inquiry.expire': async (world) => ({ inquiryId: await world.inquiry() }),
	'inquiry.getAll': async (world) => {
		const referenceId = world.reference();
		const inquiryId = await world.inquiry([], referenceId);
		const accountId = await world.accountOf(`/inquiries/${inquiryId}`);
		// Persona takes the note only by itself.
		return { referenceId, inquiryId, accountId, note: undefined };
	},
	'inquiry.resume': async (world) => ({ inquiryId: await world.inquiry(['start_inquiry']) }),
	'inquiry.simulate': async (world) => ({ inquiryId: await world.inquiry() }),
	'report.getAll': async (world) => {
		const referenceId = world.reference();
		const report = await world.report(referenceId);
		return { referenceId, accountId: await world.accountOf(`/reports/${report}`) };
	},
};

/** Parameters of which Persona requires any one, so that none is required in the panel. */
const anyOf: Array<[row: RegExp, parameter: RegExp]> = [
	[/Tags?$/, /^tagName$/],
	[/^report\.create/, /^query/],
	[/^inquiry\.simulate$/, /VerificationTemplateId$/],
];

async function related(world: World) {
	const [accountId, targetObjectId] = [await world.account(), await world.account()];
	await world.ask('POST', `/accounts/${accountId}/add-relation`, {
		meta: { 'relation-schema-key': RELATION, 'target-object-id': targetObjectId },
	});
	return { accountId, targetObjectId };
}

/** A filling whose IDs and values fit objects of this world, which are made for it. */
export async function prepared(filling: Filling, world: World): Promise<INodeParameters> {
	const [row] = filling.name.split(' ');
	const own = (await recipes[row]?.(world)) ?? {};
	return await replaced(filling.parameters, async (name, value) => {
		if (name in own) return own[name];
		return name in known ? await known[name](world, filling) : value;
	});
}

async function replaced(
	parameters: INodeParameters,
	replace: (name: string, value: unknown) => Promise<unknown>,
): Promise<INodeParameters> {
	const result: INodeParameters = {};
	for (const [name, value] of Object.entries(parameters)) {
		if (isObject(value) && !('__rl' in value)) {
			result[name] = await replaced(value as INodeParameters, replace);
			continue;
		}
		const other = (await replace(name, value)) as NodeParameterValueType | undefined;
		if (other === undefined) continue;
		const located = isObject(value) && !isObject(other);
		result[name] = (located ? { ...value, value: other } : other) as NodeParameterValueType;
	}
	return result;
}

/** A filling without all that can be left out. */
export function essential({ name, row, parameters }: Filling): INodeParameters {
	const { query, filter, data, attributes, meta, kinds } = row;
	const own = kinds?.options[String(parameters[kinds.name])].attributes;
	const fields = Object.entries({ ...query, ...filter, ...data, ...attributes, ...own, ...meta });
	const needed = [
		'resource',
		'operation',
		kinds?.name,
		...idsOf(row).map(parameterName),
		...fields.filter(([, field]) => field.required).map(([field]) => parameterName(field)),
	];
	const [label] = name.split(' ');
	const counts = (parameter: string) =>
		needed.includes(parameter) ||
		anyOf.some(([rows, names]) => rows.test(label) && names.test(parameter));
	return Object.fromEntries(Object.entries(parameters).filter(([parameter]) => counts(parameter)));
}
