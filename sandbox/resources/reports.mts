import { thingPdf } from '../files/pdf.mts';
import { accountFor } from '../life/account.mts';
import { refuseRedacted } from '../life/inquiry.mts';
import { dismiss, redactReport, rememberAction, reportType, runReport } from '../life/report.mts';
import { problemWith } from '../life/reportQuery.mts';
import { reportTypes } from '../life/reportTypes.mts';
import { fixtures } from '../seeds.mts';
import { one } from '../server/answer.mts';
import { anyMap, body, flag, object, text, words } from '../server/body.mts';
import type { Call, Endpoint } from '../server/endpoint.mts';
import { found, passes, relatedId } from '../server/find.mts';
import { conflict, invalid, malformed, notFound } from '../server/problem.mts';
import type { JsonObject } from '../store.mts';
import { now } from '../world.mts';
import { tagging } from './tagging.mts';

const include = ['inquiry', 'account', 'transaction', 'report-template'];
const write = { permission: 'report.write', include };
const read = { permission: 'report.read' };

/** Everything under `/reports`. */
export const reports: Endpoint[] = [
	{
		...write,
		route: 'POST /reports',
		quota: 'reports',
		body: body({
			'data*': object({
				type: text,
				'attributes*': object({
					'account-id': text,
					'reference-id': text,
					'report-template-id': text,
					query: anyMap,
				}),
			}),
			meta: object({
				'auto-create-account': flag,
				'auto-create-account-type-id': text,
				'auto-create-account-reference-id': text,
				'processing-mode': text,
				'request-flags': words,
			}),
		}),
		handle: create,
	},
	{
		...read,
		route: 'GET /reports',
		paged: true,
		filter: ['reference-id', 'account-id'],
		handle: ({ world, filter }) => ({
			list: {
				family: 'report',
				keep: (report) => {
					const [account] = world.store.getRelated(report, 'account');
					return (
						passes(filter['account-id'], relatedId(report, 'account')) &&
						passes(filter['reference-id'], account?.attributes['reference-id'])
					);
				},
			},
		}),
	},
	{
		...read,
		route: 'GET /reports/:id',
		include,
		handle: (call) => ({ item: found(call, 'report') }),
	},
	{
		...write,
		route: 'DELETE /reports/:id',
		handle: (call) => {
			const report = usable(call);
			redactReport(call.world, report);
			return { item: report };
		},
	},
	{
		...read,
		route: 'GET /reports/:id/history',
		noFields: true,
		paged: true,
		handle: (call) => ({ flat: call.world.about(found(call, 'report')).history ?? [] }),
	},
	{
		...read,
		route: 'GET /reports/:id/print',
		noFields: true,
		handle: (call) => {
			const report = found(call, 'report');
			if (report.attributes.status === 'pending') throw conflict('Report is still pending');
			return { pdf: thingPdf('Report', report) };
		},
	},
	{
		...write,
		route: 'POST /reports/:id/run',
		handle: (call) => {
			const report = usable(call);
			if (report.attributes.status === 'pending') throw conflict('Report is already running');
			runReport(call.world, report);
			return { item: report };
		},
	},
	...(['pause', 'resume'] as const).map((verb) => ({
		...write,
		route: `POST /reports/:id/${verb}`,
		handle: (call: Call) => {
			const report = usable(call);
			if (!reportType(report).continuous) throw invalid('Report is not monitored continuously');
			report.attributes['is-continuous'] = verb === 'resume';
			rememberAction(call.world, report, verb);
			return { item: report };
		},
	})),
	{
		...write,
		route: 'POST /reports/:id/dismiss',
		body: body({
			'data*': object({
				'attributes*': object({
					'dismiss-type': { type: 'string', enum: ['entity', 'media'] },
					'entity-id': text,
					reason: text,
				}),
			}),
		}),
		handle: (call) => {
			const report = usable(call);
			const { dismissable } = reportType(report);
			const { reason, 'dismiss-type': kind, 'entity-id': entity } = call.attributes;
			if (!dismissable) throw invalid('Matches of this report cannot be dismissed');
			if (reason === undefined) throw malformed('data.attributes.reason is missing');
			if (dismissable === 'entity' && (kind === undefined || entity === undefined)) {
				const name = kind === undefined ? 'dismiss_type' : 'entity_id';
				throw malformed(`data.attributes.${name} is missing`);
			}
			dismiss(call.world, report);
			return { item: report };
		},
	},
	...tagging('/reports', 'report', write),
];

function usable(call: Call) {
	const report = found(call, 'report');
	refuseRedacted(report);
	return report;
}

function create(call: Call) {
	const { world, attributes } = call;
	const kind = kindOf(call);
	const type = reportTypes[kind];
	const query = (attributes.query ?? {}) as JsonObject;
	const problem = problemWith(query, type.query);
	if (problem) throw problem;
	const account = accountFor(call, attributes['account-id'], attributes['reference-id']);
	const templateId = attributes['report-template-id'] ?? fixtures.getReportTemplate(kind);
	const report = world.create(
		`report/${kind}`,
		'rep',
		{
			status: 'pending',
			'created-at': now(),
			'completed-at': null,
			'redacted-at': null,
			'report-template-version-name': 'v1',
			'has-match': false,
			'is-continuous': type.continuous ?? false,
			'is-recurring': false,
			tags: [],
			...type.attributes(query),
		},
		{
			inquiry: one(null),
			account: one(account),
			transaction: one(null),
			'report-template': one({ type: `report-template/${kind}`, id: String(templateId) }),
		},
	);
	world.about(report).query = query;
	runReport(world, report);
	return { item: report, status: 201 };
}

/** The type of a new report: its template decides, else `data.type`. */
function kindOf({ attributes, body: sent }: Call): string {
	const { type } = sent.data as JsonObject;
	const templateId = attributes['report-template-id'];
	const ofTemplate = Object.keys(reportTypes).find(
		(kind) => fixtures.getReportTemplate(kind) === templateId,
	);
	if (templateId !== undefined && !ofTemplate) {
		throw notFound('data.attributes.report_template_id is not found');
	}
	const kind = ofTemplate ?? (typeof type === 'string' ? type.replace(/^report\//, '') : undefined);
	if (kind === undefined) throw malformed('data.type is missing');
	if (!(kind in reportTypes)) throw invalid(`${kind} is not a known report type`, '/data/type');
	if (typeof type === 'string' && type !== `report/${kind}`) {
		throw invalid('data.type does not fit the report template', '/data/type');
	}
	return kind;
}
