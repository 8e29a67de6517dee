import type { AllowedDifferences } from './compareTable.mts';

const eitherTag =
	'The tag is given by its name or by its ID, so neither field alone can be required';

/** Members that Persona requires and a row does not, each with the reason. */
export const allowedDifferences: AllowedDifferences = {
	'account.changeTags': { meta: eitherTag },
	'batchJob.create': {
		'data.attributes.lookup-field': 'It is chosen by the variant, which sends it',
		'data.attributes.object': 'It is chosen by the variant, which sends it',
		'data.attributes.operation': 'It is chosen by the variant, which sends it',
	},
	'report.reviewMatches': {
		'data.attributes.review-type': 'It is chosen by the variant, which sends it',
	},
	'report.create': {
		'data.attributes.query': 'Some types take any part of a person, so no field alone is required',
	},
};
