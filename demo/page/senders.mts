import type { Execution } from '../../tools/n8n/n8nClient.mts';
import type { SlackMessage } from '../../tools/services/slackButtons.mts';
import { getMessageId, type Mail } from '../../tools/services/smtp.mts';
import type { Stage } from './actions.mts';

/** How many of the latest executions are looked through. */
const MAX_EXECUTIONS = 100;

/** The execution that has sent a message or a mail. */
export interface Sender {
	executionId: string;
	workflowId: string;
	workflowName: string;
}

/** A message of Slack or a mail. */
export type SentEntry = SlackMessage | Mail;

/** Finds out which executions have sent what has arrived. */
export interface Senders {
	/** Notes which executions wait for buttons, before Slack removes those that were pressed. */
	noteButtons(): void;
	/** Reads the executions that have ended or wait since the last time. */
	update(): Promise<void>;
	/** Returns the sender, once n8n has stored its execution. */
	find(entry: SentEntry): Sender | undefined;
}

/**
 * The output of a node that sends has the ID that Slack, or the sender of the mail, has given to exactly this
 * message. A question with buttons has no output yet, but its buttons name the execution that waits.
 */
export function createSenders({
	client,
	standIns: { slack, smtp },
}: Pick<Stage, 'client' | 'standIns'>): Senders {
	const startedAt = new Date().toISOString();
	const executions = new Map<string, Sender>();
	const readStates = new Map<string, string>();
	const executionIds = new Map<string, string>();
	const executionIdsOfButtons = new WeakMap<SentEntry, string>();
	let updating: Promise<void> | undefined;

	const getId = (entry: SentEntry) =>
		normalizeId('channel' in entry ? slack.getTimestamp(entry) : getMessageId(entry));

	const find = (entry: SentEntry) => {
		const id = executionIdsOfButtons.get(entry) ?? executionIds.get(getId(entry));
		return id === undefined ? undefined : executions.get(id);
	};

	const readExecutions = async () => {
		if ([...slack.messages, ...smtp.mails].every(find)) return;
		// A retry has the output of the execution that it continues, which is older.
		const listed = (await client.fetchLatestExecutions(MAX_EXECUTIONS)).reverse();
		for (const { id, status, stoppedAt, workflowId, workflowName } of listed) {
			executions.set(id, { executionId: id, workflowId, workflowName });
			const state = `${status} ${stoppedAt}`;
			const isStored = !['new', 'running'].includes(status);
			const isOld = status !== 'waiting' && stoppedAt && stoppedAt < startedAt;
			if (!isStored || isOld || readStates.get(id) === state) continue;
			for (const sentId of listSentIds(await client.fetchExecution(id))) {
				if (!executionIds.has(sentId)) executionIds.set(sentId, id);
			}
			readStates.set(id, state);
		}
	};

	return {
		find,
		noteButtons() {
			for (const message of slack.messages) {
				const id = readExecutionId(message);
				if (id) executionIdsOfButtons.set(message, id);
			}
		},
		async update() {
			updating ??= readExecutions().finally(() => (updating = undefined));
			await updating;
		},
	};
}

/** IDs of mails may stand in angle brackets. */
const normalizeId = (id: unknown) => (typeof id === 'string' ? id.replace(/^<|>$/g, '') : '');

/** Reads which execution the buttons of a question resume. */
function readExecutionId({ blocks = [] }: SlackMessage): string | undefined {
	const buttons = blocks.flatMap(({ elements = [] }) => elements);
	const found = buttons.map(
		({ value = '', url = '' }) =>
			/^nhitl1\|(\d+)\|/.exec(value)?.[1] ?? /\/(?:webhook|form)-waiting\/(\d+)/.exec(url)?.[1],
	);
	return found.find(Boolean);
}

/** Lists the IDs of messages and mails in what the nodes of an execution have put out. */
export function listSentIds({ runs }: Pick<Execution, 'runs'>): string[] {
	const outputs = Object.values(runs).flat();
	const items = outputs.flatMap(({ data = {} }) => Object.values(data).flat(2));
	return items
		.flatMap((item) => [item?.json?.messageId, item?.json?.message_timestamp, item?.json?.ts])
		.map(normalizeId)
		.filter(Boolean);
}
