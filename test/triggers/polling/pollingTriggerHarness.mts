import '../../support/n8nFolder.mts';
import { PollContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeParameters,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import { PersonaPollingTrigger } from '../../../nodes/Persona/PersonaPollingTrigger.node.ts';
import type { PollState } from '../../../nodes/Persona/triggers/polling/pollState.ts';
import { startSandbox, type Sandbox, type StoredObject } from '../../../sandbox/sandbox.mts';
import { PersonaCredentialsHelper } from '../../support/credentialsHelper.mts';
import { buildTriggerWorkflow, NODE_NAME } from '../../support/workflow.mts';

/** The key of the triggers' credential. */
const API_KEY = 'persona_sandbox_demo';

/** How a trigger of a test is set up. By default it listens to approved and completed inquiries. */
export interface PollingTriggerOptions {
	/** API URL of the credential. */
	baseUrl: string;
	apiKey: string;
	/** Further members of the credential. */
	credentials?: ICredentialDataDecryptedObject;
	parameters?: INodeParameters;
	/** How long n8n lets a poll take; null for an n8n that does not say. */
	budgetMs?: number | null;
}

const nodeType = new PersonaPollingTrigger();

const buildWorkflow = (parameters: INodeParameters, staticData: IDataObject) =>
	buildTriggerWorkflow(nodeType, { parameters }, staticData);

/** The polling trigger in n8n's own context, and what n8n stores for it. */
export class TestPollingTrigger {
	/** The items that started the workflow, in order. */
	readonly started: IDataObject[] = [];

	/** What `$vars` has in expressions. It can be changed. */
	readonly variables: IDataObject = {};

	private workflow: Workflow;

	constructor(private readonly options: PollingTriggerOptions) {
		this.workflow = buildWorkflow(
			{ events: ['inquiry.approved', 'inquiry.completed'], ...options.parameters },
			{},
		);
	}

	/** What n8n has stored for the node; it can be changed. */
	get state() {
		return this.workflow.getStaticData('node', this.node) as PollState;
	}

	/** The IDs of the events of these items. */
	get eventIds() {
		return this.started.map(({ eventId, id }) => eventId ?? id);
	}

	/** Polls once, as n8n does on schedule. Returns the items that start the workflow. */
	async poll() {
		const items = await this.run('trigger');
		this.started.push(...(items ?? []));
		return items;
	}

	/** Polls until there is nothing more to emit. */
	async pollUntilEmpty() {
		for (let hasMore = true; hasMore;) {
			const items = await this.poll();
			const { starts = [], floor } = this.state.place ?? {};
			hasMore = items !== null || starts.length > 0 || floor !== undefined;
		}
	}

	/** What "Fetch Test Event" shows. */
	async pollManually() {
		return await this.run('manual');
	}

	/** Restarts n8n with what it has stored, and with other parameters or another key if given. */
	restart({ apiKey, parameters }: Partial<PollingTriggerOptions> = {}) {
		this.options.apiKey = apiKey ?? this.options.apiKey;
		this.workflow = buildWorkflow(
			{ ...this.node.parameters, ...parameters },
			JSON.parse(JSON.stringify(this.workflow.staticData)) as IDataObject,
		);
	}

	private get node() {
		return this.workflow.nodes[NODE_NAME];
	}

	private async run(mode: 'manual' | 'trigger') {
		const { baseUrl, apiKey, credentials, budgetMs = 300_000 } = this.options;
		const additionalData = {
			credentialsHelper: new PersonaCredentialsHelper({ baseUrl, apiKey, ...credentials }),
			variables: this.variables,
		} as unknown as IWorkflowExecuteAdditionalData;
		const context = new PollContext(
			this.workflow,
			this.node,
			additionalData,
			mode,
			mode === 'manual' ? 'manual' : 'activate',
		);
		Object.assign(context, {
			getPollBudgetMs: budgetMs === null ? undefined : () => budgetMs,
		});
		const items = await nodeType.poll.call(context);
		return items && items.flat().map(({ json }) => json);
	}
}

/** A sandbox that is empty for each test, with ways to fill its list of events. */
export function createPollingTriggerHarness() {
	let sandbox: Sandbox;
	let eventCount = 0;
	beforeAll(async () => {
		sandbox = await startSandbox({ rateLimit: { maxRequests: 100_000, windowSeconds: 60 } });
	});
	beforeEach(() => {
		eventCount = 0;
	});
	afterEach(() => {
		sandbox.control.setOutage(false);
		sandbox.control.clearFaults();
		sandbox.control.reset();
	});
	afterAll(async () => await sandbox.close());
	return {
		get sandbox() {
			return sandbox;
		},
		createTrigger: (options: Partial<PollingTriggerOptions> = {}) =>
			new TestPollingTrigger({ baseUrl: sandbox.apiUrl, apiKey: API_KEY, ...options }),
		/** Lists an event as the newest one, whenever it happened. Returns its ID. */
		addEvent(atMs: number, name = 'inquiry.approved', attributes: StoredObject['attributes'] = {}) {
			const id = `evt_${String(++eventCount).padStart(6, '0')}`;
			const data = { type: 'inquiry', id: `inq_${eventCount}`, attributes };
			sandbox.control.store.add({
				type: 'event',
				id,
				attributes: { name, payload: { data }, 'created-at': new Date(atMs).toISOString() },
			});
			return id;
		},
		/** Sorts the list by the times of its events. */
		sortEvents: () => sandbox.control.store.getCollection('event').sortByCreation(),
		/** The API requests so far. */
		getApiRequests: () => sandbox.control.requests.filter(({ path }) => path.startsWith('/api/v1')),
	};
}
