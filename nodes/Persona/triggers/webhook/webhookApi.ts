import type { IHookFunctions } from 'n8n-workflow';
import type { Answer } from '../../transport/apiResponse';
import { Client, type Request } from '../../transport/client';
import { toHeadlineError } from '../../transport/errors';
import { HOOK_RETRY_POLICY } from '../../transport/retryPolicies';
import type { Document, PersonaObject } from '../../transport/jsonApi';
import { LABELS } from './registration/desiredWebhook';

/** Where one webhook stands in Persona's API. */
export const pathOf = (webhookId: string) => `/webhooks/${encodeURIComponent(webhookId)}`;

/** Whether Persona did what was asked. */
export const succeeded = ({ statusCode }: Answer) => statusCode >= 200 && statusCode < 300;

const BY_HAND = " Or set 'Receive' to 'Registered by Hand in Persona'.";

/** The error for a request about a webhook that failed, as one headline that says what to do. */
export function toWebhookError(hook: IHookFunctions, { method }: Request, answer: Answer) {
	const error = toHeadlineError(hook.getNode(), answer, {
		labels: LABELS,
		permission: method === 'GET' ? 'webhook.read' : 'webhook.write',
		later: 'n8n has stopped trying: publish the workflow again later.',
	});
	if (answer.statusCode === 403) error.message += BY_HAND;
	return error;
}

/** The way to Persona's API for a hook: `answer` never throws, `document` throws at a refusal. */
export async function personaFor(hook: IHookFunctions) {
	const client = await Client.of(hook, HOOK_RETRY_POLICY);
	const answer = async (request: Request) => await client.answer(request);
	const document = async (request: Request) => {
		const result = await client.answer(request);
		if (!succeeded(result)) throw toWebhookError(hook, request, result);
		return result.body as Document;
	};
	return { answer, document };
}

/** What `personaFor` gives. */
export type Persona = Awaited<ReturnType<typeof personaFor>>;

/** Archives a webhook; a refusal because it is archived already comes back as its document. */
export async function archive(persona: Persona, webhookId: string): Promise<Answer> {
	const answer = await persona.answer({ method: 'POST', path: `${pathOf(webhookId)}/archive` });
	if (![409, 422].includes(answer.statusCode)) return answer;
	const now = await persona.answer({ method: 'GET', path: pathOf(webhookId) });
	const { data } = now.body as Document;
	return (data as PersonaObject | undefined)?.attributes?.status === 'archived' ? now : answer;
}

/** Whether a webhook delivers no more, since it is archived or unknown. */
export const isGone = (answer: Answer) => succeeded(answer) || answer.statusCode === 404;
