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
	'case.created':
		'press Watchlist report while "Pause accounts while a match is open" is published',
};

/** Returns what to press so that one of these events happens, in a sentence; nothing if the page cannot do it. */
export function explainCauses(events: string[]): string | undefined {
	const known = events.flatMap((event) => causes[event] ?? []);
	return known.length > 0 ? `To start it, ${known.join('; or ')}.` : undefined;
}
