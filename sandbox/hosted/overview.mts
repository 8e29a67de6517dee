import { testPersonas } from '../people.mts';
import { fixtures } from '../seeds.mts';
import { inflect } from '../server/inflection.mts';
import type { World } from '../world.mts';
import { escaped, page } from './layout.mts';

const table = (heads: string[], rows: string[][]) => `<table>
<thead><tr>${heads.map((head) => `<th scope="col">${escaped(head)}</th>`).join('')}</tr></thead>
<tbody>${rows
	.map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`)
	.join('\n')}</tbody>
</table>`;

/** Of the IDs that there is one of for each kind, those to show. */
const samples: Record<string, string[]> = {
	dashboardList: ['device-fingerprint', 'field'],
	reportTemplate: ['watchlist', 'email-address'],
	verificationTemplate: ['government-id', 'selfie', 'document'],
};

const ids = () =>
	Object.entries(fixtures).map(([name, id]) => [
		inflect(name, 'kebab').replace(/-/g, ' '),
		typeof id === 'string' ? id : `${(samples[name] ?? []).map(id).join(', ')} and so on`,
	]);

/** The page at `/sandbox`: what is there, whom one can try, and what was asked last. */
export function overviewPage(world: World): string {
	const counts = Object.entries(world.store.countByFamily()).filter(([, count]) => count > 0);
	const last = world.requests.slice(-20).reverse();
	return page(
		'Persona sandbox',
		`<h1>A stand-in for Persona</h1>
<p>API: <code>${escaped(world.url)}/api/v1</code>, API key: <code>${escaped(
			world.settings.apiKeys[0]?.value ?? 'none',
		)}</code></p>
<h2>People to try</h2>
<p>Everybody passes, from the IP address 203.0.113.42, except for whoever has such a value in a field of the inquiry or in the query of a report:</p>
${table(
	['Field', 'Value', 'What happens'],
	testPersonas.map(({ fields, example, effect }) => [fields.join(', '), example, effect]),
)}
<h2>IDs to use</h2>
<p>In Persona these are made in the dashboard.</p>
${table(['What', 'ID'], ids())}
<h2>What is there</h2>
${table(
	['Kind', 'Number'],
	counts.map(([kind, count]) => [kind, String(count)]),
)}
<h2>Last requests</h2>
${table(
	['Method', 'Path', 'Status'],
	last.map(({ method, path, status }) => [method, path, status === null ? '' : String(status)]),
)}`,
		true,
	);
}
