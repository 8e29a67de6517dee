import { ConflictError, NotFoundError } from '../../state/errors.mts';
import { createId } from '../../state/ids.mts';
import type { JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { detectTraits, parseDelaySeconds } from '../shared/testPersonas.mts';
import { type ReportType, reportTypes } from './reportTypes.mts';

/** The entry of `reportTypes` for a report. */
export const getReportType = (report: StoredObject): ReportType =>
	reportTypes[report.type.replace('report/', '')];

/** Runs the report. It stays pending for `reportSeconds`, or for the delay that its query asks for. */
export function runReport(
	state: SandboxState,
	report: StoredObject,
	runType: 'manual' | 'scheduled' = 'manual',
) {
	const run: JsonObject & { id: string } = {
		id: createId('rpr'),
		type: 'run',
		'run-type': runType,
		'scheduled-date': getTimestamp().slice(0, 10),
		'completed-at': null,
		matches: null,
	};
	addToHistory(state, report, run);
	Object.assign(report.attributes, { status: 'pending', 'completed-at': null });
	const delaySeconds =
		parseDelaySeconds(state.getPrivateState(report).query ?? {}) ?? state.settings.reportSeconds;
	if (delaySeconds < Infinity) {
		state.schedule(delaySeconds * 1000, () => finishReport(state, report, run));
	}
}

function finishReport(state: SandboxState, report: StoredObject, run: JsonObject) {
	if (report.attributes['redacted-at']) return;
	const query = state.getPrivateState(report).query ?? {};
	const traits = detectTraits(query);
	const type = getReportType(report);
	const isErrored = traits.has('breaksReports');
	const canMatch = type.dismissable !== undefined || type.reviewable === true;
	const hasMatch = !isErrored && traits.has('isOnLists') && canMatch;
	const status = isErrored ? 'errored' : 'ready';
	if (!isErrored) Object.assign(report.attributes, type.buildAttributes(query, traits));
	Object.assign(report.attributes, {
		status,
		'completed-at': getTimestamp(),
		'has-match': hasMatch,
	});
	Object.assign(run, { 'completed-at': getTimestamp(), matches: hasMatch ? 1 : 0 });
	state.emitEvent(`${report.type}.${status}`, report);
	if (hasMatch) state.emitEvent(`${report.type}.matched`, report);
}

/** Adds an action of the reviewer to the history of a report. */
export function recordAction(
	state: SandboxState,
	report: StoredObject,
	type: 'dismiss' | 'pause' | 'resume' | 'review',
) {
	addToHistory(state, report, {
		id: createId('ract'),
		type,
		'created-at': getTimestamp(),
		'creator-name': 'Robin Reviewer',
	});
}

function addToHistory(
	state: SandboxState,
	report: StoredObject,
	entry: JsonObject & { id: string },
) {
	(state.getPrivateState(report).history ??= []).push(entry);
}

/** Dismisses the matches of a report. Throws while it is not ready. */
export function dismissMatches(state: SandboxState, report: StoredObject) {
	if (report.attributes.status !== 'ready') throw new ConflictError('Report is not ready');
	Object.assign(report.attributes, { 'has-match': false });
	recordAction(state, report, 'dismiss');
	state.emitEvent(`${report.type}.dismissed`, report);
}

/** A verdict on records of a Screening report. */
export interface MatchReview {
	'review-type': string;
	'review-status': string;
	'record-token'?: string;
	'risk-level'?: string | null;
	comment?: string | null;
	'notify-on-change'?: boolean;
}

/**
 * Records a verdict on all records of a report, or on one. Throws for a report that is not ready, and
 * for a record that it does not have. A later verdict replaces an earlier one: Persona documents no
 * refusal, and with `notify-on-change` a record is reviewed more than once.
 */
export function reviewMatches(
	state: SandboxState,
	report: StoredObject,
	review: MatchReview,
	reviewer: string,
) {
	if (report.attributes.status !== 'ready') throw new ConflictError('Report is not ready');
	const { 'record-token': token, ...verdict } = review;
	const isAll = review['review-type'] === 'all_records';
	const records = (report.attributes['matched-records'] ?? []) as JsonObject[];
	const reviewed = records.filter((record) => isAll || record.token === token);
	if (reviewed.length === 0) throw new NotFoundError('Record not found');
	// Whether a review changes `has-match` or `matched`, Persona does not say: here it does not.
	for (const record of reviewed) {
		Object.assign(record, {
			'review-status': verdict['review-status'],
			'reviewed-at': getTimestamp(),
			'risk-level': verdict['risk-level'] ?? record['risk-level'],
			'notify-on-change': verdict['notify-on-change'] ?? record['notify-on-change'],
		});
	}
	recordAction(state, report, 'review');
	state.emitEvent(`${report.type}.reviewed`, report, {
		'review-type': verdict['review-type'],
		'review-status': verdict['review-status'],
		'risk-level': verdict['risk-level'] ?? null,
		...(token !== undefined && { 'record-token': token }),
		'reviewer-token': reviewer,
		comment: verdict.comment ?? null,
	});
}

/** Redacts the query and the result of a report. */
export function redactReport(state: SandboxState, report: StoredObject) {
	state.getPrivateState(report).query = {};
	Object.assign(report.attributes, getReportType(report).buildAttributes({}), {
		'redacted-at': getTimestamp(),
	});
}
