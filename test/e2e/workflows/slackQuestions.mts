import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import {
	slackSigningSecret,
	slackUser,
	type SlackMessage,
	type SlackUser,
} from '../../../tools/services/slackButtons.mts';
import type { PublishedWorkflow, WorkflowEnvironment } from './workflowEnvironment.mts';

/** What a message says, also where blocks replace its text. */
export const getMessageText = ({ text, blocks = [] }: SlackMessage) =>
	[text, ...blocks.map((block) => block.text?.text ?? '')].join('\n').trim();

const getButtons = ({ blocks = [] }: SlackMessage) =>
	blocks.flatMap(({ type, elements = [] }) => (type === 'actions' ? elements : []));

const getUrl = (message: SlackMessage, label: string) =>
	getButtons(message).find(({ text }) => text.text === label)?.url ?? '';

/** Whether a message has a button with this label. */
const hasButton = (message: SlackMessage, label: string) =>
	getButtons(message).some(({ text }) => text.text === label);

/** The questions that a workflow asks in Slack, each about one object of Persona. */
export interface SlackQuestions {
	/** The messages about an object that have this button now, oldest first. */
	find(objectId: string, label: string): SlackMessage[];
	/** Waits for this many such messages, until n8n accepts an answer, and returns the last one. */
	waitFor(objectId: string, label: string, count?: number): Promise<SlackMessage>;
	/** Waits for a message about an object with this text. */
	waitForText(objectId: string, text: string): Promise<SlackMessage>;
	/** Presses a button, and returns the status of n8n's response. */
	press(message: SlackMessage, label: string, user?: SlackUser, secret?: string): Promise<number>;
	/** Opens the form behind a button, and returns its HTML. */
	fetchForm(message: SlackMessage, label: string): Promise<string>;
	/** Answers the form behind a button, and returns the status of n8n's response. */
	answerForm(message: SlackMessage, label: string, fields: string[]): Promise<number>;
}

/** Follows the questions of a published workflow. */
export function followQuestions(
	{ slack, client, n8n }: WorkflowEnvironment,
	{ workflow }: PublishedWorkflow,
): SlackQuestions {
	/** The objects of executions, which never change. */
	const objectIds = new Map<string, string>();

	const findObjectId = async (executionId: string) => {
		const known = objectIds.get(executionId);
		if (known) return known;
		const { runs } = await client.fetchExecution(executionId);
		// The question may be about another object than the event.
		const items = Object.values(runs).flatMap(([run]) => run?.data?.main?.[0] ?? []);
		const found = items.map(({ json }) => JSON.stringify(json)).join();
		objectIds.set(executionId, found);
		return found;
	};

	const find = (objectId: string, label: string) =>
		slack.messages.filter(
			(message) => hasButton(message, label) && getMessageText(message).includes(objectId),
		);

	const waitUntilWaiting = async (objectId: string) =>
		await waitFor(`an execution about ${objectId} is waiting`, async () => {
			const executions = await client.fetchExecutions(workflow.id, 100);
			for (const { id, status } of executions) {
				if (status === 'waiting' && (await findObjectId(id)).includes(objectId)) return true;
			}
			return false;
		});

	return {
		find,
		async waitFor(objectId, label, count = 1) {
			const message = await waitFor(
				`Slack has ${count} messages with "${label}" about ${objectId}`,
				async () => find(objectId, label).at(count - 1),
			);
			await waitUntilWaiting(objectId);
			return message;
		},
		async waitForText(objectId, text) {
			return await waitFor(`Slack receives "${text}" about ${objectId}`, async () =>
				slack.messages.find((message) => {
					const own = getMessageText(message);
					return own.includes(text) && own.includes(objectId);
				}),
			);
		},
		async press(message, label, user = slackUser, secret = slackSigningSecret) {
			return await slack.pressButton(n8n.url, message, label, secret, user);
		},
		fetchForm: async (message, label) => await (await fetch(getUrl(message, label))).text(),
		async answerForm(message, label, fields) {
			const url = getUrl(message, label);
			const page = await fetch(url);
			expect(page.status).toBe(200);
			const body = new FormData();
			for (const [index, value] of fields.entries()) body.append(`field-${index}`, value);
			return (await fetch(url, { method: 'POST', body })).status;
		},
	};
}
