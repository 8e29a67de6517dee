import type { IDataObject, INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { isPlainObject } from '../../nodes/Persona/values/plainValues.ts';
import { toParameterName } from '../../nodes/Persona/fields/encodeValue.ts';
import { eventOptions } from '../../nodes/Persona/events/eventTypes.ts';
import { getIdPlaceholders, getVariantFields } from '../../nodes/Persona/engine/operationRules.ts';
import documentedOnly from '../../tools/docs/documentedOnly.json';
import { fixtures } from '../../sandbox/sandbox.mts';
import { waitUntil } from '../support/apiClient.mts';
import { runNode } from '../support/runNode.mts';
import { fillAllOperations, type FilledOperation } from '../support/completeParameters.mts';
import { sampleFiles } from '../support/sampleFiles.mts';
import { sign } from '../support/sign.mts';
import { createList, createListItem } from './listFixtures.mts';
import { API_KEY, RELATION_KEY, type ContractFixtures } from './contractFixtures.mts';

/** Values by the name of their parameter, at any depth; undefined omits it. */
type ParameterValues = Record<string, NodeParameterValueType | undefined>;

const completeActions = ['start_inquiry', 'complete_inquiry'];

/** The type of verification that a variant needs: `governmentIdNfc` is `government-id-nfc`. */
const getVerificationType = ({ verificationType: type }: INodeParameters) =>
	typeof type === 'string' && type !== 'any'
		? type.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
		: 'government-id';

/** Values of parameters by their names, for all rows; most create the object whose ID is needed. */
const valuesByParameter: Record<
	string,
	(objects: ContractFixtures, operation: FilledOperation) => unknown
> = {
	accountActionId: () => fixtures.accountAction,
	accountId: (objects) => objects.createAccount(),
	accountTypeId: () => fixtures.accountType,
	apiKeyId: (objects) => objects.createApiKey(),
	apiLogId: (objects) => createApiLog(objects),
	autoCreateAccountReferenceId: (objects) => objects.createReferenceId(),
	autoCreateAccountTypeId: () => fixtures.accountType,
	connectionId: (objects) => objects.createConnection(),
	batchJobId: (objects) => createBatchJob(objects),
	caseId: async (objects) =>
		objects.createCase([await objects.createInquiry(), await objects.createAccount()]),
	caseQueueId: () => fixtures.caseQueue,
	caseTemplateId: () => fixtures.caseTemplate,
	createdAtEnd: () => '2100-01-01T00:00:00Z',
	createdAtStart: () => '2020-01-01T00:00:00Z',
	creatorEmailAddress: () => fixtures.userEmail,
	deploymentId: () => fixtures.deployment,
	deviceId: async (objects) => (await objects.createSessionWithDevice()).deviceId,
	documentId: (objects, { parameters }) =>
		objects.createDocument(parameters.documentType === 'generic' ? 'document' : 'government-id'),
	eventId: (objects) => objects.fetchCreatedEventId(),
	file: (_, { parameters: { importType } }) =>
		String(importType) in sampleFiles ? String(importType) : 'people',
	graphQueryId: (objects) => createGraphQuery(objects),
	graphQueryTemplateId: () => fixtures.graphQueryTemplate,
	importerId: (objects) => createImporter(objects),
	inquiryId: (objects) => objects.createInquiry(completeActions),
	inquiryIds: async (objects) => [await objects.createInquiry(), await objects.createInquiry()],
	inquirySessionId: (objects) => objects.createSession(),
	inquiryTemplateId: () => fixtures.inquiryTemplate,
	inquiryTemplateVersionId: () => fixtures.inquiryTemplateVersion,
	// The description does not know what is in the documentation alone.
	enabledEvents: () =>
		eventOptions
			.map(({ value }) => String(value))
			.filter((name) => !documentedOnly.events.some((event) => event.name === name)),
	listId: (objects, { parameters }) => createList(objects, getListType(parameters)),
	listItemId: async (objects, { parameters }) =>
		(await createListItem(objects, getListType(parameters))).listItemId,
	// The example values of the conditions belong to different objects: any one of them may match.
	match: () => 'or',
	referenceId: (objects) => objects.createReferenceId(),
	objectId: (objects, operation) => createObject(objects, operation),
	objectIds: async (objects) => [await objects.createInquiry(), await objects.createAccount()],
	relationSchemaKey: () => RELATION_KEY,
	reportId: (objects) => objects.createReport(),
	reportTemplateId: (_, { row, parameters }) => {
		const sends = row.variants?.options[String(parameters[row.variants.name])].apiName;
		return fixtures.getReportTemplate((sends ?? 'report/watchlist').replace('report/', ''));
	},
	shareTokenId: (objects) => objects.findInboundShareToken(),
	simulateActionsDataVerificationTemplateId: () => fixtures.getVerificationTemplate('selfie'),
	simulateActionsType: () => [...completeActions, 'create_passed_verification', 'approve_inquiry'],
	rowsReferenceId: async (objects) => {
		const referenceId = objects.createReferenceId();
		await objects.createAccount(referenceId);
		return referenceId;
	},
	rowsToken: (objects, { parameters }) =>
		parameters.jobType === 'updateInquiries' ? objects.createInquiry() : objects.createAccount(),
	sourceId: (objects) => objects.createInquiry(),
	sourceAccountIds: async (objects) => [
		await objects.createAccount(),
		await objects.createAccount(),
	],
	styles: () => JSON.stringify(styles),
	tagId: ({ sandbox }) => sandbox.control.getOrCreateTagId('vip'),
	targetObjectId: (objects) => objects.createAccount(),
	templateId: () => fixtures.legacyTemplate,
	themeSetId: () => fixtures.themeSet,
	transactionId: (objects) => objects.createTransaction(),
	transactionTypeId: () => fixtures.transactionType,
	userEmailAddress: () => fixtures.userEmail,
	userAuditLogId: (objects) => objects.fetchNewestId('/user-audit-logs'),
	webhookId: (objects) => objects.createWebhook(),
	verificationId: (objects, { parameters }) =>
		objects.createVerification(getVerificationType(parameters)),
	workflowId: () => fixtures.workflow,
	workflowRunId: (objects) => startWorkflowRun(objects),
};

/** An object of the chosen type; `countryItem` is an item of a list of countries. */
const createObject = (objects: ContractFixtures, operation: FilledOperation) => {
	const kind = String(operation.parameters.objectType);
	const [, listType] = /^(.+)Item$/.exec(kind) ?? [];
	if (listType === undefined) return valuesByParameter[`${kind}Id`](objects, operation);
	return valuesByParameter.listItemId(objects, { ...operation, parameters: { listType } });
};

/** Values for one row alone, by its name. They create what the row works on. */
const valuesByRow: Record<string, (objects: ContractFixtures) => Promise<ParameterValues>> = {
	'account.createOrUpdate': async (objects) => {
		const referenceId = objects.createReferenceId();
		await objects.createAccount(referenceId);
		return { referenceId };
	},
	'account.previewErasure': (objects) => createPersonData(objects),
	'account.erase': async (objects) => {
		const { accountId } = await createPersonData(objects);
		const parameters = { resource: 'account', operation: 'previewErasure', accountId };
		const credentials = { apiKey: API_KEY, baseUrl: objects.sandbox.apiUrl };
		const { items } = await runNode({ parameters, credentials });
		return { accountId, confirmationCode: String(items[0].json.confirmationCode) };
	},
	'account.downloadFiles': async (objects) => ({
		accountId: await objects.createAccountWithFile(),
	}),
	'account.getAll': async (objects) => {
		const referenceId = objects.createReferenceId();
		await objects.createAccount(referenceId);
		return { referenceId };
	},
	'account.search': async (objects) => {
		await objects.createAccount();
		return {};
	},
	'account.getRelations': async (objects) => ({
		...(await createRelatedAccounts(objects)),
		key: RELATION_KEY,
	}),
	'account.removeRelation': (objects) => createRelatedAccounts(objects),
	'apiLog.getAll': async (objects) => {
		await runOperations(loggedOperations, objects);
		await objects.createWebhook();
		return {};
	},
	'apiKey.getAll': async (objects) => {
		await objects.createApiKey('Shop');
		return { name: 'Shop' };
	},
	'connection.getAll': async (objects) => {
		await objects.createConnection('org_Acme');
		return { destinationOrganizationId: 'org_Acme' };
	},
	'connection.reactivate': async (objects) => {
		const connectionId = await objects.createConnection();
		await objects.request('POST', `/connect/connections/${connectionId}/deactivate`);
		return { connectionId };
	},
	'case.getAll': async (objects) => {
		const referenceId = objects.createReferenceId();
		const [accountId, reportId] = [
			await objects.createAccount(referenceId),
			await objects.createReport(),
		];
		const inquiryId = await objects.createInquiry();
		await objects.createCase([accountId, inquiryId, reportId]);
		await runOperations(['case.create'], objects);
		return { accountId, inquiryId, referenceId, reportId, status: 'Open' };
	},
	'case.search': async (objects) => {
		await objects.createCase();
		await runOperations(['case.create'], objects);
		return {};
	},
	'account.addObjects': createAttachments,
	'account.removeObjects': createAttachments,
	'transaction.addObjects': createAttachments,
	'transaction.removeObjects': createAttachments,
	'case.removeObjects': async (objects) => {
		const objectIds = [await objects.createInquiry(), await objects.createAccount()];
		return { caseId: await objects.createCase(objectIds), objectIds };
	},
	'deployment.getAll': async () => ({
		environmentId: fixtures.environment,
		templateId: fixtures.inquiryTemplate,
	}),
	'device.getAll': (objects) => objects.createSessionWithDevice(),
	'event.getAll': async (objects) => {
		await createObjectsWithEvents(objects);
		const objectId = await objects.createInquiry();
		return { objectId, id: await objects.fetchCreatedEventId(objectId), name: 'inquiry.created' };
	},
	'event.verifyDelivery': async (objects) => {
		const webhookId = await objects.createWebhook();
		const { attributes } = await objects.request('GET', `/webhooks/${webhookId}`);
		const body = Buffer.from(sampleFiles.delivery.data, 'base64');
		const { secret } = attributes as { secret: string };
		objects.item = { headers: { 'persona-signature': sign(body, secret) } };
		return { webhookId, binaryField: 'delivery' };
	},
	'inquiry.downloadFiles': async (objects) => ({
		inquiryId: await objects.createInquiryWithFile(),
	}),
	'inquiry.expire': async (objects) => ({ inquiryId: await objects.createInquiry() }),
	'inquiry.generateOneTimeLink': async (objects) => ({ inquiryId: await objects.createInquiry() }),
	'inquirySession.create': async (objects) => ({ inquiryId: await objects.createInquiry() }),
	'inquiry.getAll': async (objects) => {
		const referenceId = objects.createReferenceId();
		const inquiryId = await objects.createInquiry([], referenceId);
		const accountId = await objects.fetchAccountId(`/inquiries/${inquiryId}`);
		// Persona takes the note only by itself, and an inquiry has one template.
		return { referenceId, inquiryId, accountId, note: undefined, templateId: undefined };
	},
	'inquiry.getMetrics': async (objects) => {
		await runOperations(['inquiry.approve', 'inquiry.decline'], objects);
		const inquiryId = await objects.createInquiry(completeActions);
		return { accountId: await objects.fetchAccountId(`/inquiries/${inquiryId}`) };
	},
	'inquiry.search': async (objects) => {
		await objects.createInquiry();
		return {};
	},
	'inquirySession.getAll': async (objects) => {
		await objects.createSession();
		return {};
	},
	'inquiry.resume': async (objects) => ({
		inquiryId: await objects.createInquiry(['start_inquiry']),
	}),
	'inquiry.simulate': async (objects) => ({ inquiryId: await objects.createInquiry() }),
	'shareToken.expire': async (objects) => ({
		shareTokenId: await objects.createOutboundShareToken(),
	}),
	'shareToken.getAll': async (objects) => {
		await objects.createOutboundShareToken();
		return { connectionId: fixtures.connection };
	},
	'shareToken.redeem': async (objects) => ({ destinationId: await objects.createInquiry() }),
	'importer.getAll': async (objects) => ({ importerId: await createImporter(objects) }),
	'list.get': (objects) => createListItem(objects),
	'list.getAll': (objects) => createListItem(objects),
	'listItem.checkValue': async (objects) => {
		const { listId, listItemId } = await createListItem(objects);
		Object.assign(objects.sandbox.control.find(listItemId)?.attributes ?? {}, { status: 'active' });
		return { listId, value: 'Jane Doe' };
	},
	'report.getAll': async (objects) => {
		const referenceId = objects.createReferenceId();
		await runOperations(['report.create'], objects);
		const report = await objects.createReport(referenceId);
		return { referenceId, accountId: await objects.fetchAccountId(`/reports/${report}`) };
	},
	'report.getMatches': async (objects) => ({
		reportId: await objects.createReport(undefined, 'screening'),
	}),
	'report.reviewMatches': async (objects) => {
		const reportId = await objects.createReport(undefined, 'screening');
		const { attributes } = await objects.request<{ attributes: IDataObject }>(
			'GET',
			`/reports/${reportId}`,
		);
		const [{ token }] = attributes['matched-records'] as IDataObject[];
		return { reportId, recordToken: String(token) };
	},
	'themeSet.archive': async (objects) => ({ themeSetId: await createThemeSet(objects) }),
	'themeSet.update': async (objects) => ({ themeSetId: await createThemeSet(objects) }),
	'workflow.run': async () => ({ fields: JSON.stringify(inputs) }),
	'workflowRun.getAll': async (objects) => {
		await startWorkflowRun(objects);
		return { status: 'in_progress, completed' };
	},
	'transaction.getAll': async (objects) => {
		const referenceId = objects.createReferenceId();
		await objects.createTransaction(undefined, referenceId);
		await runOperations(['transaction.create'], objects);
		return { referenceId, identifierKey: 'order_number', identifierValue: referenceId };
	},
	'webhookEvent.search': async (objects) => {
		await objects.createDelivery();
		return {};
	},
	'webhook.getAll': async (objects) => {
		await runOperations(['webhook.create'], objects);
		return {};
	},
	'transaction.removeRelation': async (objects) => {
		const targetObjectId = await objects.createAccount();
		return { transactionId: await objects.createTransaction(targetObjectId), targetObjectId };
	},
};

/** Parameters that an action of an inquiry needs, so that the panel cannot require them. */
const SIMULATED = /VerificationTemplateId$/;

/** Operations whose requests and responses are logged with members of many kinds. */
const loggedOperations = [
	...['apiKey.create', 'apiKey.update', 'apiKey.getAll', 'apiKey.clone', 'apiKey.expire'],
	...['connection.create', 'connection.getAll'],
	...['shareToken.create', 'shareToken.getAll', 'shareToken.redeem'],
];

const styles = { light: { inquiry: { 'primary-color': { unit: 'hex', value: '#3f51b5' } } } };

const inputs = { account_id: 'act_1' };

const getListType = ({ listType, importType }: INodeParameters) =>
	(listType ?? importType) as string | undefined;

async function createAttachments(objects: ContractFixtures) {
	return { objectIds: [await objects.createInquiry(), await objects.createReport()] };
}

async function createGraphQuery(objects: ContractFixtures) {
	const attributes = {
		'graph-query-template-id': fixtures.graphQueryTemplate,
		'parameter-map': { account_id: await objects.createAccount() },
	};
	const body = { data: { attributes }, meta: { 'run-sync': true } };
	return String((await objects.request('POST', '/graph-queries', body)).id);
}

/** A finished job, one row of which has failed. */
async function createBatchJob(objects: ContractFixtures) {
	const rows = [{ reference_id: 'nobody', name_first: 'Jane' }];
	const job = { operation: 'update', object: 'account', 'lookup-field': 'reference_id', rows };
	const body = { data: { attributes: job } };
	const id = String((await objects.request('POST', '/batch-jobs', body)).id);
	await waitUntil(() => objects.sandbox.control.find(id)?.attributes.status === 'completed');
	return id;
}

async function createImporter(objects: ContractFixtures) {
	const file = { data: Buffer.from('name_first\nJane\n').toString('base64'), filename: 'a.csv' };
	const body = { data: { attributes: { file } } };
	return String((await objects.request('POST', '/importer/accounts', body)).id);
}

async function createThemeSet(objects: ContractFixtures) {
	const body = { data: { attributes: { name: 'Acme Inc', styles } } };
	return String((await objects.request('POST', '/theme-sets', body)).id);
}

async function startWorkflowRun(objects: ContractFixtures) {
	const body = { data: { attributes: { fields: inputs } } };
	return String(
		(await objects.request('POST', `/workflows/${fixtures.workflow}/trigger`, body)).id,
	);
}

/** An account with an object of each kind that belongs to a person. */
async function createPersonData(objects: ContractFixtures) {
	const referenceId = objects.createReferenceId();
	const inquiryId = await objects.createInquiry(completeActions, referenceId);
	const accountId = await objects.fetchAccountId(`/inquiries/${inquiryId}`);
	await objects.createCase([accountId, inquiryId, await objects.createReport(referenceId)]);
	return { accountId };
}

async function createRelatedAccounts(objects: ContractFixtures) {
	const [accountId, targetObjectId] = [
		await objects.createAccount(),
		await objects.createAccount(),
	];
	await objects.request('POST', `/accounts/${accountId}/add-relation`, {
		meta: { 'relation-schema-key': RELATION_KEY, 'target-object-id': targetObjectId },
	});
	return { accountId, targetObjectId };
}

/** The log of a request of the node. */
async function createApiLog(objects: ContractFixtures) {
	await runOperations(['rateLimit.get'], objects);
	return await objects.fetchNewestId('/api-logs');
}

/** Objects whose events have payloads of many types. */
async function createObjectsWithEvents(objects: ContractFixtures) {
	await objects.createInquiry(completeActions);
	await objects.createReport();
	await createRelatedAccounts(objects);
	await createGraphQuery(objects);
	await startWorkflowRun(objects);
	await objects.createTransaction();
}

/** Runs all variants of these rows with every field, for what they create and for their logs. */
async function runOperations(rows: string[], objects: ContractFixtures) {
	const operations = fillAllOperations().filter(({ name }) => rows.includes(name.split(' ')[0]));
	for (const operation of operations.map(selectAllAttributes)) {
		const parameters = await prepareParameters(operation, objects);
		const credentials = { apiKey: API_KEY, baseUrl: objects.sandbox.apiUrl };
		const { error } = await runNode({ parameters, credentials, binary: [sampleFiles] });
		if (error) throw new Error(`${operation.name}: ${error.message}`);
	}
}

/** The parameters of an operation with IDs and values of objects that are created for it, and its item. */
export async function prepareParameters(
	operation: FilledOperation,
	objects: ContractFixtures,
): Promise<INodeParameters> {
	const [row] = operation.name.split(' ');
	objects.item = {};
	const own = (await valuesByRow[row]?.(objects)) ?? {};
	return await replaceValues(operation.parameters, async (name, value) => {
		if (name in own) return own[name];
		return name in valuesByParameter ? await valuesByParameter[name](objects, operation) : value;
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

/** An operation that returns its objects with all attributes. */
export function selectAllAttributes(operation: FilledOperation): FilledOperation {
	const { fieldsToReturn: _, ...options } = (operation.parameters.options ?? {}) as INodeParameters;
	return { ...operation, parameters: { ...operation.parameters, options } };
}

/** The parameters of an operation without all that can be left out. */
export function pickRequired({ name, row, parameters }: FilledOperation): INodeParameters {
	const { query, filter, data, attributes, meta, variants: kinds } = row;
	const variant = kinds?.options[String(parameters[kinds.name])];
	const own = { ...row.nodeFields, ...getVariantFields(variant) };
	const fields = Object.entries({ ...query, ...filter, ...data, ...attributes, ...own, ...meta });
	const needed = [
		'resource',
		'operation',
		kinds?.name,
		...getIdPlaceholders(row).map(toParameterName),
		...fields.filter(([, field]) => field.required).map(([field]) => toParameterName(field)),
		...[...(row.requirements ?? []), ...(variant?.requirements ?? [])]
			.filter(({ when }) => !when)
			.flatMap(({ oneOf = [], namedBy }) =>
				namedBy ? [String(parameters[toParameterName(namedBy)])] : oneOf.flat(),
			)
			.map(toParameterName),
	];
	const isRequired = (parameter: string) =>
		needed.includes(parameter) || (name === 'inquiry.simulate' && SIMULATED.test(parameter));
	return Object.fromEntries(
		Object.entries(parameters).filter(([parameter]) => isRequired(parameter)),
	);
}
