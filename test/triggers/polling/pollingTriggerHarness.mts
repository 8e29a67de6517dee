import '../../support/n8nFolder.mts';
import { PollContext } from 'n8n-core';
import type {
	IDataObject,
	INodeParameters,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import { PersonaPollingTrigger } from '../../../nodes/Persona/PersonaPollingTrigger.node.ts';
import type { PollState } from '../../../nodes/Persona/triggers/polling/pollState.ts';
import { PersonaCredentialsHelper } from '../../support/credentialsHelper.mts';
import { buildTriggerWorkflow, NODE_NAME } from '../../support/workflow.mts';

/** What stands in the polling trigger of a test; the events are an approved and a completed inquiry. */
export interface PollingTriggerOptions {
	/** Of the credential: where Persona is. */
	baseUrl: string;
	apiKey: string;
	parameters?: INodeParameters;
	/** Milliseconds that n8n gives a poll. */
	budget?: number;
}

const type = new PersonaPollingTrigger();

const buildWorkflow = (parameters: INodeParameters, staticData: IDataObject) =>
	buildTriggerWorkflow(type, { parameters }, staticData);

/** The polling trigger in n8n's own context, with what n8n stores for it. */
export class TestPollingTrigger {
	/** The items of all polls, in their order. */
	readonly started: IDataObject[] = [];

	private workflow: Workflow;

	constructor(private readonly options: PollingTriggerOptions) {
		this.workflow = buildWorkflow(
			{ events: ['inquiry.approved', 'inquiry.completed'], ...options.parameters },
			{},
		);
	}

	/** What n8n has stored for the node. */
	get state() {
		return this.workflow.getStaticData('node', this.node) as PollState;
	}

	/** IDs of the events of all polls, in their order. */
	get eventIds() {
		return this.started.map(({ eventId, id }) => eventId ?? id);
	}

	/** Asks once as n8n's schedule does; returns what starts the workflow. */
	async poll() {
		const items = await this.run('trigger');
		this.started.push(...(items ?? []));
		return items;
	}

	/** Asks until nothing more comes. */
	async pollUntilEmpty() {
		for (let goesOn = true; goesOn;) {
			const items = await this.poll();
			const { starts = [], floor } = this.state.place ?? {};
			goesOn = items !== null || starts.length > 0 || floor !== undefined;
		}
	}

	/** What "Fetch Test Event" shows. */
	async pollManually() {
		return await this.run('manual');
	}

	/** A new n8n with what the old one had stored, and maybe other parameters or another key. */
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
		const { baseUrl, apiKey, budget = 300_000 } = this.options;
		const additionalData = {
			credentialsHelper: new PersonaCredentialsHelper({ baseUrl, apiKey }),
			variables: {},
		} as unknown as IWorkflowExecuteAdditionalData;
		const context = new PollContext(
			this.workflow,
			this.node,
			additionalData,
			mode,
			mode === 'manual' ? 'manual' : 'activate',
		);
		Object.assign(context, { getPollBudgetMs: () => budget });
		const items = await type.poll.call(context);
		return items && items.flat().map(({ json }) => json);
	}
}
