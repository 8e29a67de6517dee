import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** The secret that Slack signs its requests to the app with. */
export const slackSigningSecret = 'fake-signing-secret';

/** A part of a message, as far as the tests read it and press its buttons. */
export interface SlackBlock {
	type: string;
	text?: { text: string };
	elements?: {
		text: { text: string };
		action_id?: string;
		value?: string;
		url?: string;
		style?: string;
	}[];
}

/** A message as n8n's Slack node sends it. */
export interface SlackMessage {
	channel: string;
	text: string;
	/** Shown instead of the text, for example buttons. */
	blocks?: SlackBlock[];
}

/** A member of the workspace. */
export interface SlackUser {
	id: string;
	name: string;
	email: string;
}

/** The buttons of the app's messages. */
export interface SlackButtons {
	/** Adds the routes that an app calls after a button was pressed. */
	addRoutes(app: FastifyInstance): void;
	/** Stores a message and returns its timestamp, which is its ID. */
	recordMessage(message: SlackMessage): string;
	/** Finds a stored message by its timestamp. */
	findMessage(ts: string): SlackMessage | undefined;
	/** Returns the timestamp of a message. */
	getTimestamp(message: SlackMessage): string | undefined;
	/** Presses a button as this user, and returns the status of n8n's response. */
	pressButton(
		n8nUrl: string,
		message: SlackMessage,
		label: string,
		secret?: string,
		user?: SlackUser,
	): Promise<number>;
}

/** The user who presses the buttons. */
export const slackUser: SlackUser = { id: 'U0DANA', name: 'dana', email: 'dana@example.com' };

/** Another member of the workspace. */
export const otherSlackUser: SlackUser = { id: 'U0LEE', name: 'lee', email: 'lee@example.com' };

const CHANNEL = 'C0COMPLIANCE';

/** Fakes the part of Slack that notifies an app of a pressed button and lets it change its message. */
export function createSlackButtons(): SlackButtons {
	const messages = new Map<string, SlackMessage>();
	const getTimestamp = (message: SlackMessage) =>
		[...messages].find(([, each]) => each === message)?.[0];
	return {
		getTimestamp,
		addRoutes(app) {
			app.get<{ Querystring: { user?: string } }>('/api/users.info', async ({ query }) => {
				const user = [slackUser, otherSlackUser].find(({ id }) => id === query.user);
				if (!user) return { ok: false, error: 'user_not_found' };
				const { id, name, email } = user;
				return { ok: true, user: { id, name, profile: { email } } };
			});
			app.post<{ Params: { ts: string }; Body: { blocks: SlackBlock[] } }>(
				'/actions/:ts',
				async ({ params, body }, reply) => {
					const message = messages.get(params.ts);
					if (!message) return await reply.code(404).send('expired_url');
					message.blocks = body.blocks;
					return await reply.type('text/plain').send('ok');
				},
			);
		},
		recordMessage(message) {
			const count = String(messages.size).padStart(6, '0');
			const ts = `${Math.floor(Date.now() / 1000)}.${count}`;
			messages.set(ts, message);
			return ts;
		},
		findMessage: (ts) => messages.get(ts),
		async pressButton(n8nUrl, message, label, secret = slackSigningSecret, user = slackUser) {
			const ts = getTimestamp(message) ?? '';
			const buttons = (message.blocks ?? []).flatMap(({ elements = [] }) => elements);
			const button = buttons.find(({ text }) => text.text === label);
			if (!button) throw new Error(`The message has no button "${label}"`);
			const time = Math.floor(Date.now() / 1000);
			const { id, name } = user;
			const payload = {
				type: 'block_actions',
				user: { id, name, username: name },
				channel: { id: CHANNEL },
				message: { ts, blocks: message.blocks },
				actions: [{ ...button, type: 'button', action_ts: String(Date.now() / 1000) }],
				response_url: `https://hooks.slack.com/actions/${ts}`,
			};
			const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
			const sum = createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex');
			const { status } = await fetch(`${n8nUrl}/webhook-waiting-slack`, {
				method: 'POST',
				headers: {
					'content-type': 'application/x-www-form-urlencoded',
					'x-slack-request-timestamp': String(time),
					'x-slack-signature': `v0=${sum}`,
				},
				body,
			});
			return status;
		},
	};
}
