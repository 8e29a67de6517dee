import { html, type Markup } from '../../utils/html';
import type { Metrics } from './computeMetrics';
import { formatCount } from './formatNumbers';
import { OUTCOMES } from './inquiryAggregator';
import { OUTCOME_LABELS } from './labels';

type TimelinePart = Metrics['timeline'][number];

/** Size and margins in units of the drawing, which is scaled to the width of the page. */
const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [720, 260, 44, 10, 24];

const MAX_BAR_WIDTH = 48;

/** More dates on the axis would overlap. */
const MAX_DATE_LABELS = 9;

const roundCoordinate = (coordinate: number) => Number(coordinate.toFixed(2));

/** A round distance between the lines of an axis that has about four of them. */
function getAxisStep(maximum: number): number {
	const roughStep = Math.max(maximum, 4) / 4;
	const power = 10 ** Math.floor(Math.log10(roughStep));
	const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= roughStep) ?? 10;
	return Math.max(1, factor * power);
}

const toChartY = (value: number, axisMaximum: number) =>
	roundCoordinate(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / axisMaximum));

/** The stacked outcomes of one day or week, with a tooltip. */
function renderBar(part: TimelinePart, x: number, width: number, axisMaximum: number): Markup {
	const outcomes = OUTCOMES.filter((outcome) => part[outcome] > 0);
	const counts = outcomes.map(
		(outcome) => `${OUTCOME_LABELS[outcome][0]} ${formatCount(part[outcome])}`,
	);
	let stacked = 0;
	const segments = outcomes.map((outcome) => {
		const bottom = toChartY(stacked, axisMaximum);
		stacked += part[outcome];
		const top = toChartY(stacked, axisMaximum);
		return html`<rect
			class="fill-${outcome}"
			x="${roundCoordinate(x)}"
			y="${top}"
			width="${roundCoordinate(width)}"
			height="${roundCoordinate(bottom - top)}"
		/>`;
	});
	const title = [`${part.start}: ${formatCount(part.created)} created`, ...counts].join(', ');
	return html`<g><title>${title}</title>${segments}</g>`;
}

function renderAxis(step: number, lineCount: number): Markup[] {
	return Array.from({ length: lineCount + 1 }, (_, index) => {
		const y = toChartY(index * step, step * lineCount);
		return html`<line x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}" /><text
				x="${LEFT - 6}"
				y="${y + 4}"
				text-anchor="end"
				>${formatCount(index * step)}</text
			>`;
	});
}

function renderDates(timeline: TimelinePart[], slotWidth: number) {
	const interval = Math.ceil(timeline.length / MAX_DATE_LABELS);
	return timeline.map(
		({ start }, index) =>
			index % interval === 0 &&
			html`<text
				x="${roundCoordinate(LEFT + slotWidth * (index + 0.5))}"
				y="${HEIGHT - 6}"
				text-anchor="middle"
				>${start.slice(5)}</text
			>`,
	);
}

function renderLegend(timeline: TimelinePart[]): Markup {
	const outcomes = OUTCOMES.filter((outcome) => timeline.some((part) => part[outcome] > 0));
	return html`<ul class="legend">
		${outcomes.map((outcome) => html`<li><i class="swatch back-${outcome}"></i>${OUTCOME_LABELS[outcome][0]}</li>`)}
	</ul>`;
}

/** Renders the outcomes of each day or week as a bar chart with a legend. */
export function renderChart({ timeline, groupBy }: Metrics): Markup {
	const counts = timeline.map(({ created }) => created);
	const step = getAxisStep(Math.max(0, ...counts));
	const lineCount = Math.max(1, ...counts.map((count) => Math.ceil(count / step)));
	const slotWidth = (WIDTH - LEFT) / Math.max(1, timeline.length);
	const barWidth = Math.min(slotWidth * 0.8, MAX_BAR_WIDTH);
	const bars = timeline.map((part, index) => {
		const x = LEFT + slotWidth * index + (slotWidth - barWidth) / 2;
		return renderBar(part, x, barWidth, step * lineCount);
	});
	return html`<div class="wide" tabindex="0">
			<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="chart-title chart-text">
				<title id="chart-title">Outcomes by ${groupBy} of creation</title>
				<desc id="chart-text">
					Stacked bars, one for each ${groupBy}; the table below has the same figures.
				</desc>
				<g class="axis">${renderAxis(step, lineCount)}${renderDates(timeline, slotWidth)}</g>
				${bars}
			</svg>
		</div>
		${renderLegend(timeline)}`;
}
