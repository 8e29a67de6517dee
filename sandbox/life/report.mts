import { newId } from '../ids.mts';
import { secondsOf, traitsOf } from '../people.mts';
import { conflict } from '../server/problem.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';
import { type ReportType, reportTypes } from './reportTypes.mts';

/** The type of a report as its own table knows it. */
export const reportType = (report: StoredObject): ReportType =>
	reportTypes[report.type.replace('report/', '')];

/** Starts the report; its result follows after the time the sandbox was told. */
export function runReport(
	world: World,
	report: StoredObject,
	runType: 'manual' | 'scheduled' = 'manual',
) {
	const run: JsonObject & { id: string } = {
		id: newId('rpr'),
		type: 'run',
		'run-type': runType,
		'scheduled-date': now().slice(0, 10),
		'completed-at': null,
		matches: null,
	};
	remember(world, report, run);
	Object.assign(report.attributes, { status: 'pending', 'completed-at': null });
	const seconds = secondsOf(world.about(report).query ?? {}) ?? world.settings.reportSeconds;
	if (seconds < Infinity) world.after(seconds * 1000, () => finish(world, report, run));
}

function finish(world: World, report: StoredObject, run: JsonObject) {
	if (report.attributes['redacted-at']) return;
	const query = world.about(report).query ?? {};
	const traits = traitsOf(query);
	const broken = traits.has('breaksReports');
	const hit = !broken && traits.has('isOnLists') && reportType(report).dismissable !== undefined;
	if (!broken) Object.assign(report.attributes, reportType(report).attributes(query, traits));
	Object.assign(report.attributes, {
		status: broken ? 'errored' : 'ready',
		'completed-at': now(),
		'has-match': hit,
	});
	Object.assign(run, { 'completed-at': now(), matches: hit ? 1 : 0 });
	world.emit(`${report.type}.${broken ? 'errored' : 'ready'}`, report);
	if (hit) world.emit(`${report.type}.matched`, report);
}

/** Adds an entry about a person's decision to the report's history. */
export function rememberAction(
	world: World,
	report: StoredObject,
	type: 'dismiss' | 'pause' | 'resume',
) {
	remember(world, report, {
		id: newId('ract'),
		type,
		'created-at': now(),
		'creator-name': 'Robin Reviewer',
	});
}

function remember(world: World, report: StoredObject, entry: JsonObject & { id: string }) {
	(world.about(report).history ??= []).push(entry);
}

/** Takes back the matches of a report. */
export function dismiss(world: World, report: StoredObject) {
	if (report.attributes.status !== 'ready') throw conflict('Report is not ready');
	Object.assign(report.attributes, { 'has-match': false });
	rememberAction(world, report, 'dismiss');
	world.emit(`${report.type}.dismissed`, report);
}

/** Wipes what a report was asked and what it found. */
export function redactReport(world: World, report: StoredObject) {
	world.about(report).query = {};
	Object.assign(report.attributes, reportType(report).attributes({}), { 'redacted-at': now() });
}
