import type { Operation } from '../../engine/types';

/** Row that returns what a report has found: one item for each record. */
export const getMatches: Operation = {
	name: 'Get Matches',
	action: 'Get matches of report',
	description:
		'One item for each record that a Screening, Watchlist, PEP or Adverse Media report has found, with its review status and the token for Review Matches; for a Business Search, one for each business. No item means that nothing was found; a report without a result fails.',
	route: 'GET /reports/{report-id}',
	noIncludeAndFields: true,
	unpaged: true,
	returns: 'list',
	prepare: async (context) => await (await import('./prepareMatches')).prepareMatches(context),
};
