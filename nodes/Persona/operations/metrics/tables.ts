import { html } from '../../utils/html';
import type { Numbers } from './aggregate';
import { counted, lasting, percent } from './labels';

const heading = (name: unknown) => html`<th scope="col">${name}</th>`;

const cell = (value: unknown) => html`<td>${value}</td>`;

const NOTHING = html`<p class="soft">No inquiries.</p>`;

/** A table whose rows have a name and cells, or a word where there are none. */
export const table = (headings: string[], rows: Array<[name: unknown, cells: unknown[]]>) =>
	rows.length > 0 ? filledTable(headings, rows) : NOTHING;

const filledTable = (headings: string[], rows: Array<[name: unknown, cells: unknown[]]>) =>
	html`<div class="wide" tabindex="0">
		<table>
			<thead>
				<tr>
					${headings.map(heading)}
				</tr>
			</thead>
			<tbody>
				${rows.map(
					([name, cells]) =>
						html`<tr>
							<th scope="row">${name}</th>
							${cells.map(cell)}
						</tr> `,
				)}
			</tbody>
		</table>
	</div>`;

/** What is told of each template, day and week. */
export const COLUMNS = [
	...['Created', 'Completed', 'Completion rate', 'Approved', 'Declined', 'Approval rate'],
	...['In review', 'Failed', 'Expired', 'Median time'],
];

/** The cells that stand under these columns. */
export const cellsOf = (numbers: Numbers) => [
	counted(numbers.created),
	counted(numbers.completed),
	percent(numbers.completionRate),
	counted(numbers.approved),
	counted(numbers.declined),
	percent(numbers.approvalRate),
	counted(numbers.inReview),
	counted(numbers.failed),
	counted(numbers.expired),
	lasting(numbers.seconds.createdToCompleted.median),
];
