import type { INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { isPlainObject, toParameterName } from '../../nodes/Persona/engine/values.ts';
import { getPathIds } from '../../nodes/Persona/engine/itemContext.ts';
import { fixtures } from '../../sandbox/sandbox.mts';
import { runNode } from '../support/runNode.mts';
import type { FilledOperation } from '../support/completeParameters.mts';
import { sampleFiles } from '../support/sampleFiles.mts';
import { createList, createListItem } from './listFixtures.mts';
import { API_KEY, RELATION_KEY, type ContractFixtures } from './contractFixtures.mts';

/** Values by the name of their parameter, wherever that stands; undefined leaves it out. */
type ParameterValues = Record<string, NodeParameterValueType | undefined>;

const completeActions = ['start_inquiry', 'complete_inquiry'];

/** The kind of verification that a row wants: `governmentIdNfc` is `government-id-nfc`. */
const getVerificationType = ({ verificationType: type }: INodeParameters) =>
	typeof type === 'string' && type !== 'any'
		? type.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
		: 'government-id';

/** What a parameter of this name stands for in the sandbox, whichever row has it. */
const valuesByParameter: Record<
	string,
	(world: ContractFixtures, filling: FilledOperation) => unknown
> = {
	accountActionId: () => fixtures.accountAction,
	accountId: (world) => world.createAccount(),
	accountTypeId: () => fixtures.accountType,
	apiKeyId: (world) => world.createApiKey(),
	apiLogId: (world) => world.fetchNewestId('/api-logs'),
	autoCreateAccountReferenceId: (world) => world.createReferenceId(),
	autoCreateAccountTypeId: () => fixtures.accountType,
	connectionId: (world) => world.createConnection(),
	caseId: async (world) =>
		world.createCase([await world.createInquiry(), await world.createAccount()]),
	caseQueueId: () => fixtures.caseQueue,
	caseTemplateId: () => fixtures.caseTemplate,
	createdAtEnd: () => '2100-01-01T00:00:00Z',
	createdAtStart: () => '2020-01-01T00:00:00Z',
	creatorEmailAddress: () => fixtures.userEmail,
	deviceId: async (world) => (await world.createSessionWithDevice()).deviceId,
	documentId: (world, { parameters }) =>
		world.createDocument(parameters.documentType === 'generic' ? 'document' : 'government-id'),
	eventId: (world) => world.fetchCreatedEventId(),
	file: (_, { parameters: { importType } }) =>
		String(importType) in sampleFiles ? String(importType) : 'people',
	graphQueryId: (world) => createGraphQuery(world),
	graphQueryTemplateId: () => fixtures.graphQueryTemplate,
	importerId: (world) => createImporter(world),
	inquiryId: (world) => world.createInquiry(completeActions),
	inquiryIds: async (world) => [await world.createInquiry(), await world.createInquiry()],
	inquirySessionId: (world) => world.createSession(),
	inquiryTemplateId: () => fixtures.inquiryTemplate,
	inquiryTemplateVersionId: () => fixtures.inquiryTemplateVersion,
	listId: (world, { parameters }) => createList(world, getListType(parameters)),
	listItemId: async (world, { parameters }) =>
		(await createListItem(world, getListType(parameters))).listItemId,
	// The filling compares each attribute with a value of another; one of them is met.
	match: () => 'or',
	referenceId: (world) => world.createReferenceId(),
	objectId: (world, filling) => createObject(world, filling),
	objectIds: async (world) => [await world.createInquiry(), await world.createAccount()],
	relationSchemaKey: () => RELATION_KEY,
	reportId: (world) => world.createReport(),
	reportTemplateId: (_, { row, parameters }) => {
		const sends = row.variants?.options[String(parameters[row.variants.name])].apiName;
		return fixtures.getReportTemplate((sends ?? 'report/watchlist').replace('report/', ''));
	},
	shareTokenId: (world) => world.findInboundShareToken(),
	simulateActionsDataVerificationTemplateId: () => fixtures.getVerificationTemplate('selfie'),
	simulateActionsType: () => [...completeActions, 'create_passed_verification', 'approve_inquiry'],
	sourceId: (world) => world.createInquiry(),
	sourceAccountIds: async (world) => [await world.createAccount(), await world.createAccount()],
	styles: () => JSON.stringify(styles),
	tagId: ({ sandbox }) => sandbox.control.getOrCreateTagId('vip'),
	targetObjectId: (world) => world.createAccount(),
	themeSetId: () => fixtures.themeSet,
	transactionId: (world) => world.createTransaction(),
	transactionTypeId: () => fixtures.transactionType,
	userEmailAddress: () => fixtures.userEmail,
	userAuditLogId: (world) => world.fetchNewestId('/user-audit-logs'),
	webhookId: (world) => world.createWebhook(),
	verificationId: (world, { parameters }) =>
		world.createVerification(getVerificationType(parameters)),
	workflowId: () => fixtures.workflow,
	workflowRunId: (world) => startWorkflowRun(world),
};

/** An object of the kind that is asked for; `countryItem` is an item of a list of countries. */
const createObject = (world: ContractFixtures, filling: FilledOperation) => {
	const kind = String(filling.parameters.objectType);
	const [, listType] = /^(.+)Item$/.exec(kind) ?? [];
	if (listType === undefined) return valuesByParameter[`${kind}Id`](world, filling);
	return valuesByParameter.listItemId(world, { ...filling, parameters: { listType } });
};

/** Where that is not enough: what must be there before the row can do its work. */
const valuesByRow: Record<string, (world: ContractFixtures) => Promise<ParameterValues>> = {
	'account.createOrUpdate': async (world) => {
		const referenceId = world.createReferenceId();
		await world.createAccount(referenceId);
		return { referenceId };
	},
	'account.previewErasure': (world) => createPersonData(world),
	'account.erase': async (world) => {
		const { accountId } = await createPersonData(world);
		const parameters = { resource: 'account', operation: 'previewErasure', accountId };
		const credentials = { apiKey: API_KEY, baseUrl: world.sandbox.apiUrl };
		const { items } = await runNode({ parameters, credentials });
		return { accountId, confirmationCode: String(items[0].json.confirmationCode) };
	},
	'account.downloadFiles': async (world) => ({ accountId: await world.createAccountWithFile() }),
	'account.getAll': async (world) => {
		const referenceId = world.createReferenceId();
		await world.createAccount(referenceId);
		return { referenceId };
	},
	'account.getRelations': async (world) => ({
		...(await createRelatedAccounts(world)),
		key: RELATION_KEY,
	}),
	'account.removeRelation': (world) => createRelatedAccounts(world),
	'apiKey.getAll': async (world) => {
		await world.createApiKey('Shop');
		return { name: 'Shop' };
	},
	'connection.getAll': async (world) => {
		await world.createConnection('org_Acme');
		return { destinationOrganizationId: 'org_Acme' };
	},
	'connection.reactivate': async (world) => {
		const connectionId = await world.createConnection();
		await world.request('POST', `/connect/connections/${connectionId}/deactivate`);
		return { connectionId };
	},
	'case.getAll': async (world) => {
		const referenceId = world.createReferenceId();
		const [accountId, reportId] = [
			await world.createAccount(referenceId),
			await world.createReport(),
		];
		const inquiryId = await world.createInquiry();
		await world.createCase([accountId, inquiryId, reportId]);
		return { accountId, inquiryId, referenceId, reportId, status: 'Open' };
	},
	'case.removeObjects': async (world) => {
		const objectIds = [await world.createInquiry(), await world.createAccount()];
		return { caseId: await world.createCase(objectIds), objectIds };
	},
	'device.getAll': (world) => world.createSessionWithDevice(),
	'event.getAll': async (world) => {
		const objectId = await world.createInquiry();
		return { objectId, id: await world.fetchCreatedEventId(objectId), name: 'inquiry.created' };
	},
	'inquiry.downloadFiles': async (world) => ({ inquiryId: await world.createInquiryWithFile() }),
	'inquiry.expire': async (world) => ({ inquiryId: await world.createInquiry() }),
	'inquiry.getAll': async (world) => {
		const referenceId = world.createReferenceId();
		const inquiryId = await world.createInquiry([], referenceId);
		const accountId = await world.fetchAccountId(`/inquiries/${inquiryId}`);
		// Persona takes the note only by itself.
		return { referenceId, inquiryId, accountId, note: undefined };
	},
	'inquiry.getMetrics': async (world) => ({
		accountId: await world.fetchAccountId(
			`/inquiries/${await world.createInquiry(completeActions)}`,
		),
	}),
	'inquiry.resume': async (world) => ({ inquiryId: await world.createInquiry(['start_inquiry']) }),
	'inquiry.simulate': async (world) => ({ inquiryId: await world.createInquiry() }),
	'shareToken.expire': async (world) => ({ shareTokenId: await world.createOutboundShareToken() }),
	'shareToken.getAll': async () => ({ connectionId: fixtures.connection }),
	'shareToken.redeem': async (world) => ({ destinationId: await world.createInquiry() }),
	'importer.getAll': async (world) => ({ importerId: await createImporter(world) }),
	'list.get': (world) => createListItem(world),
	'list.getAll': (world) => createListItem(world),
	'listItem.checkValue': async (world) => {
		const { listId, listItemId } = await createListItem(world);
		Object.assign(world.sandbox.control.find(listItemId)?.attributes ?? {}, { status: 'active' });
		return { listId, value: 'Jane Doe' };
	},
	'report.getAll': async (world) => {
		const referenceId = world.createReferenceId();
		const report = await world.createReport(referenceId);
		return { referenceId, accountId: await world.fetchAccountId(`/reports/${report}`) };
	},
	'themeSet.archive': async (world) => ({ themeSetId: await createThemeSet(world) }),
	'themeSet.update': async (world) => ({ themeSetId: await createThemeSet(world) }),
	'workflow.run': async () => ({ fields: JSON.stringify(inputs) }),
	'workflowRun.getAll': async (world) => {
		await startWorkflowRun(world);
		return { status: 'in_progress, completed' };
	},
	'transaction.getAll': async (world) => {
		const referenceId = world.createReferenceId();
		await world.createTransaction(undefined, referenceId);
		return { referenceId, identifierKey: 'order_number', identifierValue: referenceId };
	},
	'transaction.removeRelation': async (world) => {
		const targetObjectId = await world.createAccount();
		return { transactionId: await world.createTransaction(targetObjectId), targetObjectId };
	},
};

/** Parameters of which Persona requires any one, so that none is required in the panel. */
const alternatives: Array<[row: RegExp, parameter: RegExp]> = [
	[/Tags?$/, /^tagName$/],
	[/^report\.create/, /^query/],
	[/^inquiry\.simulate$/, /VerificationTemplateId$/],
];

const styles = { light: { inquiry: { 'primary-color': { unit: 'hex', value: '#3f51b5' } } } };

const inputs = { account_id: 'act_1' };

const getListType = ({ listType, importType }: INodeParameters) =>
	(listType ?? importType) as string | undefined;

async function createGraphQuery(world: ContractFixtures) {
	const attributes = {
		'graph-query-template-id': fixtures.graphQueryTemplate,
		'parameter-map': { account_id: await world.createAccount() },
	};
	const body = { data: { attributes }, meta: { 'run-sync': true } };
	return String((await world.request('POST', '/graph-queries', body)).id);
}

async function createImporter(world: ContractFixtures) {
	const file = { data: Buffer.from('name_first\nJane\n').toString('base64'), filename: 'a.csv' };
	const body = { data: { attributes: { file } } };
	return String((await world.request('POST', '/importer/accounts', body)).id);
}

async function createThemeSet(world: ContractFixtures) {
	const body = { data: { attributes: { name: 'Acme Inc', styles } } };
	return String((await world.request('POST', '/theme-sets', body)).id);
}

async function startWorkflowRun(world: ContractFixtures) {
	const body = { data: { attributes: { fields: inputs } } };
	return String((await world.request('POST', `/workflows/${fixtures.workflow}/trigger`, body)).id);
}

/** Somebody of whom there is one of everything. */
async function createPersonData(world: ContractFixtures) {
	const referenceId = world.createReferenceId();
	const inquiryId = await world.createInquiry(completeActions, referenceId);
	const accountId = await world.fetchAccountId(`/inquiries/${inquiryId}`);
	await world.createCase([accountId, inquiryId, await world.createReport(referenceId)]);
	return { accountId };
}

async function createRelatedAccounts(world: ContractFixtures) {
	const [accountId, targetObjectId] = [await world.createAccount(), await world.createAccount()];
	await world.request('POST', `/accounts/${accountId}/add-relation`, {
		meta: { 'relation-schema-key': RELATION_KEY, 'target-object-id': targetObjectId },
	});
	return { accountId, targetObjectId };
}

/** A filling whose IDs and values fit objects of this world, which are made for it. */
export async function prepareParameters(
	filling: FilledOperation,
	world: ContractFixtures,
): Promise<INodeParameters> {
	const [row] = filling.name.split(' ');
	const own = (await valuesByRow[row]?.(world)) ?? {};
	return await replaceValues(filling.parameters, async (name, value) => {
		if (name in own) return own[name];
		return name in valuesByParameter ? await valuesByParameter[name](world, filling) : value;
	});
}

async function replaceValues(
	parameters: INodeParameters,
	replace: (name: string, value: unknown) => Promise<unknown>,
): Promise<INodeParameters> {
	const result: INodeParameters = {};
	for (const [name, value] of Object.entries(parameters)) {
		if (isPlainObject(value) && !('__rl' in value)) {
			result[name] = await replaceValues(value as INodeParameters, replace);
			continue;
		}
		const other = (await replace(name, value)) as NodeParameterValueType | undefined;
		if (other === undefined) continue;
		const located = isPlainObject(value) && !isPlainObject(other);
		result[name] = (located ? { ...value, value: other } : other) as NodeParameterValueType;
	}
	return result;
}

/** A filling without all that can be left out. */
export function pickRequired({ name, row, parameters }: FilledOperation): INodeParameters {
	const { query, filter, data, attributes, meta, variants: kinds } = row;
	const own = { ...row.nodeFields, ...kinds?.options[String(parameters[kinds.name])].attributes };
	const fields = Object.entries({ ...query, ...filter, ...data, ...attributes, ...own, ...meta });
	const needed = [
		'resource',
		'operation',
		kinds?.name,
		...getPathIds(row).map(toParameterName),
		...fields.filter(([, field]) => field.required).map(([field]) => toParameterName(field)),
	];
	const [label] = name.split(' ');
	const isRequired = (parameter: string) =>
		needed.includes(parameter) ||
		alternatives.some(([rows, names]) => rows.test(label) && names.test(parameter));
	return Object.fromEntries(
		Object.entries(parameters).filter(([parameter]) => isRequired(parameter)),
	);
}
