import { explainTriggers, type PublicationState } from '../../tools/n8n/n8nClient.mts';
import type { DemoEnvironment, DemoWorkflow } from '../demoEnvironment.mts';
import { themes } from '../library.mts';
import { explainCauses } from './causes.mts';
import { html, renderLink, renderText, type Html } from './html.mts';
import { listStarts, type Start } from './starts.mts';

/** What the cards of the workflows show. */
export interface CardContext {
	environment: DemoEnvironment;
	n8nUrl: string;
	/** What n8n says of the workflows that were published, by their IDs. */
	publications: Map<string, PublicationState>;
	/** What came of the last press of a button, by the ID of the workflow. */
	outcomes: Map<string, string>;
	/** By which programs show that they may connect to a workflow. */
	bearerToken: string;
	/** Whether buttons are shown that make workflows run: only with the sandbox. */
	isPlayable: boolean;
}

/** Builds a card for each workflow, in groups by theme. */
export function renderCards(context: CardContext): Html {
	const { onboarding, approval, workflows } = context.environment;
	const groups: [string, DemoWorkflow[]][] = [
		['To get started', [onboarding, approval]],
		...[...themes, undefined].map((theme): [string, DemoWorkflow[]] => [
			theme ?? 'Other',
			workflows.filter((workflow) => workflow.theme === theme),
		]),
	];
	return html`${groups.map(
		([theme, workflows]) =>
			workflows.length > 0 &&
			html`<h3>${theme}</h3>
				${workflows.map((workflow) => renderCard(workflow, context))}`,
	)}`;
}

function renderCard(workflow: DemoWorkflow, context: CardContext): Html {
	const { id, name, description, nodes } = workflow;
	const publication = context.publications.get(id);
	const isPublished = publication?.status === 'published';
	const starts = listStarts(nodes, context.n8nUrl);
	const outcome = context.outcomes.get(id);
	return html`<article id="workflow-${id}" data-live>
		<h4>
			${renderLink(`${context.n8nUrl}/workflow/${id}`, name)}
			${isPublished && html`<small class="published">published</small>`}
			${publication && !isPublished && renderUnpublished(publication)}
			${workflow.isDecider && html`<small>decides inquiries</small>`}
		</h4>
		${description && html`<p>${description}</p>`}
		${starts.length > 0 && context.isPlayable && renderPublishing(workflow, isPublished)}
		${starts.map((start) => {
			const isReady = context.isPlayable && (isPublished || start.kind === 'schedule');
			return renderStart(start, id, isReady && context);
		})}
		${outcome !== undefined && html`<pre role="status">${renderText(outcome)}</pre>`}
	</article>`;
}

/** Why a workflow that was published cannot start. */
function renderUnpublished(publication: PublicationState): Html {
	if (publication.status === 'in_progress') return html`<small>n8n is publishing it</small>`;
	const reason = explainTriggers(publication);
	return html`<small class="failed">not published${reason && `: ${reason}`}</small>`;
}

const renderPublishing = ({ id }: DemoWorkflow, isPublished: boolean) =>
	html`<form method="post" action="/${isPublished ? 'unpublish' : 'publish'}">
		<input type="hidden" name="workflow" value="${id}" />
		<button>${isPublished ? 'Unpublish' : 'Publish'}</button>
	</form>`;

function renderStart(start: Start, workflowId: string, ready: false | CardContext): Html | false {
	if (start.kind === 'events') {
		return html`<p>
			<small>Starts with ${start.events.join(', ') || 'Persona events'}.</small>
			${ready && html`<small>${explainCauses(start.events)}</small>`}
		</p>`;
	}
	if (!ready) return false;
	if (start.kind === 'page') {
		const remark =
			start.needsSignIn &&
			html` <small>Sign in to n8n first. n8n asks once for each form: choose Allow access.</small>`;
		const files = (start.files ?? []).map(
			(name) => html` <a href="/samples/${name}" download>${name}</a>`,
		);
		return html`<p><span class="button">${renderLink(start.url, start.label)}</span>${remark}</p>
			${files.length > 0 && html`<p><small>Files to upload:${files}</small></p>`}`;
	}
	if (start.kind === 'address') {
		return html`<p>
			<small
				>Programs connect to <code>${start.url}</code> with the bearer token
				<code>${ready.bearerToken}</code></small
			>
		</p>`;
	}
	const identity = html`<input type="hidden" name="workflow" value="${workflowId}" />
		<input type="hidden" name="node" value="${start.node}" />`;
	if (start.kind === 'schedule') {
		return html`<form method="post" action="/run">${identity}<button>Run now</button></form>`;
	}
	const label = start.kind === 'call' ? 'Call as a Persona workflow' : 'Send as your app';
	return html`<form method="post" action="/${start.kind}">
		${identity}
		${
			start.body &&
			html`<textarea
				name="body"
				rows="${start.body.split('\n').length}"
				spellcheck="false"
				aria-label="Request body"
			>
${start.body}</textarea>`
		}
		<button>${label}</button>
	</form>`;
}
