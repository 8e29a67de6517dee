import { html } from '../../utils/html';
import { formatCount, formatDuration, formatPercent } from './formatNumbers';
import type { MetricValues } from './inquiryAggregator';

type TableRow = [heading: unknown, cells: unknown[]];

const renderHeading = (name: unknown) => html`<th scope="col">${name}</th>`;

const renderCell = (value: unknown) => html`<td>${value}</td>`;

const NO_INQUIRIES = html`<p class="soft">No inquiries.</p>`;

/** Renders a table whose rows have a heading, or a sentence where there are no rows. */
export const renderTable = (headings: string[], rows: TableRow[]) =>
	rows.length > 0 ? renderFilledTable(headings, rows) : NO_INQUIRIES;

const renderFilledTable = (headings: string[], rows: TableRow[]) =>
	html`<div class="wide" tabindex="0">
		<table>
			<thead>
				<tr>
					${headings.map(renderHeading)}
				</tr>
			</thead>
			<tbody>
				${rows.map(
					([heading, cells]) =>
						html`<tr>
							<th scope="row">${heading}</th>
							${cells.map(renderCell)}
						</tr> `,
				)}
			</tbody>
		</table>
	</div>`;

/** The columns of the tables by template, day and week. */
export const METRIC_COLUMNS = [
	...['Created', 'Completed', 'Completion rate', 'Approved', 'Declined', 'Approval rate'],
	...['Needs review', 'Failed', 'Expired', 'Median time'],
];

/** Formats the cells of these columns, in their order. */
export const formatMetricCells = (values: MetricValues) => [
	formatCount(values.created),
	formatCount(values.completed),
	formatPercent(values.completionRate),
	formatCount(values.approved),
	formatCount(values.declined),
	formatPercent(values.approvalRate),
	formatCount(values.needsReview),
	formatCount(values.failed),
	formatCount(values.expired),
	formatDuration(values.seconds.createdToCompleted.median),
];
