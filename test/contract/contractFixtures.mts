import axios from 'axios';
import type { IDataObject } from 'n8n-workflow';
import { seeds, startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';

/** The only key: it may do everything, what a sandbox key may and what a production key may. */
export const KEY = 'persona_sandbox_contract';

const jane = {
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

/** The key under which objects here are related. */
export const RELATION = 'business_owners';

const file = { data: Buffer.from('a picture').toString('base64'), filename: 'picture.png' };

/** A sandbox, and the objects that rows need before they can do their work. */
export class World {
	private references = 0;

	private constructor(readonly sandbox: Sandbox) {}

	/** Starts a sandbox that neither limits nor delays; whoever starts it closes it. */
	static async start(): Promise<World> {
		const sandbox = await startSandbox({
			apiKeys: [{ value: KEY, allowTemplates: true }],
			rateLimit: { limit: 1e6, windowSeconds: 60 },
			reportSeconds: 0,
		});
		return new World(sandbox);
	}

	async close() {
		await this.sandbox.close();
	}

	/** Asks the API without the node and without being judged; throws what is not a success. */
	async ask<T = IDataObject>(method: string, path: string, body?: object): Promise<T> {
		const { data } = await axios.request<{ data: T }>({
			method,
			url: this.sandbox.apiUrl + path,
			data: body,
			headers: {
				Authorization: `Bearer ${KEY}`,
				'Content-Type': body ? 'application/json' : undefined,
			},
		});
		return data.data;
	}

	/** A reference ID that nothing has yet. */
	reference(): string {
		this.references++;
		return `user-${this.references}`;
	}

	/** A new account, with a status and tags. */
	async account(reference = this.reference()): Promise<string> {
		const attributes = { 'reference-id': reference, fields: { name_first: 'Jane' }, tags: ['vip'] };
		const { id } = await this.ask('POST', '/accounts', { data: { attributes } });
		return String(id);
	}

	/** A new inquiry with all its built-in fields, taken through these simulated actions. */
	async inquiry(actions: string[] = [], reference = this.reference()): Promise<string> {
		const { id } = await this.ask('POST', '/inquiries', {
			data: {
				attributes: {
					'inquiry-template-id': seeds.inquiryTemplate,
					note: 'Sign-up',
					tags: ['vip'],
					fields: jane,
				},
			},
			meta: {
				'auto-create-inquiry-session': true,
				'auto-create-account-reference-id': reference,
			},
		});
		if (actions.length > 0) {
			await this.ask('POST', `/inquiries/${String(id)}/perform-simulate-actions`, {
				meta: { 'simulate-actions': actions.map((type) => ({ type })) },
			});
		}
		return String(id);
	}

	/** What a new inquiry is related to after a verification of this kind has passed. */
	private async verified(kind: string): Promise<Record<string, { data: Array<{ id: string }> }>> {
		const inquiry = await this.inquiry(['start_inquiry']);
		const data = { 'verification-template-id': seeds.verificationTemplate(kind) };
		const { relationships } = await this.ask<{
			relationships: Record<string, { data: Array<{ id: string }> }>;
		}>('POST', `/inquiries/${inquiry}/perform-simulate-actions`, {
			meta: { 'simulate-actions': [{ type: 'create_passed_verification', data }] },
		});
		return relationships;
	}

	/** A new verification of this kind. */
	async verification(kind: string): Promise<string> {
		const { verifications } = await this.verified(kind);
		return verifications.data[0].id;
	}

	/** A new document, which a verification of this kind has left behind. */
	async document(kind: string): Promise<string> {
		const { documents } = await this.verified(kind);
		return documents.data[0].id;
	}

	/** The session and the device of somebody who has begun an inquiry. */
	async visit(): Promise<{ inquirySessionId: string; deviceId: string }> {
		const { sessions } = await this.verified('selfie');
		const [{ id }] = sessions.data;
		const { relationships } = await this.ask<{
			relationships: { device: { data: { id: string } } };
		}>('GET', `/inquiry-sessions/${id}`);
		return { inquirySessionId: id, deviceId: relationships.device.data.id };
	}

	/** A new webhook that nothing is sent to. */
	async webhook(): Promise<string> {
		const attributes = { name: 'Test', url: 'http://127.0.0.1:9', 'enabled-events': ['*'] };
		const { id } = await this.ask('POST', '/webhooks', { data: { attributes } });
		return String(id);
	}

	/** A new API key. */
	async apiKey(name = 'Test'): Promise<string> {
		const { id } = await this.ask('POST', '/api-keys', { data: { attributes: { name } } });
		return String(id);
	}

	/** A new connection to another organization, which has accepted it. */
	async connection(organization = 'org_Other'): Promise<string> {
		const attributes = { 'destination-organization-id': organization };
		const { id } = await this.ask('POST', '/connect/connections', { data: { attributes } });
		return String(id);
	}

	/** A new share token that gives an inquiry away. */
	async givenToken(): Promise<string> {
		const [source, connection] = [await this.inquiry(), await this.connection()];
		const attributes = { 'connection-id': connection, 'source-id': source };
		const { id } = await this.ask('POST', '/connect/share-tokens', { data: { attributes } });
		return String(id);
	}

	/** A share token that brings an inquiry of another organization. */
	async receivedToken(): Promise<string> {
		const path = '/connect/share-tokens';
		const filter = 'filter[direction]=inbound&filter[status]=created';
		for (const { id } of await this.ask<Array<{ id: string }>>('GET', `${path}?${filter}`)) {
			const { attributes } = await this.ask<{ attributes: { 'source-data': { type: string } } }>(
				'GET',
				`${path}/${id}?peek-source-data=true`,
			);
			if (attributes['source-data'].type.endsWith('/inquiry')) return id;
		}
		throw new Error('No inquiry is shared with the sandbox');
	}

	/** The newest object of a list. */
	async newest(path: string): Promise<string> {
		const [{ id }] = await this.ask<Array<{ id: string }>>('GET', path);
		return id;
	}

	/** A new session of a new inquiry. */
	async session(): Promise<string> {
		const { id } = await this.ask('POST', '/inquiry-sessions', {
			data: { attributes: { 'inquiry-id': await this.inquiry() } },
		});
		return String(id);
	}

	/** A new account whose picture was sent. */
	async accountWithFile(): Promise<string> {
		const attributes = { 'selfie-photo': { data: file } };
		const { id } = await this.ask('POST', '/accounts', { data: { attributes } });
		return String(id);
	}

	/** A new inquiry with a file in its fields. */
	async inquiryWithFile(): Promise<string> {
		const id = await this.inquiry();
		const attributes = { fields: { proof_of_address: file } };
		await this.ask('PATCH', `/inquiries/${id}`, { data: { attributes } });
		return id;
	}

	/** A new case about these objects, with an assignee, a file, an SLA and tags. */
	async case(objects: string[] = []): Promise<string> {
		const { id } = await this.ask('POST', '/cases', {
			data: {
				attributes: {
					'case-template-id': seeds.caseTemplate,
					'case-queue-id': seeds.caseQueue,
					'creator-email-address': seeds.userEmail,
					fields: { notes: 'Looks fine' },
				},
			},
			meta: { 'object-ids': objects, 'sla-expires-in-seconds': 3600 },
		});
		const path = `/cases/${String(id)}`;
		await this.ask('PATCH', path, { data: { attributes: { attachments: [file] } } });
		await this.ask('POST', `${path}/assign`, { meta: { 'user-email-address': seeds.userEmail } });
		await this.ask('POST', `${path}/add-tag`, { meta: { 'tag-name': 'vip' } });
		return String(id);
	}

	/** A new transaction with a file in its fields, a label, tags and a relation to this account. */
	async transaction(account?: string, reference = this.reference()): Promise<string> {
		const { id } = await this.ask('POST', '/transactions', {
			data: {
				attributes: {
					'transaction-type-id': seeds.transactionType,
					'reference-id': reference,
					fields: { amount: 99.5, order_number: reference, receipt: file },
					tags: ['vip'],
				},
			},
		});
		const path = `/transactions/${String(id)}`;
		await this.ask('POST', `${path}/label`, { meta: { label: 'fraud', 'model-version': '2' } });
		await this.ask('POST', `${path}/add-relation`, {
			meta: {
				'relation-schema-key': RELATION,
				'target-object-id': account ?? (await this.account()),
			},
		});
		return String(id);
	}

	/** A new report, about somebody who is on lists. */
	async report(reference = this.reference()): Promise<string> {
		const { id } = await this.ask('POST', '/reports', {
			data: { type: 'report/watchlist', attributes: { query: { term: 'Jane Match' } } },
			meta: { 'auto-create-account-reference-id': reference },
		});
		const path = `/reports/${String(id)}`;
		await this.ask('POST', `${path}/add-tag`, { meta: { 'tag-name': 'vip' } });
		for (let tries = 0; tries < 50; tries++) {
			const { attributes } = await this.ask<{ attributes: IDataObject }>('GET', path);
			if (attributes.status !== 'pending') return String(id);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		throw new Error(`${String(id)} does not become ready`);
	}

	/** The ID of the account that an object belongs to. */
	async accountOf(path: string): Promise<string> {
		const { relationships } = await this.ask<{
			relationships: { account: { data: { id: string } } };
		}>('GET', path);
		return relationships.account.data.id;
	}

	/** The event that tells of a new inquiry. */
	async event(inquiry?: string): Promise<string> {
		const object = inquiry ?? (await this.inquiry());
		const path = `/events?filter[object-id]=${object}&filter[name]=inquiry.created`;
		const [{ id }] = await this.ask<Array<{ id: string }>>('GET', path);
		return id;
	}
}
