import type { IDataObject } from 'n8n-workflow';
import type { ItemContext, PreparedItem } from '../../engine/types';
import { getAttributes, getRelated, type PersonaObject } from '../../transport/jsonApi';
import { flattenValue } from '../../transport/flatten';
import { isRecord } from '../../utils/isRecord';
import { hasCandidates, hasMatchList, listMatches, type ReportMatch } from './listMatches';

/** Fails the item where the report does not say what it has found: no item would look like no match. */
function requireResult({ fail }: ItemContext, report: PersonaObject) {
	const { id, type } = report;
	const attributes = getAttributes(report);
	const { status, 'redacted-at': redactedAt, result } = attributes;
	if (!hasMatchList(type)) {
		fail(
			`A report of the type '${type.replace('report/', '')}' has no list of matches`,
			'Read its result with Get.',
		);
	}
	if (redactedAt) {
		fail(
			`Report ${id} has been redacted: what it had found is deleted`,
			'Create a new report to search again.',
		);
	}
	if (status !== 'ready') {
		fail(
			`Report ${id} has the status '${String(status)}': what it finds is not known`,
			status === 'pending'
				? "Read it again once it is ready, e.g. when its event starts the workflow, or create it with 'Wait for Result'."
				: 'Run it again, or create a new one.',
		);
	}
	if (isRecord(result) && toReason(result.error)) {
		fail(`The search of report ${id} has failed: ${String(result.error)}`, 'Create a new report.');
	}
}

const toReason = (error: unknown) => (error === null || error === '' ? undefined : error);

/** The records of a report; fails the item where Persona has not sent them. */
function requireMatches(context: ItemContext, report: PersonaObject): ReportMatch[] {
	requireResult(context, report);
	const { id, type } = report;
	const matches = listMatches(report);
	const isMatched = getAttributes(report)['has-match'] === true && !hasCandidates(type);
	if (matches && (matches.length > 0 || !isMatched)) return matches;
	return context.fail(
		isMatched
			? `Report ${id} has a match, but Persona has not sent it`
			: `Report ${id} is ready, but Persona has not sent what it has found`,
		'Read the report with Get to see what Persona has sent.',
	);
}

/** Reads the records of a report, one item for each. Throws if a parameter is invalid. */
export async function prepareMatches(context: ItemContext): Promise<PreparedItem> {
	const { mode } = context.readOutput();
	const request = await context.buildRequest();
	const run = async () => {
		const { data: report } = await context.requestDocument({ ...request, expects: 'object' });
		const matches = requireMatches(context, report);
		const [account] = getRelated(report, 'account');
		const source: IDataObject = {
			reportId: report.id,
			reportType: report.type.replace('report/', ''),
			accountId: account?.id ?? null,
		};
		return matches.map(({ record, ...match }) => ({
			json: {
				...source,
				...(mode === 'raw' ? { record } : match),
				...(mode === 'allFields' && { record: flattenValue(record, 'result') }),
			} as IDataObject,
		}));
	};
	return { run };
}
