/** What to press on the page so that Persona reports these events. */
export const causes: Record<string, string> = {
	'inquiry.completed': 'finish the verification of a test person',
	'inquiry.failed': 'choose Fail or Mask, and finish the verification',
	'inquiry.marked-for-review': 'choose Review, and finish the verification',
	'inquiry.approved': 'press Approve at a test person',
	'inquiry.declined': 'press Decline at a test person',
	'inquiry.expired': 'press Expire at a test person',
	'report/watchlist.matched': 'press Watchlist report',
	'report/screening.matched': 'press Screening',
	'case.created': 'press Create a case',
	'case.status-updated': 'press Approved at a case',
	'case-comment.created': 'press Comment at a case',
};

const AT_PERSON = /^press (.+) at a test person$/;

/** Returns what to press so that one of these events happens, in a sentence; nothing if the page cannot do it. */
export function explainCauses(events: string[]): string | undefined {
	const known = events.flatMap((event) => causes[event] ?? []);
	const buttons = known.flatMap((cause) => AT_PERSON.exec(cause)?.[1] ?? []);
	const others = known.filter((cause) => !AT_PERSON.test(cause));
	const press = `press ${buttons.join(' or ')} at a test person`;
	const all = buttons.length > 0 ? [...others, press] : others;
	return all.length > 0 ? `To start it, ${all.join('; or ')}.` : undefined;
}
