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

	/** A new session of a new inquiry. */
	async session(): Promise<string> {
		const { id } = await this.ask('POST', '/inquiry-sessions', {
			data: { attributes: { 'inquiry-id': await this.inquiry() } },
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
