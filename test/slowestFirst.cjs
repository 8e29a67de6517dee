const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The test files that take longest, longest first. In a fresh clone jest has no times yet and would
 * start with the largest files: one of these would then run alone at the end.
 */
const SLOWEST = [
	'test/badInput.test.mts',
	'test/badInputOfInquiries.test.mts',
	'test/contract/operationsFromInquiry.test.mts',
	'test/sandbox.test.mts',
	'test/contributing.test.mts',
	'test/contract/operationsBeforeInquiry.test.mts',
	'test/table.test.mts',
	'test/contract/apiVersions.test.mts',
	'test/resources.test.mts',
	// Each run has only its own files.
	'test/e2e/lifecycle/lifecycle.test.mts',
	'test/e2e/editor/demoPage.test.mts',
	'test/e2e/workflows/allWorkflows.test.mts',
	'test/e2e/editor/panels.test.mts',
	'test/e2e/workflows/inviteFromSpreadsheet.test.mts',
	'test/e2e/workflows/exportToWarehouse.test.mts',
	'test/e2e/nodes/polling.test.mts',
	'test/e2e/workflows/screenList.test.mts',
	'test/e2e/workflows/eraseOnRequest.test.mts',
	'test/e2e/lifecycle/copiedFolder.test.mts',
	'test/e2e/workflows/onboardUsersByPolling.test.mts',
	'test/e2e/workflows/minimumServices.test.mts',
	'test/e2e/workflows/verifyAgain.test.mts',
	'test/e2e/workflows/remindAndResume.test.mts',
	'test/e2e/editor/demo.test.mts',
	'test/e2e/workflows/verifyByRisk.test.mts',
];

const getRank = ({ path }) => {
	const rank = SLOWEST.findIndex((file) => path.endsWith(file));
	return rank < 0 ? SLOWEST.length : rank;
};

/** Orders the test files as jest does, after the slowest ones. */
module.exports = class SlowestFirst extends Sequencer {
	async sort(tests) {
		const sorted = await super.sort(tests);
		return sorted.sort((one, other) => getRank(one) - getRank(other));
	}
};
