/** The statuses of an inquiry that Persona documents, with their labels. */
export const INQUIRY_STATUSES = {
	approved: 'Approved',
	completed: 'Completed',
	created: 'Created',
	declined: 'Declined',
	expired: 'Expired',
	failed: 'Failed',
	needs_review: 'Needs Review',
	pending: 'Pending',
};
