import { testPersonas } from '../../sandbox/sandbox.mts';
import type { EditorAccount } from '../../tools/n8n/n8nClient.mts';
import { fetchPublications, findObject, type Customer, type Stage } from './actions.mts';
import { html, renderLink, renderText, type Html } from './html.mts';
import { buildPersonaSections, renderInquiryButtons, renderObject } from './personaSections.mts';
import { buildFailures, buildSections, type Arrivals, type Section } from './sections.mts';
import type { SentEntry, Senders } from './senders.mts';
import { renderCards } from './workflowCards.mts';

/** What the page shows besides what has arrived. */
export interface PageState {
	/** When the entries were first seen. */
	arrivals: Arrivals;
	/** Which executions have sent it. */
	senders: Senders;
	/** The people who were made here, oldest first. */
	customers: Customer[];
	/** What came of the last press of a button, by the ID of the workflow or the section. */
	outcomes: Map<string, string>;
}

/** Values of a person that the sandbox treats in a special way, each with what happens. */
const SPECIAL = testPersonas.flatMap(({ fields, example, effect }) => {
	const field = ['name-last', 'email-address'].find((name) => fields.includes(name));
	return field ? [{ field, example, effect }] : [];
});

/** Builds the page: what can be done, and what has arrived. */
export async function renderPage(
	stage: Stage,
	{ arrivals, senders, customers, outcomes }: PageState,
	account: EditorAccount,
): Promise<Html> {
	await senders.update();
	const renderSender = (entry: SentEntry) => {
		const sender = senders.find(entry);
		if (!sender) return undefined;
		const { workflowId, executionId, workflowName } = sender;
		const url = `${stage.n8nUrl}/workflow/${workflowId}/executions/${executionId}`;
		return html`<div><small>Sent by ${renderLink(url, workflowName)}</small></div>`;
	};
	const [slack, mail, ...others] = await buildSections(stage.standIns, arrivals, renderSender);
	const ofPersona = buildPersonaSections(stage, customers);
	const sections = [slack, mail, ...ofPersona, ...others, await buildFailures(stage)];
	const cards = renderCards({
		environment: stage.environment,
		n8nUrl: stage.n8nUrl,
		publications: await fetchPublications(stage),
		outcomes,
		bearerToken: String(stage.standIns.credentials.httpBearerAuth?.token ?? ''),
		isPlayable: stage.sandbox !== undefined,
	});
	const persona = stage.sandbox
		? html`${renderLink(`${stage.sandbox.api.url}/sandbox`, 'Persona')} is a sandbox on this
			machine.`
		: html`Persona is the real one, so nothing is published or started from here.`;
	return renderDocument(
		'Play the workflows',
		html`<header>
				<h1>Play the workflows</h1>
				<p>
					${renderLink(stage.n8nUrl, 'n8n')}: ${account.email}, password ${account.password}.
					${persona} Every other service here is a stand-in: nothing leaves this machine.
				</p>
				<nav id="contents" data-live>${sections.map(renderContents)}</nav>
			</header>
			<main>
				<div>
					${stage.sandbox && renderPeople(stage, customers, outcomes.get('people'))}
					<section id="workflows">
						<h2>Workflows</h2>
						<p>
							<small>
								Some workflows decide inquiries: they approve, decline or mark them for review. Only
								one of these is published at a time. If you publish another one, the first is
								unpublished.
							</small>
						</p>
						${cards}
					</section>
				</div>
				<div>${sections.map((section) => renderSection(section, outcomes.get(section.id)))}</div>
			</main>`,
	);
}

/** Builds the page of one object of the sandbox; nothing if there is no such object. */
export function renderObjectPage(
	stage: Stage,
	{ outcomes }: Pick<PageState, 'outcomes'>,
	id: string,
): Html | undefined {
	const object = findObject(stage, id);
	if (!object) return undefined;
	return renderDocument(
		id,
		html`<header>
				<p><a href="/">All workflows</a></p>
				<p>
					This page stands in for Persona's dashboard. With the real Persona, the same links open
					the dashboard.
				</p>
			</header>
			<main class="single">${renderObject(stage, object, outcomes.get(id))}</main>`,
	);
}

const renderDocument = (title: string, body: Html) =>
	html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<title>${title}</title>
				<link rel="stylesheet" href="/style.css" />
				<script src="/script.js" defer></script>
			</head>
			<body>
				${body}
			</body>
		</html>`;

const renderContents = ({ id, title, count }: Section) =>
	html`<a href="#${id}">${title.split(':')[0]} ${count}</a> `;

const renderSection = ({ id, title, content }: Section, outcome?: string) =>
	html`<section id="${id}" data-live>
		<h2>${title}</h2>
		${outcome && html`<p role="status">${renderText(outcome)}</p>`} ${content}
	</section>`;

function renderPeople(stage: Stage, customers: Customer[], outcome?: string): Html {
	const made = [...customers].reverse();
	return html`<section id="people" data-live>
		<h2>Test people</h2>
		<form method="post" action="/customer">
			<label>
				What happens
				<select name="special">
					<option value="">Passes everything</option>
					<option value="birthdate">Passes, and is 16 years old</option>
					${SPECIAL.map(
						({ example, effect }, index) =>
							html`<option value="${index}">${example}: ${effect}</option>`,
					)}
				</select>
			</label>
			<button>Create an inquiry</button>
		</form>
		<h3>A report about someone</h3>
		<form method="post" action="/report">
			<label>Name <input name="name" value="Jane Match" /></label>
			<div class="buttons">
				<button name="type" value="watchlist">Watchlist report</button>
				<button name="type" value="screening">Screening</button>
			</div>
		</form>
		${outcome && html`<p role="status">${renderText(outcome)}</p>`}
		${
			made.length > 0 &&
			html`<ol>
				${made.map(
					({ name, inquiryId, link }) =>
						html`<li>
							${name} <small>${inquiryId}</small>
							<b>${findObject(stage, inquiryId)?.attributes.status}</b><br />
							${renderLink(link, 'Open the link as this person')} <small>It works once.</small>
							${renderInquiryButtons(inquiryId)}
						</li>`,
				)}
			</ol>`
		}
	</section>`;
}

/** The fields of a person, special in the chosen way. */
export function buildFields(special: string, count: number): Record<string, string> {
	const birthYear = new Date().getUTCFullYear() - (special === 'birthdate' ? 16 : 35);
	const chosen = special === '' ? undefined : SPECIAL[Number(special)];
	return {
		'name-first': 'Jane',
		'name-last': 'Doe',
		'email-address': `jane${count}@example.com`,
		birthdate: `${birthYear}-01-01`,
		...(chosen && { [chosen.field]: chosen.example }),
	};
}
