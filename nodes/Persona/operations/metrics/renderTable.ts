import { html } from '../../utils/html';
import type { MetricValues } from './inquiryAggregator';
import { formatCount, formatDuration, formatPercent } from './labels';

const renderHeading = (name: unknown) => html`<th scope="col">${name}</th>`;

const renderCell = (value: unknown) => html`<td>${value}</td>`;

const NO_INQUIRIES = html`<p class="soft">No inquiries.</p>`;

/** A table whose rows have a name and cells, or a word where there are none. */
export const renderTable = (headings: string[], rows: Array<[name: unknown, cells: unknown[]]>) =>
	rows.length > 0 ? renderRows(headings, rows) : NO_INQUIRIES;

const renderRows = (headings: string[], rows: Array<[name: unknown, cells: unknown[]]>) =>
	html`<div class="wide" tabindex="0">
		<table>
			<thead>
				<tr>
					${headings.map(renderHeading)}
				</tr>
			</thead>
			<tbody>
				${rows.map(
					([name, cells]) =>
						html`<tr>
							<th scope="row">${name}</th>
							${cells.map(renderCell)}
						</tr> `,
				)}
			</tbody>
		</table>
	</div>`;

/** What is told of each template, day and week. */
export const METRIC_COLUMNS = [
	...['Created', 'Completed', 'Completion rate', 'Approved', 'Declined', 'Approval rate'],
	...['In review', 'Failed', 'Expired', 'Median time'],
];

/** The cells that stand under these columns. */
export const formatMetricCells = (numbers: MetricValues) => [
	formatCount(numbers.created),
	formatCount(numbers.completed),
	formatPercent(numbers.completionRate),
	formatCount(numbers.approved),
	formatCount(numbers.declined),
	formatPercent(numbers.approvalRate),
	formatCount(numbers.inReview),
	formatCount(numbers.failed),
	formatCount(numbers.expired),
	formatDuration(numbers.seconds.createdToCompleted.median),
];
