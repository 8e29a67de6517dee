import { DateTime } from 'luxon';
import { renderChart } from './renderChart';
import { html, type Markup } from '../../utils/html';
import type { Metrics } from './computeMetrics';
import { STYLESHEET } from './stylesheet';
import { formatMetricCells, METRIC_COLUMNS, renderTable } from './renderTable';
import { OUTCOMES, SPANS, type MetricValues } from './inquiryAggregator';
import {
	formatCount,
	DEFINITIONS,
	formatDuration,
	OUTCOME_LABELS,
	formatPercent,
	SPAN_LABELS,
} from './labels';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The figures that are asked for first, each with what it is made of. */
const getKeyFigures = (all: MetricValues): Array<[name: string, value: string, of: string]> => {
	const decided = formatCount(all.approved + all.declined);
	return [
		['Created', formatCount(all.created), `${formatCount(all.started)} started`],
		[
			'Completion rate',
			formatPercent(all.completionRate),
			`${formatCount(all.completed)} completed`,
		],
		[
			'Approval rate',
			formatPercent(all.approvalRate),
			`${formatCount(all.approved)} of ${decided} decided`,
		],
		[
			'Decline rate',
			formatPercent(all.declineRate),
			`${formatCount(all.declined)} of ${decided} decided`,
		],
		['In review now', formatCount(all.inReview), `${formatCount(all.undecided)} more undecided`],
		[
			'Median time',
			formatDuration(all.seconds.createdToCompleted.median),
			'creation to completion',
		],
	];
};

/** A period in words, by its days alone where it is made of whole ones. */
function formatPeriod({ from, to, timeZone: zone }: Metrics): string {
	const [begin, end] = [from, to].map((time) => DateTime.fromISO(time, { zone }).setLocale('en'));
	const whole = [begin, end].every((time) => +time === +time.startOf('day')) && begin < end;
	const last = whole ? end.minus({ milliseconds: 1 }) : end;
	const format = whole ? 'd LLLL yyyy' : 'd LLLL yyyy, HH:mm';
	return `${begin.toFormat(format)} to ${last.toFormat(format)}`;
}

const renderDefinitions = (title: string, entries: Array<[name: string, meaning: string]>) =>
	html`<h3>${title}</h3>
		<dl class="definitions">
			${entries.map(
				([name, meaning]) =>
					html`<div>
						<dt>${name}:</dt>
						<dd>${meaning}</dd>
					</div> `,
			)}
		</dl>`;

/**
 * The numbers as a page of its own, without script and without anything from elsewhere; `only` says
 * which inquiries were looked at, where that is not all of them.
 */
export function renderHtmlReport(metrics: Metrics, only: string[]): string {
	const { timeline, templates, groupBy, timeZone, seconds } = metrics;
	const made = DateTime.now().setZone(timeZone).setLocale('en').toFormat('d LLLL yyyy, HH:mm');
	const page: Markup = html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta http-equiv="Content-Security-Policy" content="${POLICY}" />
				<title>Inquiry metrics, ${formatPeriod(metrics)}</title>
				<style>
					${{ markup: STYLESHEET }}
				</style>
			</head>
			<body>
				<header>
					<h1>Inquiry metrics</h1>
					<p>Persona inquiries created from ${formatPeriod(metrics)}</p>
					<p class="soft">Time zone ${timeZone}. Created on ${made}.</p>
					${only.length > 0 && html`<p class="soft">Only inquiries with: ${only.join('; ')}.</p>`}
				</header>
				<main>
					<dl class="figures">
						${getKeyFigures(metrics).map(
							([name, value, of]) =>
								html`<div>
									<dt>${name}</dt>
									<dd>${value}<small>${of}</small></dd>
								</div> `,
						)}
					</dl>
					<h2>Outcomes by ${groupBy} of creation</h2>
					${renderChart(metrics)}
					<h2>Times</h2>
					${renderTable(
						['Time', 'Inquiries', 'Median', '90 % within', '95 % within'],
						SPANS.map((span) => {
							const { count, median, p90, p95 } = seconds[span];
							return [
								SPAN_LABELS[span][0],
								[formatCount(count), ...[median, p90, p95].map(formatDuration)],
							];
						}),
					)}
					<h2>By template</h2>
					${renderTable(
						['Template', ...METRIC_COLUMNS],
						templates.map(({ templateId, templateName, ...numbers }) => [
							html`${templateName}<small>${templateId ?? 'No template'}</small>`,
							formatMetricCells(numbers),
						]),
					)}
					<h2>By ${groupBy}</h2>
					${renderTable(
						[groupBy === 'week' ? 'Week from' : 'Day', ...METRIC_COLUMNS],
						timeline.map(({ start, ...numbers }) => [
							html`<time>${start}</time>`,
							formatMetricCells(numbers),
						]),
					)}
					<h2>Definitions</h2>
					${renderDefinitions('Figures', DEFINITIONS)}
					${renderDefinitions(
						'Outcomes',
						OUTCOMES.map((name) => OUTCOME_LABELS[name]),
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
