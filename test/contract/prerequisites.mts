import type { INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { isObject, parameterName } from '../../nodes/Persona/engine/values.ts';
import { idsOf } from '../../nodes/Persona/engine/itemContext.ts';
import { seeds } from '../../sandbox/sandbox.mts';
import { runNode } from '../support/engine.mts';
import type { Filling } from '../support/completeParameters.mts';
import { sampleFiles } from '../support/sampleFiles.mts';
import { newList, newListItem } from './lists.mts';
import { KEY, RELATION, type World } from './contractFixtures.mts';

/** Values by the name of their parameter, wherever that stands; undefined leaves it out. */
type Values = Record<string, NodeParameterValueType | undefined>;

const completed = ['start_inquiry', 'complete_inquiry'];

/** The kind of verification that a row wants: `governmentIdNfc` is `government-id-nfc`. */
const kindOf = ({ verificationType: type }: INodeParameters) =>
	typeof type === 'string' && type !== 'any'
		? type.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
		: 'government-id';

/** What a parameter of this name stands for in the sandbox, whichever row has it. */
const known: Record<string, (world: World, filling: Filling) => unknown> = {
	accountActionId: () => seeds.accountAction,
	accountId: (world) => world.account(),
	accountTypeId: () => seeds.accountType,
	apiKeyId: (world) => world.apiKey(),
	apiLogId: (world) => world.newest('/api-logs'),
	autoCreateAccountReferenceId: (world) => world.reference(),
	autoCreateAccountTypeId: () => seeds.accountType,
	connectionId: (world) => world.connection(),
	caseId: async (world) => world.case([await world.inquiry(), await world.account()]),
	caseQueueId: () => seeds.caseQueue,
	caseTemplateId: () => seeds.caseTemplate,
	createdAtEnd: () => '2100-01-01T00:00:00Z',
	createdAtStart: () => '2020-01-01T00:00:00Z',
	creatorEmailAddress: () => seeds.userEmail,
	deviceId: async (world) => (await world.visit()).deviceId,
	documentId: (world, { parameters }) =>
		world.document(parameters.documentType === 'generic' ? 'document' : 'government-id'),
	eventId: (world) => world.event(),
	file: (_, { parameters: { importType } }) =>
		String(importType) in sampleFiles ? String(importType) : 'people',
	graphQueryId: (world) => graphQuery(world),
	graphQueryTemplateId: () => seeds.graphQueryTemplate,
	importerId: (world) => importer(world),
	inquiryId: (world) => world.inquiry(completed),
	inquiryIds: async (world) => [await world.inquiry(), await world.inquiry()],
	inquirySessionId: (world) => world.session(),
	inquiryTemplateId: () => seeds.inquiryTemplate,
	inquiryTemplateVersionId: () => seeds.inquiryTemplateVersion,
	listId: (world, { parameters }) => newList(world, kindIn(parameters)),
	listItemId: async (world, { parameters }) =>
		(await newListItem(world, kindIn(parameters))).listItemId,
	// The filling compares each attribute with a value of another; one of them is met.
	match: () => 'or',
	referenceId: (world) => world.reference(),
	objectId: (world, filling) => anyObject(world, filling),
	objectIds: async (world) => [await world.inquiry(), await world.account()],
	relationSchemaKey: () => RELATION,
	reportId: (world) => world.report(),
	reportTemplateId: (_, { row, parameters }) => {
		const sends = row.kinds?.options[String(parameters[row.kinds.name])].sends;
		return seeds.reportTemplate((sends ?? 'report/watchlist').replace('report/', ''));
	},
	shareTokenId: (world) => world.receivedToken(),
	simulateActionsDataVerificationTemplateId: () => seeds.verificationTemplate('selfie'),
	simulateActionsType: () => [...completed, 'create_passed_verification', 'approve_inquiry'],
	sourceId: (world) => world.inquiry(),
	sourceAccountIds: async (world) => [await world.account(), await world.account()],
	styles: () => JSON.stringify(styles),
	tagId: ({ sandbox }) => sandbox.control.tagId('vip'),
	targetObjectId: (world) => world.account(),
	themeSetId: () => seeds.themeSet,
	transactionId: (world) => world.transaction(),
	transactionTypeId: () => seeds.transactionType,
	userEmailAddress: () => seeds.userEmail,
	userAuditLogId: (world) => world.newest('/user-audit-logs'),
	webhookId: (world) => world.webhook(),
	verificationId: (world, { parameters }) => world.verification(kindOf(parameters)),
	workflowId: () => seeds.workflow,
	workflowRunId: (world) => workflowRun(world),
};

/** An object of the kind that is asked for; `countryItem` is an item of a list of countries. */
const anyObject = (world: World, filling: Filling) => {
	const kind = String(filling.parameters.objectType);
	const [, listType] = /^(.+)Item$/.exec(kind) ?? [];
	if (listType === undefined) return known[`${kind}Id`](world, filling);
	return known.listItemId(world, { ...filling, parameters: { listType } });
};

/** Where that is not enough: what must be there before the row can do its work. */
const recipes: Record<string, (world: World) => Promise<Values>> = {
	'account.createOrUpdate': async (world) => {
		const referenceId = world.reference();
		await world.account(referenceId);
		return { referenceId };
	},
	'account.previewErasure': (world) => person(world),
	'account.erase': async (world) => {
		const { accountId } = await person(world);
		const parameters = { resource: 'account', operation: 'previewErasure', accountId };
		const credentials = { apiKey: KEY, baseUrl: world.sandbox.apiUrl };
		const { items } = await runNode({ parameters, credentials });
		return { accountId, confirmationCode: String(items[0].json.confirmationCode) };
	},
	'account.downloadFiles': async (world) => ({ accountId: await world.accountWithFile() }),
	'account.getAll': async (world) => {
		const referenceId = world.reference();
		await world.account(referenceId);
		return { referenceId };
	},
	'account.getRelations': async (world) => ({ ...(await related(world)), key: RELATION }),
	'account.removeRelation': (world) => related(world),
	'apiKey.getAll': async (world) => {
		await world.apiKey('Shop');
		return { name: 'Shop' };
	},
	'connection.getAll': async (world) => {
		await world.connection('org_Acme');
		return { destinationOrganizationId: 'org_Acme' };
	},
	'connection.reactivate': async (world) => {
		const connectionId = await world.connection();
		await world.ask('POST', `/connect/connections/${connectionId}/deactivate`);
		return { connectionId };
	},
	'case.getAll': async (world) => {
		const referenceId = world.reference();
		const [accountId, reportId] = [await world.account(referenceId), await world.report()];
		const inquiryId = await world.inquiry();
		await world.case([accountId, inquiryId, reportId]);
		return { accountId, inquiryId, referenceId, reportId, status: 'Open' };
	},
	'case.removeObjects': async (world) => {
		const objectIds = [await world.inquiry(), await world.account()];
		return { caseId: await world.case(objectIds), objectIds };
	},
	'device.getAll': (world) => world.visit(),
	'event.getAll': async (world) => {
		const objectId = await world.inquiry();
		return { objectId, id: await world.event(objectId), name: 'inquiry.created' };
	},
	'inquiry.downloadFiles': async (world) => ({ inquiryId: await world.inquiryWithFile() }),
	'inquiry.expire': async (world) => ({ inquiryId: await world.inquiry() }),
	'inquiry.getAll': async (world) => {
		const referenceId = world.reference();
		const inquiryId = await world.inquiry([], referenceId);
		const accountId = await world.accountOf(`/inquiries/${inquiryId}`);
		// Persona takes the note only by itself.
		return { referenceId, inquiryId, accountId, note: undefined };
	},
	'inquiry.getMetrics': async (world) => ({
		accountId: await world.accountOf(`/inquiries/${await world.inquiry(completed)}`),
	}),
	'inquiry.resume': async (world) => ({ inquiryId: await world.inquiry(['start_inquiry']) }),
	'inquiry.simulate': async (world) => ({ inquiryId: await world.inquiry() }),
	'shareToken.expire': async (world) => ({ shareTokenId: await world.givenToken() }),
	'shareToken.getAll': async () => ({ connectionId: seeds.connection }),
	'shareToken.redeem': async (world) => ({ destinationId: await world.inquiry() }),
	'importer.getAll': async (world) => ({ importerId: await importer(world) }),
	'list.get': (world) => newListItem(world),
	'list.getAll': (world) => newListItem(world),
	'listItem.checkValue': async (world) => {
		const { listId, listItemId } = await newListItem(world);
		Object.assign(world.sandbox.control.find(listItemId)?.attributes ?? {}, { status: 'active' });
		return { listId, value: 'Jane Doe' };
	},
	'report.getAll': async (world) => {
		const referenceId = world.reference();
		const report = await world.report(referenceId);
		return { referenceId, accountId: await world.accountOf(`/reports/${report}`) };
	},
	'themeSet.archive': async (world) => ({ themeSetId: await themeSet(world) }),
	'themeSet.update': async (world) => ({ themeSetId: await themeSet(world) }),
	'workflow.run': async () => ({ fields: JSON.stringify(inputs) }),
	'workflowRun.getAll': async (world) => {
		await workflowRun(world);
		return { status: 'in_progress, completed' };
	},
	'transaction.getAll': async (world) => {
		const referenceId = world.reference();
		await world.transaction(undefined, referenceId);
		return { referenceId, identifierKey: 'order_number', identifierValue: referenceId };
	},
	'transaction.removeRelation': async (world) => {
		const targetObjectId = await world.account();
		return { transactionId: await world.transaction(targetObjectId), targetObjectId };
	},
};

/** Parameters of which Persona requires any one, so that none is required in the panel. */
const anyOf: Array<[row: RegExp, parameter: RegExp]> = [
	[/Tags?$/, /^tagName$/],
	[/^report\.create/, /^query/],
	[/^inquiry\.simulate$/, /VerificationTemplateId$/],
];

const styles = { light: { inquiry: { 'primary-color': { unit: 'hex', value: '#3f51b5' } } } };

const inputs = { account_id: 'act_1' };

const kindIn = ({ listType, importType }: INodeParameters) =>
	(listType ?? importType) as string | undefined;

async function graphQuery(world: World) {
	const attributes = {
		'graph-query-template-id': seeds.graphQueryTemplate,
		'parameter-map': { account_id: await world.account() },
	};
	const body = { data: { attributes }, meta: { 'run-sync': true } };
	return String((await world.ask('POST', '/graph-queries', body)).id);
}

async function importer(world: World) {
	const file = { data: Buffer.from('name_first\nJane\n').toString('base64'), filename: 'a.csv' };
	const body = { data: { attributes: { file } } };
	return String((await world.ask('POST', '/importer/accounts', body)).id);
}

async function themeSet(world: World) {
	const body = { data: { attributes: { name: 'Acme Inc', styles } } };
	return String((await world.ask('POST', '/theme-sets', body)).id);
}

async function workflowRun(world: World) {
	const body = { data: { attributes: { fields: inputs } } };
	return String((await world.ask('POST', `/workflows/${seeds.workflow}/trigger`, body)).id);
}

/** Somebody of whom there is one of everything. */
async function person(world: World) {
	const referenceId = world.reference();
	const inquiryId = await world.inquiry(completed, referenceId);
	const accountId = await world.accountOf(`/inquiries/${inquiryId}`);
	await world.case([accountId, inquiryId, await world.report(referenceId)]);
	return { accountId };
}

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
	const own = { ...row.own, ...kinds?.options[String(parameters[kinds.name])].attributes };
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
