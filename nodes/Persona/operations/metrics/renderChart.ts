import { html, type Markup } from '../../utils/html';
import type { Metrics } from './computeMetrics';
import { OUTCOMES } from './inquiryAggregator';
import { formatCount, OUTCOME_LABELS } from './labels';

/** Units of the drawing, which is as wide as its page. */
const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [720, 260, 44, 10, 24];

/** Dates along the axis; more would run into each other. */
const MAX_DATE_LABELS = 9;

const roundCoordinate = (number: number) => Number(number.toFixed(2));

/** A round distance between the lines of an axis that has about four of them. */
function getAxisStep(most: number): number {
	const rough = Math.max(most, 4) / 4;
	const power = 10 ** Math.floor(Math.log10(rough));
	const factor = [1, 2, 5, 10].find((each) => each * power >= rough) ?? 10;
	return Math.max(1, factor * power);
}

const toChartY = (value: number, top: number) =>
	roundCoordinate(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top));

/** The part of one day or week: its outcomes on top of each other, and its figures to point at. */
function renderBar(
	part: Metrics['timeline'][number],
	x: number,
	width: number,
	top: number,
): Markup {
	const some = OUTCOMES.filter((name) => part[name] > 0);
	const told = some.map((name) => `${OUTCOME_LABELS[name][0]} ${formatCount(part[name])}`);
	let below = 0;
	const pieces = some.map((name) => {
		const [foot, head] = [below, below + part[name]].map((value) => toChartY(value, top));
		below += part[name];
		return html`<rect
			class="fill-${name}"
			x="${roundCoordinate(x)}"
			y="${head}"
			width="${roundCoordinate(width)}"
			height="${roundCoordinate(foot - head)}"
		/>`;
	});
	const title = [`${part.start}: ${formatCount(part.created)} created`, ...told].join(', ');
	return html`<g><title>${title}</title>${pieces}</g>`;
}

/** The chart of what became of the inquiries of each day or week, with its legend. */
export function renderChart({ timeline, groupBy }: Metrics): Markup {
	const step = getAxisStep(Math.max(0, ...timeline.map(({ created }) => created)));
	const lines = Math.max(1, ...timeline.map(({ created }) => Math.ceil(created / step)));
	const top = step * lines;
	const slot = (WIDTH - LEFT) / Math.max(1, timeline.length);
	const width = Math.min(slot * 0.8, 48);
	const every = Math.ceil(timeline.length / MAX_DATE_LABELS);
	const axis = Array.from({ length: lines + 1 }, (_, index) => {
		const height = toChartY(index * step, top);
		return html`<line x1="${LEFT}" x2="${WIDTH}" y1="${height}" y2="${height}" /><text
				x="${LEFT - 6}"
				y="${height + 4}"
				text-anchor="end"
				>${formatCount(index * step)}</text
			>`;
	});
	const bars = timeline.map((part, index) =>
		renderBar(part, LEFT + slot * index + (slot - width) / 2, width, top),
	);
	const dates = timeline.map(
		({ start }, index) =>
			index % every === 0 &&
			html`<text
				x="${roundCoordinate(LEFT + slot * (index + 0.5))}"
				y="${HEIGHT - 6}"
				text-anchor="middle"
				>${start.slice(5)}</text
			>`,
	);
	const shown = OUTCOMES.filter((name) => timeline.some((part) => part[name] > 0));
	return html`<div class="wide" tabindex="0">
			<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="chart-title chart-text">
				<title id="chart-title">Outcomes by ${groupBy} of creation</title>
				<desc id="chart-text">
					Stacked bars, one for each ${groupBy}; the table below has the same figures.
				</desc>
				<g class="axis">${axis}${dates}</g>
				${bars}
			</svg>
		</div>
		<ul class="legend">
			${shown.map((name) => html`<li><i class="swatch back-${name}"></i>${OUTCOME_LABELS[name][0]}</li>`)}
		</ul>`;
}
