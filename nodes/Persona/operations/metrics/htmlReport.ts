import { DateTime } from 'luxon';
import { chartOf } from './chart';
import { html, type Markup } from '../../utils/html';
import type { Metrics } from './metrics';
import { style } from './style';
import { cellsOf, COLUMNS, table } from './tables';
import { outcomes, spans, type Numbers } from './aggregate';
import { counted, definitions, lasting, outcomeWords, percent, spanWords } from './labels';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The figures that are asked for first, each with what it is made of. */
const figuresOf = (all: Numbers): Array<[name: string, value: string, of: string]> => {
	const decided = counted(all.approved + all.declined);
	return [
		['Created', counted(all.created), `${counted(all.started)} started`],
		['Completion rate', percent(all.completionRate), `${counted(all.completed)} completed`],
		['Approval rate', percent(all.approvalRate), `${counted(all.approved)} of ${decided} decided`],
		['Decline rate', percent(all.declineRate), `${counted(all.declined)} of ${decided} decided`],
		['In review now', counted(all.inReview), `${counted(all.undecided)} more undecided`],
		['Median time', lasting(all.seconds.createdToCompleted.median), 'creation to completion'],
	];
};

/** A period in words, by its days alone where it is made of whole ones. */
function periodIn({ from, to, timeZone: zone }: Metrics): string {
	const [begin, end] = [from, to].map((time) => DateTime.fromISO(time, { zone }).setLocale('en'));
	const whole = [begin, end].every((time) => +time === +time.startOf('day')) && begin < end;
	const last = whole ? end.minus({ milliseconds: 1 }) : end;
	const format = whole ? 'd LLLL yyyy' : 'd LLLL yyyy, HH:mm';
	return `${begin.toFormat(format)} to ${last.toFormat(format)}`;
}

const defined = (title: string, entries: Array<[name: string, meaning: string]>) =>
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
export function pageOf(metrics: Metrics, only: string[]): string {
	const { timeline, templates, groupBy, timeZone, seconds } = metrics;
	const made = DateTime.now().setZone(timeZone).setLocale('en').toFormat('d LLLL yyyy, HH:mm');
	const page: Markup = html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta http-equiv="Content-Security-Policy" content="${POLICY}" />
				<title>Inquiry metrics, ${periodIn(metrics)}</title>
				<style>
					${{ markup: style }}
				</style>
			</head>
			<body>
				<header>
					<h1>Inquiry metrics</h1>
					<p>Persona inquiries created from ${periodIn(metrics)}</p>
					<p class="soft">Time zone ${timeZone}. Made on ${made}.</p>
					${only.length > 0 && html`<p class="soft">Only inquiries with: ${only.join('; ')}.</p>`}
				</header>
				<main>
					<dl class="figures">
						${figuresOf(metrics).map(
							([name, value, of]) =>
								html`<div>
									<dt>${name}</dt>
									<dd>${value}<small>${of}</small></dd>
								</div> `,
						)}
					</dl>
					<h2>Outcomes by ${groupBy} of creation</h2>
					${chartOf(metrics)}
					<h2>Times</h2>
					${table(
						['Time', 'Inquiries', 'Median', '90 % within', '95 % within'],
						spans.map((span) => {
							const { count, median, p90, p95 } = seconds[span];
							return [spanWords[span][0], [counted(count), ...[median, p90, p95].map(lasting)]];
						}),
					)}
					<h2>By template</h2>
					${table(
						['Template', ...COLUMNS],
						templates.map(({ templateId, templateName, ...numbers }) => [
							html`${templateName}<small>${templateId ?? 'No template'}</small>`,
							cellsOf(numbers),
						]),
					)}
					<h2>By ${groupBy}</h2>
					${table(
						[groupBy === 'week' ? 'Week from' : 'Day', ...COLUMNS],
						timeline.map(({ start, ...numbers }) => [
							html`<time>${start}</time>`,
							cellsOf(numbers),
						]),
					)}
					<h2>Definitions</h2>
					${defined('Figures', definitions)}
					${defined(
						'Outcomes',
						outcomes.map((name) => outcomeWords[name]),
					)}
					${defined(
						'Times',
						spans.map((span) => spanWords[span]),
					)}
				</main>
			</body>
		</html> `;
	return page.markup;
}
