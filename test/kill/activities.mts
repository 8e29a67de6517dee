import type { IDataObject } from 'n8n-workflow';
import { completeHostedFlow } from '../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../sandbox/sandbox.mts';
import { buildIdLocator, buildNode, selectCredential } from '../e2e/buildNode.mts';
import type { LoadEnvironment } from '../load/loadEnvironment.mts';
import { buildInquiry, send } from '../support/apiClient.mts';
import { FROM_CONTENT, LAST, type Activity, type Task } from './activity.mts';

/** How long Persona works on something that is waited for, as a name that says so to the sandbox. */
const SLOW_NAME = 'Waits 2';

const buildPersonaNode = (environment: LoadEnvironment, name: string, parameters: IDataObject) =>
	buildNode('n8n-nodes-persona.persona', name, parameters, {
		...selectCredential(environment),
		id: `${name} ${String(parameters.operation)}`,
	});

const numberItems = (key: string, size: number): IDataObject[] =>
	Array.from({ length: size }, (_, index) => ({ reference: `${key}-${index}` }));

const findObjects = (
	{ sandbox: { control } }: LoadEnvironment,
	collection: string,
	matches: (object: StoredObject) => boolean,
) => control.store.getCollection(collection).findAll(matches);

/** Counts how often each item's object exists. */
function countByItem(
	{ items }: Task,
	find: (reference: string) => StoredObject[],
): Record<string, number> {
	const references = items.map(({ reference }) => String(reference));
	return Object.fromEntries(
		references.map((reference) => [reference, find(reference).length] as const),
	);
}

/** Counts the requests that Persona has carried out for a job and not answered from an earlier one. */
export const countRequests = (
	{ sandbox: { control } }: LoadEnvironment,
	path: string,
	isForJob: (body: string) => boolean,
) =>
	control.requests.filter(
		(one) =>
			one.method === 'POST' &&
			one.path.endsWith(path) &&
			!one.isReplay &&
			isForJob(JSON.stringify(one.body ?? '')),
	).length;

/** Finds the inquiries that have this note. */
export const findInquiries = (environment: LoadEnvironment, note: string) =>
	findObjects(environment, 'inquiry', ({ attributes }) => attributes.note === note);

const findInquiriesOf = (environment: LoadEnvironment, { items }: Task) =>
	items.flatMap(({ reference }) => findInquiries(environment, String(reference)));

const findReports = (environment: LoadEnvironment, { items }: Task) =>
	items.flatMap(({ reference }) =>
		findObjects(environment, 'report', ({ attributes }) => attributes['name-first'] === reference),
	);

const findAccounts = (environment: LoadEnvironment, reference: string) =>
	findObjects(environment, 'account', ({ attributes }) => attributes['reference-id'] === reference);

const describeObjects = (objects: { id: string; status?: unknown }[]) =>
	objects.map(({ id, status }) => `${id} ${String(status)}`).sort();

const describeStored = (objects: StoredObject[]) =>
	describeObjects(objects.map(({ id, attributes: { status } }) => ({ id, status })));

const describeOutput = (output: IDataObject[]) =>
	describeObjects(output.map(({ id, status }) => ({ id: String(id), status })));

/** Creates inquiries of a batch of items. */
const creation: Activity = {
	name: 'create',
	maxSize: 40,
	paths: /\/inquiries$/,
	buildNodes: (environment) => [
		buildPersonaNode(environment, LAST, {
			resource: 'inquiry',
			operation: 'create',
			inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
			additionalFields: { note: '={{ $json.reference }}' },
			...FROM_CONTENT,
		}),
	],
	prepareItems: (_, key, size) => numberItems(key, size),
	countEffects: (environment, task) =>
		countByItem(task, (reference) => findInquiries(environment, reference)),
	describeReport: describeOutput,
	describeTruth: (environment, task) => describeStored(findInquiriesOf(environment, task)),
};

/** Creates reports and waits for their results. */
const results: Activity = {
	name: 'result',
	maxSize: 6,
	paths: /\/reports/,
	buildNodes: (environment) => [
		buildPersonaNode(environment, LAST, {
			resource: 'report',
			operation: 'create',
			reportType: 'template',
			reportTemplateId: fixtures.getReportTemplate('watchlist'),
			query: `={{ { "name-first": $json.reference, "name-last": "${SLOW_NAME}", birthdate: "1994-04-12" } }}`,
			...FROM_CONTENT,
		}),
	],
	prepareItems: (_, key, size) => numberItems(key, size),
	countEffects: (environment, task) =>
		countByItem(task, (reference) => findReports(environment, { ...task, items: [{ reference }] })),
	describeReport: describeOutput,
	describeTruth: (environment, task) => describeStored(findReports(environment, task)),
};

/** Writes accounts with one batch job and waits for it. */
const batchJob: Activity = {
	name: 'batch job',
	maxSize: 200,
	paths: /\/batch-jobs/,
	buildNodes: (environment) => [
		buildPersonaNode(environment, LAST, {
			resource: 'batchJob',
			operation: 'create',
			jobType: 'upsertAccounts',
			rowsReferenceId: '={{ $json.reference }}',
			accountTypeId: fixtures.accountType,
			rowsFieldsMode: 'json',
			rowsFields: `={{ { name_first: "${SLOW_NAME}" } }}`,
			...FROM_CONTENT,
		}),
	],
	prepareItems: (_, key, size) => numberItems(key, size),
	countEffects: (environment, task) => ({
		...countByItem(task, (reference) => findAccounts(environment, reference)),
		job: countRequests(environment, '/batch-jobs', (body) => body.includes(`${task.key}-0"`)),
	}),
	describeReport: (output) =>
		output.map(({ status, runData }) => [status, Object(runData).createdCount]),
	describeTruth: (_, { items }) => [['completed', items.length]],
};

const decodeFile = (body: string) =>
	Buffer.from(/"data":"([^"]+)"/.exec(body)?.[1] ?? '', 'base64').toString();

/** Imports accounts from a file and waits for the counts. */
const fileImport: Activity = {
	name: 'import',
	maxSize: 100,
	paths: /\/importers?/,
	buildNodes: (environment) => [
		buildNode(
			'n8n-nodes-base.set',
			'Columns',
			{ mode: 'raw', jsonOutput: '={{ ({ reference_id: $json.reference, name_first: "Jane" }) }}' },
			{ typeVersion: 3.4 },
		),
		buildNode('n8n-nodes-base.convertToFile', 'File', {}, { typeVersion: 1.1 }),
		buildPersonaNode(environment, LAST, {
			resource: 'importer',
			operation: 'import',
			importType: 'account',
			file: 'data',
			...FROM_CONTENT,
		}),
	],
	prepareItems: (_, key, size) => numberItems(key, size),
	countEffects: (environment, task) => ({
		...countByItem(task, (reference) => findAccounts(environment, reference)),
		import: countRequests(environment, '/importer/accounts', (body) =>
			decodeFile(body).includes(`${task.key}-0,`),
		),
	}),
	describeReport: (output) =>
		output.map(({ status, successfulCount }) => [status, successfulCount]),
	describeTruth: (_, { items }) => [['ready', items.length]],
};

/** The objects of a person that an erasure redacts. */
const findSubject = (environment: LoadEnvironment, { items }: Task) =>
	(items[0].objects as string[]).map((id) => environment.sandbox.control.find(id) as StoredObject);

/** Erases a person with several inquiries. */
const erasure: Activity = {
	name: 'erase',
	maxSize: 3,
	paths: /\/accounts\/act_|\/inquiries\/inq_|\/verifications/,
	buildNodes: (environment) => [
		buildPersonaNode(environment, 'Preview', {
			resource: 'account',
			operation: 'previewErasure',
			accountId: buildIdLocator('={{ $json.accountId }}'),
		}),
		buildPersonaNode(environment, LAST, {
			resource: 'account',
			operation: 'erase',
			accountId: buildIdLocator('={{ $json.accountId }}'),
			confirmationCode: '={{ $json.confirmationCode }}',
		}),
	],
	async prepareItems({ sandbox }, key, size) {
		const { store } = sandbox.control;
		const meta = {
			'auto-create-account-reference-id': key,
			'auto-create-one-time-link': true,
		};
		const objects: StoredObject[] = [];
		for (let count = 0; count < size; count++) {
			const fields = { 'name-first': 'Jane', 'name-last': key, birthdate: '1994-04-12' };
			const created = await send(sandbox, 'POST', '/inquiries', buildInquiry(fields, {}, meta));
			await completeHostedFlow(created.meta['one-time-link']);
			const inquiry = sandbox.control.find(created.data.id) as StoredObject;
			const verifications = store.getRelated(inquiry, 'verifications');
			objects.push(inquiry, ...verifications, ...store.getRelated(inquiry, 'account'));
		}
		const ids = [...new Set(objects.map(({ id }) => id))];
		const accountId = ids.find((id) => id.startsWith('act_'));
		return [{ accountId, objects: ids }];
	},
	countEffects: (environment, task) => {
		const { requests } = environment.sandbox.control;
		return Object.fromEntries(
			findSubject(environment, task).map(({ id, attributes }) => {
				const sent = requests.filter(
					({ method, path, decidedStatus = 500 }) =>
						method === 'DELETE' && path.endsWith(`/${id}`) && decidedStatus < 400,
				);
				// What belongs to another object may be redacted with it, without a request. Persona refuses
				// to redact an object again, which changes nothing.
				return [id, attributes['redacted-at'] ? Math.max(1, sent.length) : sent.length];
			}),
		);
	},
	describeReport: (output) => output.map(({ complete, count }) => [complete, count]),
	describeTruth: (environment, task) => [[true, findSubject(environment, task).length]],
};

/** Sends people to Persona, waits until they are back, and approves them. */
export const persons: Activity = {
	name: 'person',
	maxSize: 2,
	paths: /\/inquiries\/inq_/,
	buildNodes: (environment) => {
		const inquiryId = buildIdLocator('={{ $json.id }}');
		return [
			buildPersonaNode(environment, 'Create', {
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
				additionalFields: { note: '={{ $json.reference }}' },
				...FROM_CONTENT,
			}),
			buildPersonaNode(environment, 'Wait', {
				resource: 'inquiry',
				operation: 'waitForPerson',
				inquiryId,
			}),
			buildPersonaNode(environment, LAST, {
				resource: 'inquiry',
				operation: 'approve',
				inquiryId,
				...FROM_CONTENT,
			}),
		];
	},
	prepareItems: (_, key, size) => numberItems(key, size),
	countEffects: (environment, task) => {
		const approvals = Object.fromEntries(
			findInquiriesOf(environment, task).map(({ id, attributes }) => [
				`approval of ${String(attributes.note)}`,
				findObjects(environment, 'event', (event) => {
					const { name, payload } = event.attributes;
					return name === 'inquiry.approved' && Object(payload).data.id === id;
				}).length,
			]),
		);
		return {
			...countByItem(task, (reference) => findInquiries(environment, reference)),
			...approvals,
		};
	},
	describeReport: describeOutput,
	describeTruth: (environment, task) => describeStored(findInquiriesOf(environment, task)),
};

/** Everything that n8n is doing at the same time because somebody asked it to. */
export const activities: Activity[] = [creation, results, persons, batchJob, fileImport, erasure];
