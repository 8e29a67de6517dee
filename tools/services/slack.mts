import type { Certificate } from './certificate.mts';
import { createSlackButtons, type SlackButtons, type SlackMessage } from './slackButtons.mts';
import { startFakeService, type FakeService } from './fakeService.mts';

/** Slack with one workspace. */
export interface FakeSlack extends FakeService, Pick<SlackButtons, 'pressButton' | 'getTimestamp'> {
	/** The posted messages, oldest first. */
	messages: SlackMessage[];
	/** Names of the channels in which the app may post. */
	channels: string[];
}

/** The token of n8n's app in the workspace. */
export const slackToken = 'xoxb-fake';

// Slack truncates longer texts.
const MAX_TEXT_LENGTH = 40_000;
const MAX_BLOCK_LENGTH = 3_000;

/** Fakes the part of Slack's Web API that posts and changes messages. */
export async function startFakeSlack(
	certificate: Certificate,
	unexpectedRequests: string[],
): Promise<FakeSlack> {
	const messages: SlackMessage[] = [];
	const channels = ['compliance'];

	/** Finds Slack's error code for a message. Slack reports errors in the body, with status 200. */
	const findError = (authorization: string | undefined, message: Partial<SlackMessage>) => {
		const { channel = '', text = '', blocks = [] } = message;
		if (!authorization) return 'not_authed';
		if (authorization !== `Bearer ${slackToken}`) return 'invalid_auth';
		if (!channels.includes(channel.replace(/^#/, ''))) return 'channel_not_found';
		if (text.trim() === '' && blocks.length === 0) return 'no_text';
		const tooLong = blocks.some((block) => (block.text?.text ?? '').length > MAX_BLOCK_LENGTH);
		if (tooLong) return 'invalid_blocks';
		return text.length > MAX_TEXT_LENGTH ? 'msg_too_long' : undefined;
	};

	const buttons = createSlackButtons();
	const service = await startFakeService('slack.com', certificate, unexpectedRequests, (app) => {
		buttons.addRoutes(app);
		// n8n tests a credential with it.
		app.get('/api/users.profile.get', async ({ headers }) => {
			const error = headers.authorization === `Bearer ${slackToken}` ? undefined : 'invalid_auth';
			return error ? { ok: false, error } : { ok: true, profile: {} };
		});
		app.post<{ Body: Partial<SlackMessage> }>(
			'/api/chat.postMessage',
			async ({ headers, body }) => {
				const error = findError(headers.authorization, body);
				if (error) return { ok: false, error };
				const { channel = '', text = '', blocks } = body;
				const message = { channel: channel.replace(/^#/, ''), text, ...(blocks && { blocks }) };
				messages.push(message);
				const ts = buttons.recordMessage(message);
				return { ok: true, channel: 'C0COMPLIANCE', ts, message: { type: 'message', text, ts } };
			},
		);
		app.post<{ Body: Partial<SlackMessage> & { ts?: string } }>(
			'/api/chat.update',
			async ({ headers, body: { ts = '', ...changes } }) => {
				const message = buttons.findMessage(ts);
				if (!message) return { ok: false, error: 'message_not_found' };
				const error = findError(headers.authorization, { ...changes, channel: message.channel });
				if (error) return { ok: false, error };
				const { text = '', blocks = message.blocks } = changes;
				Object.assign(message, { text, ...(blocks && { blocks }) });
				return { ok: true, channel: 'C0COMPLIANCE', ts, text };
			},
		);
	});
	const { pressButton, getTimestamp } = buttons;
	return Object.assign(service, { messages, channels, pressButton, getTimestamp });
}
