import type { Certificate } from './certificate.mts';
import { createSlackButtons, type SlackBlock, type SlackButtons } from './slackButtons.mts';
import { startFakeService, type FakeService } from './fakeService.mts';

/** A message as n8n's Slack node sends it. */
export interface SlackMessage {
	channel: string;
	text: string;
	/** What is shown in place of the text, buttons among it. */
	blocks?: SlackBlock[];
}

/** Slack with one workspace. */
export interface FakeSlack extends FakeService, Pick<SlackButtons, 'pressButton'> {
	/** Those that were delivered, oldest first. */
	messages: SlackMessage[];
	/** Names of the channels that the app may write to. */
	channels: string[];
}

/** The token of the app that n8n is in the workspace. */
export const slackToken = 'xoxb-stand-in';

// Slack cuts off what is longer.
const MOST_CHARACTERS = 40_000;
const MOST_IN_BLOCK = 3_000;

/** Plays the part of Slack's Web API that posts messages. */
export async function startFakeSlack(
	certificate: Certificate,
	refused: string[],
): Promise<FakeSlack> {
	const messages: SlackMessage[] = [];
	const channels = ['compliance'];

	/** Why Slack does not take a message; it answers every request with 200 and says it in the body. */
	const problemWith = (authorization: string | undefined, message: Partial<SlackMessage>) => {
		const { channel = '', text = '', blocks = [] } = message;
		if (!authorization) return 'not_authed';
		if (authorization !== `Bearer ${slackToken}`) return 'invalid_auth';
		if (!channels.includes(channel.replace(/^#/, ''))) return 'channel_not_found';
		if (text.trim() === '' && blocks.length === 0) return 'no_text';
		const tooLong = blocks.some((block) => (block.text?.text ?? '').length > MOST_IN_BLOCK);
		if (tooLong) return 'invalid_blocks';
		return text.length > MOST_CHARACTERS ? 'msg_too_long' : undefined;
	};

	const buttons = createSlackButtons();
	const standIn = await startFakeService('slack.com', certificate, refused, (app) => {
		buttons.addRoutes(app);
		app.post<{ Body: Partial<SlackMessage> }>(
			'/api/chat.postMessage',
			async ({ headers, body }) => {
				const error = problemWith(headers.authorization, body);
				if (error) return { ok: false, error };
				const { channel = '', text = '', blocks } = body;
				const message = { channel: channel.replace(/^#/, ''), text, ...(blocks && { blocks }) };
				messages.push(message);
				const ts = buttons.recordMessage(message);
				return { ok: true, channel: 'C0COMPLIANCE', ts, message: { type: 'message', text, ts } };
			},
		);
	});
	return Object.assign(standIn, { messages, channels, pressButton: buttons.pressButton });
}
