import { duration, toggle } from '../fields/kinds';
import { prepareRequest } from '../engine/prepare';
import type { ItemContext, Operation, PreparedItem } from '../engine/types';
import type { ApiRequest } from '../transport/apiRequest';
import { getAttributes } from '../transport/jsonApi';

/** The only statuses in which Persona resumes an inquiry (https://docs.withpersona.com/errors). */
const RESUMABLE_STATUSES = ['pending', 'expired'];

/**
 * Resumes an inquiry whose person has begun or was too late, and leaves one that nobody has opened as it
 * is. Fails the item in any other status: a person who is done would only be shown that.
 */
async function resumeInquiry(context: ItemContext, id: string, link: ApiRequest): Promise<void> {
	const path = `/inquiries/${id}`;
	const query = { fields: { inquiry: 'status' } };
	const { data } = await context.requestDocument({ method: 'GET', path, query });
	const status = String(getAttributes(data).status);
	if (status === 'created') return;
	if (!RESUMABLE_STATUSES.includes(status)) {
		context.fail(
			`The inquiry ${id} is '${status}' and cannot be resumed`,
			"Only a pending or expired inquiry can. Create a new inquiry, or remove 'Resume First' to make a link in any case.",
		);
	}
	const request: ApiRequest = { method: 'POST', path: `${path}/resume` };
	// The user's own key belongs to the link, so the resuming gets one that is derived from it.
	const { idempotencyKey } = link;
	const key = idempotencyKey && context.deriveIdempotencyKey({ ...request, idempotencyKey });
	await context.requestDocument({ ...request, ...(key && { idempotencyKey: key }) });
}

async function prepareLink(context: ItemContext): Promise<PreparedItem> {
	const prepared = await prepareRequest(context);
	if (!context.readSetting<boolean>('resumeFirst')) return prepared;
	const { request, run } = prepared;
	const id = context.readId('inquiry-id');
	return {
		...prepared,
		run: async () => {
			await resumeInquiry(context, id, request as ApiRequest);
			return await run();
		},
	};
}

/** Row that creates a link for the person of an inquiry, and first resumes the inquiry where asked to. */
export const generateOneTimeLink: Operation = {
	name: 'Generate One-Time Link',
	action: 'Generate one time link for inquiry',
	description:
		'Create a link that opens the inquiry once, to send by email or SMS. Each link is a session, of which an inquiry has at most 25 by default.',
	route: 'POST /inquiries/{inquiry-id}/generate-one-time-link',
	meta: {
		'expires-in-seconds': duration(
			'Expires In',
			'How long the link stays valid. By default as the template says, or else 24 hours.',
			'1 days',
		),
	},
	nodeFields: {
		resumeFirst: toggle(
			'Resume First',
			'resume a pending or expired inquiry before the link is made. One that nobody has opened stays as it is, and one that is done is an error.',
		),
	},
	prepare: prepareLink,
};
