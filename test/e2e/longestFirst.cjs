const { default: Sequencer } = require('@jest/test-sequencer');

/** The files that take longest, longest first. Started last, they would run alone at the end. */
const LONGEST = ['lifecycle', 'polling', 'catchUp', 'allWorkflows', 'panels', 'eraseOnRequest'];

/** Starts the longest test files first, so that the workers end at about the same time. */
class LongestFirst extends Sequencer {
	sort(tests) {
		const getRank = ({ path }) => {
			const rank = LONGEST.findIndex((name) => path.endsWith(`/${name}.test.mts`));
			return rank < 0 ? LONGEST.length : rank;
		};
		return super.sort(tests).sort((a, b) => getRank(a) - getRank(b));
	}
}

module.exports = LongestFirst;
