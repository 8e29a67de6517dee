import { newId } from './ids.mts';
import { plantKeys } from './life/apiKey.mts';
import { audit } from './life/auditLog.mts';
import { plantDashboard } from './life/dashboard.mts';
import type { HttpsStep } from './life/httpsStep.mts';
import { type SeedInquiriesOptions, seedInquiries } from './life/seeding.mts';
import { plantPartner } from './life/sharing.mts';
import type { RateLimit } from './options.mts';
import { plantSeeds } from './seeds.mts';
import type { FaultOptions } from './server/faults.mts';
import type { JsonObject, StoredObject } from './store.mts';
import type { Deliveries, DeliveryLogEntry } from './webhooks/deliveries.mts';
import { liveSecrets, rotateSecret } from './webhooks/secrets.mts';
import type { FileRequestLogEntry, RequestLogEntry, World } from './world.mts';

export type { SeedInquiriesOptions } from './life/seeding.mts';

/** Everything a test wants to see of a sandbox and to cause in it. */
export class SandboxControl {
	constructor(
		private world: World,
		private sent: Deliveries,
	) {}

	/** Every request to the API, oldest first. */
	get requests(): RequestLogEntry[] {
		return this.world.requests;
	}

	/** Every attempt to deliver an event, oldest first. */
	get deliveries(): DeliveryLogEntry[] {
		return this.sent.log;
	}

	/** Every request to the host of the files, oldest first. */
	get fileRequests(): FileRequestLogEntry[] {
		return this.world.fileRequests;
	}

	/** All objects, for looking and for seeding. */
	get store() {
		return this.world.store;
	}

	/** Makes a coming request fail. */
	addFault(fault: FaultOptions) {
		this.world.faults.add(fault);
	}

	/** Takes back all faults that have not happened yet. */
	clearFaults() {
		this.world.faults.clear();
	}

	/** While it is on, every connection but those to `/sandbox` is cut. */
	setOutage(on: boolean) {
		this.world.outage = on;
	}

	/** Another rate limit with a fresh window, of which `used` requests are gone already. */
	setRateLimit(limit: RateLimit, used = 0) {
		this.world.rateLimit.restart(limit, used);
	}

	/** The secrets of a webhook that are good now, the newest first. */
	getSecrets(webhookId: string): string[] {
		return liveSecrets(this.world, this.webhook(webhookId));
	}

	/** The ID of a tag, which is made when it is new. */
	getOrCreateTagId(name: string): string {
		const id = this.world.tags.get(name) ?? newId('tag');
		this.world.tags.set(name, id);
		return id;
	}

	/** Gives a webhook a new secret; the old one stays good for a while. */
	rotateSecret(webhookId: string, expiresInSeconds?: number): string {
		const webhook = this.webhook(webhookId);
		rotateSecret(this.world, webhook, expiresInSeconds);
		return this.getSecrets(webhookId)[0];
	}

	/** Ends an API key now, as its owner would in the dashboard. */
	revokeApiKey(apiKey: string) {
		const key = this.find(this.world.keys.get(apiKey) ?? '');
		if (!key) throw new Error('There is no such API key');
		key.attributes['expires-at'] = new Date().toISOString();
	}

	/** Lets an event happen to an object, which is stored first when it is new; returns the event's ID. */
	emitEvent(name: string, object: StoredObject | string, context?: JsonObject): string {
		const thing = typeof object === 'string' ? this.find(object) : object;
		if (!thing) throw new Error('There is no such object');
		if (!this.store.find(thing)) this.store.add(thing);
		return this.world.emit(name, thing, context).id;
	}

	/** Sends an event again to one webhook, or to all that listen to it. */
	redeliver(eventId: string, webhookId?: string) {
		const event = this.store.getCollection('event').get(eventId);
		if (!event) throw new Error(`There is no event ${eventId}`);
		if (webhookId === undefined) this.sent.publish(event);
		else this.sent.start(this.webhook(webhookId), event);
	}

	/** Holds back the deliveries of events that happen until `release`. */
	holdDeliveries() {
		this.sent.hold();
	}

	/** Delivers what was held back, the newest first. */
	releaseDeliveries() {
		this.sent.release();
	}

	/** Gives a workflow a step that calls somebody, in place of the one it had. */
	setHttpsStep(workflowId: string, step: HttpsStep) {
		const workflow = this.store.getCollection('workflow').get(workflowId);
		if (!workflow) throw new Error(`There is no workflow ${workflowId}`);
		this.world.about(workflow).httpsStep = step;
	}

	/** What has become of a run: of its step, all attempts, and what the one that succeeded received. */
	getWorkflowRun(runId: string) {
		const run = this.store.getCollection('workflow-run').get(runId);
		if (!run) throw new Error(`There is no run ${runId}`);
		const { attempts = [], output } = this.world.about(run);
		return { status: String(run.attributes.status), attempts, output };
	}

	/** Makes many inquiries fast and without events; returns their IDs, oldest first. */
	seedInquiries(count: number, options?: SeedInquiriesOptions): string[] {
		return seedInquiries(this.world, count, options);
	}

	/** Any object by its ID. */
	find(id: string): StoredObject | undefined {
		return this.store.findById(id);
	}

	/** Forgets everything and begins anew. */
	reset() {
		this.world.clear();
		this.sent.clear();
		plantSeeds(this.world);
		plantDashboard(this.world);
		plantKeys(this.world);
		plantPartner(this.world);
		audit(this.world, { path: '/api/internal/dashboard/v1/sessions', method: 'POST' });
		this.seedInquiries(this.world.settings.inquiryCount);
	}

	private webhook(id: string): StoredObject {
		const webhook = this.store.getCollection('webhook').get(id);
		if (!webhook) throw new Error(`There is no webhook ${id}`);
		return webhook;
	}
}
