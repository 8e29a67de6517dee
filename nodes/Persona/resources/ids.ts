import { id } from '../engine/fields';
import type { Fields } from '../engine/operation';

/** What each `{placeholder}` of a route stands for in the panel. */
export const ids: Fields = {
	'inquiry-id': id('Inquiry', 'inq', 'The inquiry to work with', 'searchInquiries'),
	'inquiry-session-id': id('Inquiry Session', 'iqse', 'Found in the output of Get Many'),
	'inquiry-template-id': id(
		'Inquiry Template',
		'itmpl',
		'The template to use. A sandbox key cannot list templates: choose By ID then.',
		'searchInquiryTemplates',
	),
	'account-id': id('Account', 'act', 'The account to work with', 'searchAccounts'),
	'report-id': id('Report', 'rep', 'The report to work with', 'searchReports'),
	'event-id': id('Event', 'evt', 'Found in the output of the trigger or of Get Many'),
};
