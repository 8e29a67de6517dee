import axios from 'axios';
import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { fixtures, startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';

/** The only API key. It may do everything, also what only a production key may do at Persona. */
export const API_KEY = 'persona_sandbox_contract';

const inquiryFields = {
	'name-first': 'Jane',
	'name-middle': 'Marie',
	'name-last': 'Doe',
	birthdate: '1994-04-12',
	'email-address': 'jane.doe@example.com',
	'phone-number': '+14155551234',
	'address-street-1': '123 Main St',
	'address-street-2': 'Apt 1',
	'address-city': 'San Francisco',
	'address-subdivision': 'California',
	'address-postal-code': '94111',
	'address-country-code': 'US',
	'identification-number': 'A1234567',
};

/** The relation schema key of all relations. */
export const RELATION_KEY = 'business_owners';

const file = { data: Buffer.from('a picture').toString('base64'), filename: 'picture.png' };

/** A sandbox, and the objects that operations need. */
export class ContractFixtures {
	/** What the node before an operation puts out, beside its files. */
	item: IDataObject = {};

	private references = 0;

	private constructor(readonly sandbox: Sandbox) {}

	/** Starts a sandbox without rate limits and delays. The caller closes it. */
	static async start(): Promise<ContractFixtures> {
		const sandbox = await startSandbox({
			apiKeys: [{ value: API_KEY, allowTemplates: true }],
			rateLimit: { maxRequests: 1e6, windowSeconds: 60 },
			reportSeconds: 0,
			searchLagSeconds: 0,
		});
		return new ContractFixtures(sandbox);
	}

	async close() {
		await this.sandbox.close();
	}

	/** Sends a request without the node and without validation. Throws if it fails. */
	async request<T = IDataObject>(method: string, path: string, body?: object): Promise<T> {
		const { data } = await axios.request<{ data: T }>({
			method,
			url: this.sandbox.apiUrl + path,
			data: body,
			headers: {
				Authorization: `Bearer ${API_KEY}`,
				'Content-Type': body ? 'application/json' : undefined,
			},
		});
		return data.data;
	}

	/** A reference ID that no object has yet. */
	createReferenceId(): string {
		this.references++;
		return `user-${this.references}`;
	}

	/** A new account, with a status and tags. */
	async createAccount(reference = this.createReferenceId()): Promise<string> {
		const attributes = { 'reference-id': reference, fields: { name_first: 'Jane' }, tags: ['vip'] };
		const { id } = await this.request('POST', '/accounts', { data: { attributes } });
		return String(id);
	}

	/** A new inquiry with all its built-in fields, taken through these simulated actions. */
	async createInquiry(
		actions: string[] = [],
		reference = this.createReferenceId(),
	): Promise<string> {
		const { id } = await this.request('POST', '/inquiries', {
			data: {
				attributes: {
					'inquiry-template-id': fixtures.inquiryTemplate,
					note: 'Sign-up',
					tags: ['vip'],
					fields: inquiryFields,
				},
			},
			meta: {
				'auto-create-inquiry-session': true,
				'auto-create-account-reference-id': reference,
			},
		});
		if (actions.length > 0) {
			await this.request('POST', `/inquiries/${String(id)}/perform-simulate-actions`, {
				meta: { 'simulate-actions': actions.map((type) => ({ type })) },
			});
		}
		return String(id);
	}

	/** The relationships of a new inquiry after a verification of this type has passed. */
	private async simulateVerification(
		kind: string,
	): Promise<Record<string, { data: Array<{ id: string }> }>> {
		const inquiry = await this.createInquiry(['start_inquiry']);
		const data = { 'verification-template-id': fixtures.getVerificationTemplate(kind) };
		const { relationships } = await this.request<{
			relationships: Record<string, { data: Array<{ id: string }> }>;
		}>('POST', `/inquiries/${inquiry}/perform-simulate-actions`, {
			meta: { 'simulate-actions': [{ type: 'create_passed_verification', data }] },
		});
		return relationships;
	}

	/** A new verification of this type. */
	async createVerification(kind: string): Promise<string> {
		const { verifications } = await this.simulateVerification(kind);
		return verifications.data[0].id;
	}

	/** A new document of a verification of this type. */
	async createDocument(kind: string): Promise<string> {
		const { documents } = await this.simulateVerification(kind);
		return documents.data[0].id;
	}

	/** The session and the device of a person who has begun an inquiry. */
	async createSessionWithDevice(): Promise<{ inquirySessionId: string; deviceId: string }> {
		const { sessions } = await this.simulateVerification('selfie');
		const [{ id }] = sessions.data;
		const { relationships } = await this.request<{
			relationships: { device: { data: { id: string } } };
		}>('GET', `/inquiry-sessions/${id}`);
		return { inquirySessionId: id, deviceId: relationships.device.data.id };
	}

	/** A new webhook that receives nothing. */
	async createWebhook(url = 'http://127.0.0.1:9'): Promise<string> {
		const attributes = { name: 'Test', url, 'enabled-events': ['*'] };
		const { id } = await this.request('POST', '/webhooks', { data: { attributes } });
		return String(id);
	}

	/** The delivery of an event to a webhook, which has answered that there is nothing. */
	async createDelivery() {
		const { control, apiUrl } = this.sandbox;
		const webhookId = await this.createWebhook(`${apiUrl}/nothing`);
		await this.request('POST', `/webhooks/${webhookId}/enable`);
		await this.createInquiry();
		while (control.deliveries.length === 0) await delay(5);
	}

	/** A new API key. */
	async createApiKey(name = 'Test'): Promise<string> {
		const { id } = await this.request('POST', '/api-keys', { data: { attributes: { name } } });
		return String(id);
	}

	/** A new connection to another organization, which has accepted it. */
	async createConnection(organization = 'org_Other'): Promise<string> {
		const attributes = { 'destination-organization-id': organization };
		const { id } = await this.request('POST', '/connect/connections', { data: { attributes } });
		return String(id);
	}

	/** A new outbound share token, for an inquiry. */
	async createOutboundShareToken(): Promise<string> {
		const [source, connection] = [await this.createInquiry(), await this.createConnection()];
		const attributes = { 'connection-id': connection, 'source-id': source };
		const { id } = await this.request('POST', '/connect/share-tokens', { data: { attributes } });
		return String(id);
	}

	/** An inbound share token, for an inquiry of another organization. */
	async findInboundShareToken(): Promise<string> {
		const path = '/connect/share-tokens';
		const filter = 'filter[direction]=inbound&filter[status]=created';
		for (const { id } of await this.request<Array<{ id: string }>>('GET', `${path}?${filter}`)) {
			const { attributes } = await this.request<{
				attributes: { 'source-data': { type: string } };
			}>('GET', `${path}/${id}?peek-source-data=true`);
			if (attributes['source-data'].type.endsWith('/inquiry')) return id;
		}
		throw new Error('No inquiry is shared with the sandbox');
	}

	/** The ID of the newest object of a list. */
	async fetchNewestId(path: string): Promise<string> {
		const [{ id }] = await this.request<Array<{ id: string }>>('GET', path);
		return id;
	}

	/** A new session of a new inquiry. */
	async createSession(): Promise<string> {
		const { id } = await this.request('POST', '/inquiry-sessions', {
			data: { attributes: { 'inquiry-id': await this.createInquiry() } },
		});
		return String(id);
	}

	/** A new account whose picture was sent. */
	async createAccountWithFile(): Promise<string> {
		const attributes = { 'selfie-photo': { data: file } };
		const { id } = await this.request('POST', '/accounts', { data: { attributes } });
		return String(id);
	}

	/** A new inquiry with a file in its fields. */
	async createInquiryWithFile(): Promise<string> {
		const id = await this.createInquiry();
		const attributes = { fields: { proof_of_address: file } };
		await this.request('PATCH', `/inquiries/${id}`, { data: { attributes } });
		return id;
	}

	/** A new case about these objects, with an assignee, a file, an SLA and tags. */
	async createCase(objects: string[] = []): Promise<string> {
		const { id } = await this.request('POST', '/cases', {
			data: {
				attributes: {
					'case-template-id': fixtures.caseTemplate,
					'case-queue-id': fixtures.caseQueue,
					'creator-email-address': fixtures.userEmail,
					fields: { notes: 'Looks fine' },
				},
			},
			meta: { 'object-ids': objects, 'sla-expires-in-seconds': 3600 },
		});
		const path = `/cases/${String(id)}`;
		await this.request('PATCH', path, { data: { attributes: { attachments: [file] } } });
		await this.request('POST', `${path}/assign`, {
			meta: { 'user-email-address': fixtures.userEmail },
		});
		await this.request('POST', `${path}/add-tag`, { meta: { 'tag-name': 'vip' } });
		return String(id);
	}

	/** A new transaction with a file in its fields, a label, tags and a relation to this account. */
	async createTransaction(account?: string, reference = this.createReferenceId()): Promise<string> {
		const { id } = await this.request('POST', '/transactions', {
			data: {
				attributes: {
					'transaction-type-id': fixtures.transactionType,
					'reference-id': reference,
					fields: { amount: 99.5, order_number: reference, receipt: file },
					tags: ['vip'],
				},
			},
		});
		const path = `/transactions/${String(id)}`;
		await this.request('POST', `${path}/label`, { meta: { label: 'fraud', 'model-version': '2' } });
		await this.request('POST', `${path}/add-relation`, {
			meta: {
				'relation-schema-key': RELATION_KEY,
				'target-object-id': account ?? (await this.createAccount()),
			},
		});
		return String(id);
	}

	/** A new report of this type about a person with matches. Waits until it is ready. */
	async createReport(reference = this.createReferenceId(), kind = 'watchlist'): Promise<string> {
		const { id } = await this.request('POST', '/reports', {
			data: { type: `report/${kind}`, attributes: { query: { term: 'Jane Match' } } },
			meta: { 'auto-create-account-reference-id': reference },
		});
		const path = `/reports/${String(id)}`;
		await this.request('POST', `${path}/add-tag`, { meta: { 'tag-name': 'vip' } });
		for (let tries = 0; tries < 50; tries++) {
			const { attributes } = await this.request<{ attributes: IDataObject }>('GET', path);
			if (attributes.status !== 'pending') return String(id);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		throw new Error(`${String(id)} has not become ready`);
	}

	/** The ID of the account that an object belongs to. */
	async fetchAccountId(path: string): Promise<string> {
		const { relationships } = await this.request<{
			relationships: { account: { data: { id: string } } };
		}>('GET', path);
		return relationships.account.data.id;
	}

	/** The `inquiry.created` event of a new inquiry. */
	async fetchCreatedEventId(inquiry?: string): Promise<string> {
		const object = inquiry ?? (await this.createInquiry());
		const path = `/events?filter[object-id]=${object}&filter[name]=inquiry.created`;
		const [{ id }] = await this.request<Array<{ id: string }>>('GET', path);
		return id;
	}
}
