import { DateTime } from 'luxon';
import { html, type Markup } from '../../utils/html';
import type { Metrics } from './computeMetrics';
import { formatCount, formatDuration, formatPercent } from './formatNumbers';
import { OUTCOMES, SPANS, type MetricValues } from './inquiryAggregator';
import { DEFINITIONS, OUTCOME_LABELS, SPAN_LABELS } from './labels';
import { renderChart } from './renderChart';
import { formatMetricCells, METRIC_COLUMNS, renderTable } from './renderTable';
import { STYLESHEET } from './stylesheet';

const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The most important figures, each with what it is computed from. */
function getKeyFigures(values: MetricValues): Array<[name: string, value: string, basis: string]> {
	const { created, started, completed, approved, declined, needsReview, undecided, seconds } =
		values;
	const decidedText = formatCount(approved + declined);
	return [
		['Created', formatCount(created), `${formatCount(started)} started`],
		[
			'Completion rate',
			formatPercent(values.completionRate),
			`${formatCount(completed)} completed`,
		],
		[
			'Approval rate',
			formatPercent(values.approvalRate),
			`${formatCount(approved)} of ${decidedText} decided`,
		],
		[
			'Decline rate',
			formatPercent(values.declineRate),
			`${formatCount(declined)} of ${decidedText} decided`,
		],
		['Needs review now', formatCount(needsReview), `${formatCount(undecided)} more undecided`],
		['Median time', formatDuration(seconds.createdToCompleted.median), 'creation to completion'],
	];
}

/** Formats a period as text: its days alone where it consists of whole days. */
function formatPeriod({ from, to, timeZone: zone }: Metrics): string {
	const [start, end] = [from, to].map((time) => DateTime.fromISO(time, { zone }).setLocale('en'));
	const isWholeDays = [start, end].every((time) => +time === +time.startOf('day')) && start < end;
	const last = isWholeDays ? end.minus({ milliseconds: 1 }) : end;
	const format = isWholeDays ? 'd LLLL yyyy' : 'd LLLL yyyy, HH:mm';
	return `${start.toFormat(format)} to ${last.toFormat(format)}`;
}

function renderKeyFigures(metrics: Metrics): Markup {
	return html`<dl class="figures">
		${getKeyFigures(metrics).map(
			([name, value, basis]) =>
				html`<div>
					<dt>${name}</dt>
					<dd>${value}<small>${basis}</small></dd>
				</div> `,
		)}
	</dl>`;
}

function renderTimes({ seconds }: Metrics) {
	return renderTable(
		['Time', 'Inquiries', 'Median', '90 % within', '95 % within'],
		SPANS.map((span) => {
			const { count, median, p90, p95 } = seconds[span];
			return [
				SPAN_LABELS[span][0],
				[formatCount(count), ...[median, p90, p95].map(formatDuration)],
			];
		}),
	);
}

function renderTemplates({ templates }: Metrics) {
	return renderTable(
		['Template', ...METRIC_COLUMNS],
		templates.map(({ templateId, templateName, ...values }) => [
			html`${templateName}<small>${templateId ?? 'No template'}</small>`,
			formatMetricCells(values),
		]),
	);
}

function renderTimeline({ timeline, groupBy }: Metrics) {
	return renderTable(
		[groupBy === 'week' ? 'Week from' : 'Day', ...METRIC_COLUMNS],
		timeline.map(({ start, ...values }) => [
			html`<time>${start}</time>`,
			formatMetricCells(values),
		]),
	);
}

function renderDefinitions(
	title: string,
	entries: Array<[label: string, definition: string]>,
): Markup {
	return html`<h3>${title}</h3>
		<dl class="definitions">
			${entries.map(
				([label, definition]) =>
					html`<div>
						<dt>${label}:</dt>
						<dd>${definition}</dd>
					</div> `,
			)}
		</dl>`;
}

/**
 * Renders metrics as a complete HTML page, without scripts and external resources. `filters` says
 * which inquiries were counted; it is empty where all were.
 */
export function renderHtmlReport(metrics: Metrics, filters: string[]): string {
	const { groupBy, timeZone } = metrics;
	const period = formatPeriod(metrics);
	const now = DateTime.now().setZone(timeZone).setLocale('en').toFormat('d LLLL yyyy, HH:mm');
	const page: Markup = html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}" />
				<title>Inquiry metrics, ${period}</title>
				<style>
					${{ markup: STYLESHEET }}
				</style>
			</head>
			<body>
				<header>
					<h1>Inquiry metrics</h1>
					<p>Persona inquiries created from ${period}</p>
					<p class="soft">Time zone ${timeZone}. Created on ${now}.</p>
					${filters.length > 0 && html`<p class="soft">Only inquiries with: ${filters.join('; ')}.</p>`}
				</header>
				<main>
					${renderKeyFigures(metrics)}
					<h2>Outcomes by ${groupBy} of creation</h2>
					${renderChart(metrics)}
					<h2>Times</h2>
					${renderTimes(metrics)}
					<h2>By template</h2>
					${renderTemplates(metrics)}
					<h2>By ${groupBy}</h2>
					${renderTimeline(metrics)}
					<h2>Definitions</h2>
					${renderDefinitions('Figures', DEFINITIONS)}
					${renderDefinitions(
						'Outcomes',
						OUTCOMES.map((outcome) => OUTCOME_LABELS[outcome]),
					)}
					${renderDefinitions(
						'Times',
						SPANS.map((span) => SPAN_LABELS[span]),
					)}
				</main>
			</body>
		</html> `;
	return page.markup;
}
