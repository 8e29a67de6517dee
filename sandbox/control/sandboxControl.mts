import { changeBatchJob, type BatchJobChange } from '../domain/batchJobs/batchJob.mts';
import { seedPartnerOrganization } from '../domain/connect/sharing.mts';
import { seedApiKeys } from '../domain/organization/apiKey.mts';
import { recordUserAction } from '../domain/organization/auditLog.mts';
import { seedDashboardObjects } from '../domain/seeding/seedDashboardObjects.mts';
import { seedInquiries, type SeedInquiriesOptions } from '../domain/seeding/seedInquiries.mts';
import { seedTemplates } from '../domain/seeding/seedTemplates.mts';
import type { FaultOptions } from '../state/faultQueue.mts';
import type { HttpsStep } from '../state/httpsStep.mts';
import { createId } from '../state/ids.mts';
import type { JsonObject } from '../state/json.mts';
import type { QuotaProduct } from '../state/limits.mts';
import type { FileRequestLogEntry, RequestLogEntry } from '../state/logEntries.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { ListItemsShown, RateLimit } from '../state/settings.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { getActiveSecrets, rotateSecret } from '../webhooks/secrets.mts';
import type { DeliveryLogEntry, WebhookDispatcher } from '../webhooks/webhookDispatcher.mts';

/** Inspects and controls a sandbox: logs, objects, faults, events, deliveries. */
export class SandboxControl {
	constructor(
		private state: SandboxState,
		private dispatcher: WebhookDispatcher,
	) {}

	/** Every request to the API, oldest first. */
	get requests(): RequestLogEntry[] {
		return this.state.requests;
	}

	/** Every attempt to deliver an event, oldest first. */
	get deliveries(): DeliveryLogEntry[] {
		return this.dispatcher.log;
	}

	/** Every request to the file host, oldest first. */
	get fileRequests(): FileRequestLogEntry[] {
		return this.state.fileRequests;
	}

	/** All objects; may be added to. */
	get store() {
		return this.state.store;
	}

	/** Makes a later request fail. */
	addFault(fault: FaultOptions) {
		this.state.faults.add(fault);
	}

	/** Removes the faults that were not injected yet. */
	clearFaults() {
		this.state.faults.clear();
	}

	/** During an outage, every connection except those to `/sandbox` is cut. */
	setOutage(isOn: boolean) {
		this.state.isOutage = isOn;
	}

	/** Sets a rate limit with a new window in which `used` requests already count. */
	setRateLimit(limit: RateLimit, used = 0) {
		this.state.limits.setRateLimit(limit, used);
	}

	/** Gives a key a limit of its own, with a new window in which `used` requests already count. */
	setKeyRateLimit(apiKey: string, limit: RateLimit, used = 0) {
		this.state.limits.setKeyRateLimit(apiKey, limit, used);
	}

	/** Sets the quota of a product, with a new window in which `used` requests already count. */
	setQuota(product: QuotaProduct, limit: RateLimit, used = 0) {
		this.state.limits.setQuota(product, limit, used);
	}

	/** Sets what lists show of their items, until the next reset. */
	setListItems(shown: ListItemsShown) {
		this.state.listItems = shown;
	}

	/** The secrets of a webhook that are valid now, newest first. */
	getSecrets(webhookId: string): string[] {
		return getActiveSecrets(this.state, this.getWebhook(webhookId));
	}

	/** The ID of a tag, which is created if needed. */
	getOrCreateTagId(name: string): string {
		const id = this.state.tagIds.get(name) ?? createId('tag');
		this.state.tagIds.set(name, id);
		return id;
	}

	/** Gives a webhook a new secret and returns it; the old ones stay valid for a while. */
	rotateSecret(webhookId: string, expiresInSeconds?: number): string {
		const webhook = this.getWebhook(webhookId);
		rotateSecret(this.state, webhook, expiresInSeconds);
		return this.getSecrets(webhookId)[0];
	}

	/** Expires an API key now, as its owner can in the dashboard. */
	revokeApiKey(apiKey: string) {
		const key = this.find(this.state.apiKeyIds.get(apiKey) ?? '');
		if (!key) throw new Error('There is no such API key');
		key.attributes['expires-at'] = new Date().toISOString();
	}

	/** Emits an event about an object, which is stored first if it is new. Returns the event's ID. */
	emitEvent(name: string, target: StoredObject | string, context?: JsonObject): string {
		const object = typeof target === 'string' ? this.find(target) : target;
		if (!object) throw new Error('There is no such object');
		if (!this.store.find(object)) this.store.add(object);
		return this.state.emitEvent(name, object, context).id;
	}

	/** Delivers an event again to one webhook, or to all that are subscribed to it. */
	redeliver(eventId: string, webhookId?: string) {
		const event = this.store.getCollection('event').get(eventId);
		if (!event) throw new Error(`There is no event ${eventId}`);
		if (webhookId === undefined) this.dispatcher.publish(event);
		else this.dispatcher.deliver(this.getWebhook(webhookId), event);
	}

	/** Holds back new events until `releaseDeliveries`. */
	holdDeliveries() {
		this.dispatcher.holdEvents();
	}

	/** Delivers the events that were held back, newest first. */
	releaseDeliveries() {
		this.dispatcher.releaseEvents();
	}

	/** Sets the step of a workflow that makes an HTTPS request. */
	setHttpsStep(workflowId: string, step: HttpsStep) {
		const workflow = this.store.getCollection('workflow').get(workflowId);
		if (!workflow) throw new Error(`There is no workflow ${workflowId}`);
		this.state.getPrivateState(workflow).httpsStep = step;
	}

	/** The status of a workflow run, the attempts of its HTTPS step, and the response that it received. */
	getWorkflowRun(runId: string) {
		const run = this.store.getCollection('workflow-run').get(runId);
		if (!run) throw new Error(`There is no run ${runId}`);
		const { attempts = [], output } = this.state.getPrivateState(run);
		return { status: String(run.attributes.status), attempts, output };
	}

	/** Pauses, resumes, cancels or kills a batch job, as people can in the dashboard. */
	changeBatchJob(jobId: string, change: BatchJobChange) {
		const job = this.store.getCollection('batch-job').get(jobId);
		if (!job) throw new Error(`There is no batch job ${jobId}`);
		changeBatchJob(this.state, job, change);
	}

	/** Adds many inquiries quickly, without events. Returns their IDs, oldest first. */
	seedInquiries(count: number, options?: SeedInquiriesOptions): string[] {
		return seedInquiries(this.state, count, options);
	}

	/** An object of any type. */
	find(id: string): StoredObject | undefined {
		return this.store.findById(id);
	}

	/** Returns to the initial state. */
	reset() {
		this.state.clear();
		this.dispatcher.clear();
		seedTemplates(this.state);
		seedDashboardObjects(this.state);
		seedApiKeys(this.state);
		seedPartnerOrganization(this.state);
		recordUserAction(this.state, { path: '/api/internal/dashboard/v1/sessions', method: 'POST' });
		this.seedInquiries(this.state.settings.inquiryCount);
	}

	private getWebhook(id: string): StoredObject {
		const webhook = this.store.getCollection('webhook').get(id);
		if (!webhook) throw new Error(`There is no webhook ${id}`);
		return webhook;
	}
}
