/** The statuses of the case template, starting with the first, and the state of a case in each. */
export const caseStatuses: Record<string, 'open' | 'resolved'> = {
	Open: 'open',
	Pending: 'open',
	Approved: 'resolved',
	Declined: 'resolved',
};
