import {
	dismissMatches,
	getReportType,
	recordAction,
	redactReport,
	reviewMatches,
	type MatchReview,
	runReport,
} from '../domain/reports/report.mts';
import { findQueryError } from '../domain/reports/reportQuery.mts';
import { reportTypes } from '../domain/reports/reportTypes.mts';
import { requireNotRedacted } from '../domain/shared/requireNotRedacted.mts';
import { renderObjectPdf } from '../files/pdf.mts';
import {
	anyObject,
	boolean,
	defineBody,
	defineObject,
	text,
	textList,
	textOrNull,
} from '../http/bodySchema.mts';
import type { ApiRequest, Endpoint } from '../http/endpoint.mts';
import { getTarget, matchesFilter } from '../http/lookup.mts';
import {
	BadRequestError,
	ConflictError,
	NotFoundError,
	UnprocessableError,
} from '../state/errors.mts';
import { fixtures } from '../state/fixtures.mts';
import type { JsonObject } from '../state/json.mts';
import { getRelatedId, toOne } from '../state/relationships.mts';
import { getTimestamp } from '../state/timestamp.mts';
import { resolveAccount } from './resolveAccount.mts';
import { buildTagEndpoints } from './tagEndpoints.mts';

const include = ['inquiry', 'account', 'transaction', 'report-template'];
const write = { permission: 'report.write', include };
const read = { permission: 'report.read' };

/** Everything under `/reports`. */
export const reports: Endpoint[] = [
	{
		...write,
		route: 'POST /reports',
		quota: 'create_report',
		body: defineBody({
			'data*': defineObject({
				type: text,
				'attributes*': defineObject({
					'account-id': text,
					'reference-id': text,
					'report-template-id': text,
					query: anyObject,
				}),
			}),
			meta: defineObject({
				'auto-create-account': boolean,
				'auto-create-account-type-id': text,
				'auto-create-account-reference-id': text,
				'processing-mode': text,
				'request-flags': textList,
			}),
		}),
		handle: handleCreate,
	},
	{
		...read,
		route: 'GET /reports',
		paged: true,
		filter: ['reference-id', 'account-id'],
		handle: ({ state, filter }) => ({
			collection: {
				family: 'report',
				isListed: (report) => {
					const [account] = state.store.getRelated(report, 'account');
					return (
						matchesFilter(filter['account-id'], getRelatedId(report, 'account')) &&
						matchesFilter(filter['reference-id'], account?.attributes['reference-id'])
					);
				},
			},
		}),
	},
	{
		...read,
		route: 'GET /reports/:id',
		include,
		handle: (request) => ({ object: getTarget(request, 'report') }),
	},
	{
		...write,
		route: 'DELETE /reports/:id',
		handle: (request) => {
			const report = getActiveReport(request);
			redactReport(request.state, report);
			return { object: report };
		},
	},
	{
		...read,
		route: 'GET /reports/:id/history',
		noFields: true,
		paged: true,
		handle: (request) => ({
			entries: request.state.getPrivateState(getTarget(request, 'report')).history ?? [],
		}),
	},
	{
		...read,
		route: 'GET /reports/:id/print',
		noFields: true,
		handle: (request) => {
			const report = getTarget(request, 'report');
			if (report.attributes.status === 'pending') {
				throw new ConflictError('Report is still pending');
			}
			return { pdf: renderObjectPdf('Report', report) };
		},
	},
	{
		...write,
		route: 'POST /reports/:id/run',
		handle: (request) => {
			const report = getActiveReport(request);
			if (report.attributes.status === 'pending') {
				throw new ConflictError('Report is already running');
			}
			runReport(request.state, report);
			return { object: report };
		},
	},
	...(['pause', 'resume'] as const).map((verb) => ({
		...write,
		route: `POST /reports/:id/${verb}`,
		handle: (request: ApiRequest) => {
			const report = getActiveReport(request);
			if (!getReportType(report).isContinuous) {
				throw new UnprocessableError('Report is not monitored continuously');
			}
			report.attributes['is-continuous'] = verb === 'resume';
			recordAction(request.state, report, verb);
			return { object: report };
		},
	})),
	{
		...write,
		route: 'POST /reports/:id/dismiss',
		body: defineBody({
			'data*': defineObject({
				'attributes*': defineObject({
					'dismiss-type': { type: 'string', enum: ['entity', 'media'] },
					'entity-id': text,
					reason: text,
				}),
			}),
		}),
		handle: (request) => {
			const report = getActiveReport(request);
			const { dismissable } = getReportType(report);
			const { reason, 'dismiss-type': kind, 'entity-id': entity } = request.attributes;
			if (!dismissable) throw new UnprocessableError('Matches of this report cannot be dismissed');
			if (reason === undefined) throw new BadRequestError('data.attributes.reason is missing');
			if (dismissable === 'entity' && (kind === undefined || entity === undefined)) {
				const name = kind === undefined ? 'dismiss_type' : 'entity_id';
				throw new BadRequestError(`data.attributes.${name} is missing`);
			}
			dismissMatches(request.state, report);
			return { object: report };
		},
	},
	{
		...write,
		route: 'POST /reports/:id/review',
		body: defineBody({
			'data*': defineObject({
				'attributes*': defineObject({
					'review-type*': { type: 'string', enum: ['all_records', 'record'] },
					'review-status*': {
						type: 'string',
						enum: ['pending', 'indeterminate', 'true_positive', 'false_positive'],
					},
					'record-token': text,
					'risk-level': { type: ['string', 'null'], enum: ['material', 'immaterial', null] },
					comment: textOrNull,
					'notify-on-change': boolean,
				}),
			}),
		}),
		handle: (request) => {
			const report = getActiveReport(request);
			if (!getReportType(report).reviewable) {
				throw new UnprocessableError('Only the matches of a Screening report can be reviewed');
			}
			const review = request.attributes as unknown as MatchReview;
			if (review['review-type'] === 'record' && review['record-token'] === undefined) {
				throw new BadRequestError('data.attributes.record_token is missing');
			}
			reviewMatches(request.state, report, review, request.key.id);
			return { object: report };
		},
	},
	...buildTagEndpoints('/reports', 'report', write),
];

function getActiveReport(request: ApiRequest) {
	const report = getTarget(request, 'report');
	requireNotRedacted(report);
	return report;
}

function handleCreate(request: ApiRequest) {
	const { state, attributes } = request;
	const kind = resolveReportKind(request);
	const type = reportTypes[kind];
	const query = (attributes.query ?? {}) as JsonObject;
	const problem = findQueryError(query, type.query);
	if (problem) throw problem;
	const account = resolveAccount(request, attributes['account-id'], attributes['reference-id']);
	const templateId = attributes['report-template-id'] ?? fixtures.getReportTemplate(kind);
	const report = state.createObject(
		`report/${kind}`,
		'rep',
		{
			status: 'pending',
			'created-at': getTimestamp(),
			'completed-at': null,
			'redacted-at': null,
			'report-template-version-name': 'v1',
			'has-match': false,
			'is-continuous': type.isContinuous ?? false,
			'is-recurring': false,
			tags: [],
			...type.buildAttributes(query),
		},
		{
			inquiry: toOne(null),
			account: toOne(account),
			transaction: toOne(null),
			'report-template': toOne({ type: `report-template/${kind}`, id: String(templateId) }),
		},
	);
	state.getPrivateState(report).query = query;
	runReport(state, report);
	return { object: report, status: 201 };
}

/** The type of a new report: that of the template, or else `data.type`. Throws where they differ. */
function resolveReportKind({ attributes, body }: ApiRequest): string {
	const { type } = body.data as JsonObject;
	const templateId = attributes['report-template-id'];
	const templateKind = Object.keys(reportTypes).find(
		(kind) => fixtures.getReportTemplate(kind) === templateId,
	);
	if (templateId !== undefined && !templateKind) {
		throw new NotFoundError('data.attributes.report_template_id is not found');
	}
	const kind =
		templateKind ?? (typeof type === 'string' ? type.replace(/^report\//, '') : undefined);
	if (kind === undefined) throw new BadRequestError('data.type is missing');
	if (!(kind in reportTypes)) {
		throw new UnprocessableError(`${kind} is not a known report type`, '/data/type');
	}
	if (typeof type === 'string' && type !== `report/${kind}`) {
		throw new UnprocessableError('data.type does not fit the report template', '/data/type');
	}
	return kind;
}
