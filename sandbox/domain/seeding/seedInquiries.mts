import { fixtures } from '../../state/fixtures.mts';
import { createId } from '../../state/ids.mts';
import type { JsonObject } from '../../state/json.mts';
import { toMany, toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import { buildInquiryFields } from '../shared/fields.mts';

/** What seeded inquiries look like. Lists are repeated, one entry for each inquiry. */
export interface SeedInquiriesOptions {
	/** Default `['completed']`. */
	statuses?: string[];
	/** From the start to the end of an inquiry; default `[3]`. */
	minutesToFinish?: number[];
	/** When the first one was created, in ISO 8601; default an hour before the last one. */
	from?: string;
	/** When the last one was created, in ISO 8601; default now. */
	to?: string;
	/** Default that of government ID and selfie. */
	inquiryTemplateIds?: string[];
	/** Precedes the number in `reference-id`; default no reference IDs. */
	referencePrefix?: string;
	tags?: string[];
	fields?: JsonObject[];
	accountIds?: string[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const FINISHED_STATUSES = ['completed', 'failed', 'approved', 'declined', 'needs_review'];

/**
 * Adds inquiries at regular intervals, without events, sessions or verifications. Returns their IDs,
 * oldest first.
 */
export function seedInquiries(
	state: SandboxState,
	count: number,
	options: SeedInquiriesOptions = {},
): string[] {
	const { statuses = ['completed'], minutesToFinish = [3], tags = [], referencePrefix } = options;
	const {
		inquiryTemplateIds = [fixtures.inquiryTemplate],
		fields = [{}],
		accountIds = [],
	} = options;
	const to = options.to ? Date.parse(options.to) : Date.now();
	const from = options.from ? Date.parse(options.from) : to - HOUR_MS;
	const ids: string[] = [];
	for (let index = 0; index < count; index += 1) {
		const pickNext = <T,>(list: T[]) => list[index % list.length];
		const status = pickNext(statuses);
		const createdAt = Math.round(count < 2 ? to : from + ((to - from) * index) / (count - 1));
		const startedAt = createdAt + MINUTE_MS;
		const endedAt = startedAt + pickNext(minutesToFinish) * MINUTE_MS;
		const toTimestampIf = (isReached: boolean, timeMs: number) =>
			isReached ? new Date(timeMs).toISOString() : null;
		const isDecided = status === 'approved' || status === 'declined';
		const isFinished = FINISHED_STATUSES.includes(status);
		const isStarted = isFinished || status === 'pending';
		const templateId = pickNext(inquiryTemplateIds);
		const template = state.store.find({ type: 'inquiry-template', id: templateId });
		const [version] = template ? state.store.getRelated(template, 'latest-published-version') : [];
		const account = accountIds.length ? { type: 'account', id: pickNext(accountIds) } : null;
		const id = createId('inq');
		state.store.add({
			type: 'inquiry',
			id,
			attributes: {
				status,
				'reference-id': referencePrefix === undefined ? null : `${referencePrefix}${index + 1}`,
				note: null,
				behaviors: {},
				tags: [...tags],
				creator: 'API',
				'reviewer-comment': null,
				'created-at': toTimestampIf(true, createdAt),
				'updated-at': toTimestampIf(true, isFinished ? endedAt : createdAt),
				'started-at': toTimestampIf(isStarted, startedAt),
				'expires-at': toTimestampIf(true, createdAt + DAY_MS),
				'completed-at': toTimestampIf(isFinished && status !== 'failed', endedAt),
				'failed-at': toTimestampIf(status === 'failed', endedAt),
				'marked-for-review-at': toTimestampIf(status === 'needs_review', endedAt),
				'decisioned-at': toTimestampIf(isDecided, endedAt),
				'expired-at': toTimestampIf(status === 'expired', createdAt + DAY_MS),
				'redacted-at': null,
				'previous-step-name': null,
				'next-step-name': isFinished ? 'success' : 'start',
				fields: buildInquiryFields(state, pickNext(fields)),
			},
			relationships: {
				account: toOne(account),
				template: toOne(null),
				'inquiry-template': toOne({ type: 'inquiry-template', id: templateId }),
				'inquiry-template-version': toOne(version),
				transaction: toOne(null),
				reviewer: toOne(isDecided ? { type: 'user', id: fixtures.user } : null),
				reports: toMany([]),
				verifications: toMany([]),
				sessions: toMany([]),
				documents: toMany([]),
				selfies: toMany([]),
			},
		});
		ids.push(id);
	}
	state.store.getCollection('inquiry').sortByCreation();
	return ids;
}
