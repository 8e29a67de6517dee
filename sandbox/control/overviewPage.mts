import { listItemValues } from '../domain/lists/list.mts';
import { testPersonas } from '../domain/shared/testPersonas.mts';
import { escapeHtml, renderPage } from '../http/html.mts';
import { fixtures } from '../state/fixtures.mts';
import { inflect } from '../state/inflection.mts';
import type { SandboxState } from '../state/sandboxState.mts';

const MAX_REQUESTS = 20;

function renderTable(headings: string[], rows: string[][]): string {
	const renderCells = (tag: string, cells: string[]) =>
		`<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag.split(' ')[0]}>`).join('')}</tr>`;
	return `<table>
<thead>${renderCells('th scope="col"', headings)}</thead>
<tbody>${rows.map((cells) => renderCells('td', cells)).join('\n')}</tbody>
</table>`;
}

/** The variants to show of fixtures that have one ID for each variant. */
const SHOWN_VARIANTS: Record<string, string[]> = {
	getAccountStatus: ['Default'],
	getDashboardList: ['device-fingerprint', 'field'],
	getReportTemplate: ['watchlist', 'email-address'],
	getVerificationTemplate: ['government-id', 'selfie', 'document'],
};

const listFixtures = () =>
	Object.entries(fixtures).flatMap(([name, id]): [string, string][] => {
		const label = inflect(name, 'kebab').replace('get-', '').replace(/-/g, ' ');
		if (typeof id === 'string') return [[label, id]];
		const variants = SHOWN_VARIANTS[name];
		return variants ? [[label, `${variants.map(id).join(', ')} and so on`]] : [];
	});

const listCases = ({ store }: SandboxState) =>
	store
		.getCollection('case')
		.findAll()
		.map(({ id, attributes }) => {
			const assignee = store.findById(String(attributes['assignee-id'] ?? ''));
			const email = String(assignee?.attributes['email-address'] ?? '');
			return [String(attributes.name), id, String(attributes.status), email];
		});

const listLists = ({ store }: SandboxState) =>
	store
		.getCollection('list')
		.findAll()
		.map((list) => {
			const items = store.getRelated(list, 'list-items').map(listItemValues);
			return [
				String(list.attributes.name),
				list.id,
				items.map((item) => item.join(' ')).join(', '),
			];
		});

/** The page at `/sandbox`: test personas, IDs, cases, lists, numbers of objects and the last requests. */
export function renderOverviewPage(state: SandboxState): string {
	const counts = Object.entries(state.store.countByFamily()).filter(([, count]) => count > 0);
	const lastRequests = state.requests.slice(-MAX_REQUESTS).reverse();
	return renderPage(
		'Persona sandbox',
		`<h1>A fake Persona</h1>
<p>API: <code>${escapeHtml(state.url)}/api/v1</code>, API key: <code>${escapeHtml(
			state.settings.apiKeys[0]?.value ?? 'none',
		)}</code></p>
<h2>People to try</h2>
<p>Everyone passes, from the IP address 203.0.113.42, except for people with one of these values in a field of the inquiry or in the query of a report:</p>
${renderTable(
	['Field', 'Value', 'What happens'],
	testPersonas.map(({ fields, example, effect }) => [fields.join(', '), example, effect]),
)}
<h2>IDs to use</h2>
<p>In Persona, these are created in the dashboard.</p>
${renderTable(['What', 'ID'], listFixtures())}
<h2>Cases</h2>
${renderTable(['Name', 'ID', 'Status', 'Assignee'], listCases(state))}
<h2>Lists</h2>
${renderTable(['Name', 'ID', 'Items'], listLists(state))}
<h2>Objects</h2>
${renderTable(
	['Type', 'Number'],
	counts.map(([family, count]) => [family, String(count)]),
)}
<h2>Last requests</h2>
${renderTable(
	['Method', 'Path', 'Status'],
	lastRequests.map(({ method, path, status }) => [
		method,
		path,
		status === null ? '' : String(status),
	]),
)}`,
		true,
	);
}
