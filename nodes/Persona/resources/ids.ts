import { id } from '../engine/fields';
import type { Fields } from '../engine/operation';

/** What each `{placeholder}` of a route stands for in the panel. */
export const ids: Fields = {
	'account-id': id('Account', 'act', 'The account to work with', 'searchAccounts'),
	'event-id': id('Event', 'evt', 'The event to work with; the trigger gives its ID as eventId'),
	'inquiry-id': id('Inquiry', 'inq', 'The inquiry to work with', 'searchInquiries'),
	'inquiry-session-id': id(
		'Inquiry Session',
		'iqse',
		'The session to work with; Get Many gives the IDs of all sessions of an inquiry',
	),
	'inquiry-template-id': id(
		'Inquiry Template',
		'itmpl',
		'The template to use. A sandbox key cannot list templates: choose By ID then, with the ID from Inquiries > Templates in the Persona dashboard.',
		'searchInquiryTemplates',
	),
	'report-id': id('Report', 'rep', 'The report to work with', 'searchReports'),
};
