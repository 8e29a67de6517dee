import { newId } from '../ids.mts';
import { fixtures } from '../seeds.mts';
import { many, one } from '../server/answer.mts';
import type { JsonObject } from '../store.mts';
import type { World } from '../world.mts';
import { typedFields } from './fields.mts';

/** How many inquiries are made at once; lists are gone through again and again, one entry an inquiry. */
export interface SeedInquiriesOptions {
	/** Default `['completed']`. */
	statuses?: string[];
	/** Minutes from the start to the end of an inquiry; default `[3]`. */
	minutesToFinish?: number[];
	/** When the first was created, in ISO 8601; default an hour before the last. */
	from?: string;
	/** When the last was created, in ISO 8601; default now. */
	to?: string;
	/** Default the first template. */
	inquiryTemplateIds?: string[];
	/** What goes before the number in `reference-id`; default none and no reference. */
	referencePrefix?: string;
	tags?: string[];
	fields?: JsonObject[];
	accountIds?: string[];
}

const finished = ['completed', 'failed', 'approved', 'declined', 'needs_review'];

/** Makes inquiries with their times, evenly spread; no events, sessions or verifications. */
export function seedInquiries(
	world: World,
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
	const from = options.from ? Date.parse(options.from) : to - 3_600_000;
	const ids: string[] = [];
	for (let index = 0; index < count; index += 1) {
		const pick = <T,>(list: T[]) => list[index % list.length];
		const status = pick(statuses);
		const created = Math.round(count < 2 ? to : from + ((to - from) * index) / (count - 1));
		const started = created + 60_000;
		const ended = started + pick(minutesToFinish) * 60_000;
		const at = (ms: number, when: boolean) => (when ? new Date(ms).toISOString() : null);
		const decided = status === 'approved' || status === 'declined';
		const templateId = pick(inquiryTemplateIds);
		const done = finished.includes(status);
		const reached = done || status === 'pending';
		const template = world.store.find({ type: 'inquiry-template', id: templateId });
		const [version] = template ? world.store.getRelated(template, 'latest-published-version') : [];
		const account = accountIds.length ? { type: 'account', id: pick(accountIds) } : null;
		const id = newId('inq');
		world.store.add({
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
				'created-at': at(created, true),
				'updated-at': at(done ? ended : created, true),
				'started-at': at(started, reached),
				'expires-at': at(created + 86_400_000, true),
				'completed-at': at(ended, done && status !== 'failed'),
				'failed-at': at(ended, status === 'failed'),
				'marked-for-review-at': at(ended, status === 'needs_review'),
				'decisioned-at': at(ended, decided),
				'expired-at': at(created + 86_400_000, status === 'expired'),
				'redacted-at': null,
				'previous-step-name': null,
				'next-step-name': done ? 'success' : 'start',
				fields: typedFields(world, pick(fields)),
			},
			relationships: {
				account: one(account),
				template: one(null),
				'inquiry-template': one({ type: 'inquiry-template', id: templateId }),
				'inquiry-template-version': one(version),
				transaction: one(null),
				reviewer: one(decided ? { type: 'user', id: fixtures.user } : null),
				reports: many([]),
				verifications: many([]),
				sessions: many([]),
				documents: many([]),
				selfies: many([]),
			},
		});
		ids.push(id);
	}
	world.store.getCollection('inquiry').sortByCreation();
	return ids;
}
