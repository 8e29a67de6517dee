/** The part of a report of jest that is read here. */
interface JestReport {
	testResults: Array<{
		assertionResults: Array<{ ancestorTitles: string[]; title: string; status: string }>;
	}>;
}

/** What a version of n8n can do: each check, and whether it passed. */
export type Outcomes = Record<string, Record<string, boolean>>;

/** Collects the outcomes of the tests in a block named "n8n 2.30.8", by this version and their titles. */
export function readOutcomes({ testResults }: JestReport): Outcomes {
	const outcomes: Outcomes = {};
	for (const { ancestorTitles, title, status } of testResults.flatMap(
		({ assertionResults }) => assertionResults,
	)) {
		const version = /^n8n (\d+\.\d+\.\d+)$/.exec(ancestorTitles[0])?.[1];
		if (version) (outcomes[version] ??= {})[title] = status === 'passed';
	}
	return outcomes;
}
