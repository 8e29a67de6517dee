import type { StoredObject } from '../../sandbox/sandbox.mts';
import { caseStatuses } from '../../sandbox/domain/cases/caseStatuses.mts';
import { listItemValues } from '../../sandbox/domain/lists/list.mts';
import { caseActions, inquiryActions, type Customer, type Stage } from './actions.mts';
import { html, renderText, type Html } from './html.mts';
import { buildSection, renderValues, type Section } from './sections.mts';

type Store = NonNullable<Stage['sandbox']>['api']['control']['store'];

/** The relationships that say what an object is about, in the order in which they are shown. */
const SUBJECTS = [
	'accounts',
	'account',
	'inquiries',
	'inquiry',
	'reports',
	'txns',
	'verifications',
];

/** The address on the page at which an object of the sandbox is shown. */
export const getObjectPath = (id: string) => `/persona/${encodeURIComponent(id)}`;

const renderObjectLink = (id: string, text = id) =>
	html`<a href="${getObjectPath(id)}">${text}</a>`;

/** Builds the sections with what is in the sandbox; none with the real Persona, which has its dashboard. */
export function buildPersonaSections(
	{ sandbox }: Pick<Stage, 'sandbox'>,
	customers: Customer[],
): Section[] {
	if (!sandbox) return [];
	const { store } = sandbox.api.control;
	const list = (family: string) => store.getCollection(family).findAll();
	const getTime = ({ attributes }: StoredObject) => readTime(attributes['created-at']);
	const inquiries = buildSection(
		'inquiries',
		'Inquiries in Persona',
		list('inquiry'),
		renderInquiry,
		getTime,
	);
	const cases = buildSection(
		'cases',
		'Cases in Persona',
		list('case'),
		(record) => renderCase(store, record),
		getTime,
	);
	const lists = buildSection('lists', 'Lists in Persona', list('list'), (each) =>
		renderList(store, each),
	);
	return [
		inquiries,
		{ ...cases, content: html`${renderCaseForm(customers)}${cases.content}` },
		lists,
	];
}

function readTime(value: unknown): Date | undefined {
	const date = new Date(String(value ?? ''));
	return Number.isNaN(date.getTime()) ? undefined : date;
}

const renderInquiry = ({ id, attributes }: StoredObject) =>
	html`${renderObjectLink(id, describePerson(attributes) || id)}
		<b>${attributes.status}</b> ${listTags(attributes)}
		<small>${id}${renderReference(attributes)}</small>`;

const renderReference = ({ 'reference-id': referenceId }: StoredObject['attributes']) =>
	referenceId ? `, ${String(referenceId)}` : '';

const listTags = ({ tags }: StoredObject['attributes']) =>
	Array.isArray(tags) && tags.length > 0 && html`<small>Tags: ${tags.join(', ')}</small>`;

const renderCaseForm = (customers: Customer[]) =>
	html`<form class="buttons" method="post" action="/case">
		<label
			>About
			<select name="about">
				<option value="">nobody</option>
				${customers.map(({ name, inquiryId }) => html`<option value="${inquiryId}">${name}</option>`)}
			</select></label
		>
		<button>Create a case</button>
	</form>`;

function renderCase(store: Store, record: StoredObject): Html {
	const { id, attributes } = record;
	return html`${renderObjectLink(id, String(attributes.name))} <b>${attributes.status}</b>
		<small>${id}</small>
		<div>Assignee: ${describeAssignee(store, record)}</div>
		${renderSubjects(store, record)} ${renderCaseButtons(record)}`;
}

function describeAssignee(store: Store, { attributes }: StoredObject): string {
	const user = store.findById(String(attributes['assignee-id'] ?? ''));
	return user ? String(user.attributes['email-address'] ?? user.id) : 'nobody';
}

/** Shows what an object is about, with links. */
function renderSubjects(store: Store, object: StoredObject): Html | false {
	const subjects = SUBJECTS.flatMap((name) => store.getRelated(object, name));
	return (
		subjects.length > 0 &&
		html`<div>
			About:
			${subjects.map(
				({ id, type, attributes }, index) =>
					html`${index > 0 && ', '}${describeType(type)}
					${renderObjectLink(id, describePerson(attributes) || id)}`,
			)}
		</div>`
	);
}

/** The buttons of a case. `from` is the page on which to show what came of them. */
function renderCaseButtons({ id, attributes }: StoredObject, from = ''): Html {
	const actions = Object.keys(caseActions).filter(
		(label) => label !== attributes.status && label !== 'Comment',
	);
	return html`<form method="post" action="/case-action">
		<input type="hidden" name="case" value="${id}" />
		<input type="hidden" name="from" value="${from}" />
		<input name="comment" aria-label="Comment" placeholder="Comment" />
		<div class="buttons">
			<button name="action" value="Comment">Comment</button>
			${actions.map(
				(label) => html`<button name="action" value="${label}">${labelCaseAction(label)}</button>`,
			)}
		</div>
	</form>`;
}

/** A status says whether the case is resolved with it. */
const labelCaseAction = (label: string) =>
	caseStatuses[label] === 'resolved' ? `Resolve: ${label}` : label;

function renderList(store: Store, list: StoredObject): Html {
	const { name, status } = list.attributes;
	const items = store.getRelated(list, 'list-items');
	const remark = status === 'active' ? '' : `, ${String(status)}`;
	return html`${renderObjectLink(list.id, String(name))}
		<small>${describeType(list.type.replace('list/', ''))}s, ${list.id}${remark}</small>
		${
			items.length > 0
				? html`<ul>
						${items.map(renderListItem)}
					</ul>`
				: html`<div class="quiet">No items.</div>`
		}`;
}

const renderListItem = (item: StoredObject): Html =>
	html`<li>
		${listItemValues(item).join(', ')}
		${item.attributes.status !== 'active' && html`<small>${item.attributes.status}</small>`}
	</li>`;

/** Shows an object of the sandbox, as the dashboard of Persona does. */
export function renderObject(
	{ sandbox }: Pick<Stage, 'sandbox'>,
	object: StoredObject,
	outcome?: string,
): Html {
	const { id, type, attributes, relationships = {} } = object;
	const store = sandbox?.api.control.store;
	const title = `${describeType(type)} ${String(attributes.name ?? describePerson(attributes))}`;
	const related = Object.keys(relationships).flatMap((name) =>
		(store?.getRelated(object, name) ?? []).map((each) => ({ name, each })),
	);
	return html`<section id="object" data-live>
		<h2>${title.trim()}</h2>
		<p><small>${id}</small></p>
		${outcome && html`<p role="status">${renderText(outcome)}</p>`}
		${type === 'inquiry' && renderInquiryButtons(id, getObjectPath(id))}
		${type === 'case' && renderCaseButtons(object, getObjectPath(id))}
		${renderValues(Object.fromEntries(Object.entries(attributes).flatMap(flattenAttribute)))}
		${related.length > 0 && html`<h3>Belongs to it</h3>`}
		<ul>
			${related.map(
				({ name, each }) =>
					html`<li>
						${name}: ${renderObjectLink(each.id, describePerson(each.attributes) || each.id)}
						${each.attributes.status && html`<b>${each.attributes.status}</b>`}
						${each.attributes.message && html`<div class="text">${each.attributes.message}</div>`}
					</li>`,
			)}
		</ul>
	</section>`;
}

/** The buttons of an inquiry. `from` is the page on which to show what came of them. */
export const renderInquiryButtons = (id: string, from = ''): Html =>
	html`<form class="buttons" method="post" action="/inquiry">
		<input type="hidden" name="inquiry" value="${id}" />
		<input type="hidden" name="from" value="${from}" />
		${Object.keys(inquiryActions).map(
			(label) => html`<button name="action" value="${label}">${label}</button>`,
		)}
	</form>`;

/** Attributes as they are shown: without those that have no value, fields by their values. */
function flattenAttribute([name, value]: [string, unknown]): [string, unknown][] {
	if (value === null || value === undefined || value === '') return [];
	if (typeof value !== 'object') return [[name, value]];
	if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) {
		return value.length > 0 ? [[name, value.join(', ')]] : [];
	}
	if (Array.isArray(value)) return value.length > 0 ? [[name, JSON.stringify(value)]] : [];
	return Object.entries(value).flatMap(([key, member]) =>
		flattenAttribute([`${name}: ${key}`, readValue(member)]),
	);
}

/** The value of a field; anything else as it is. */
const readValue = (member: unknown) =>
	typeof member === 'object' && member !== null && 'value' in member ? member.value : member;

/** The name of the person that an inquiry or account is of. */
function describePerson({ fields, ...attributes }: StoredObject['attributes']): string {
	const read = (name: string) =>
		readValue(Object(fields)[name]) ?? readValue(Object(attributes)[name]) ?? '';
	return `${String(read('name-first'))} ${String(read('name-last'))}`.trim();
}

/** `list/ip-address` becomes `List ip address`. */
function describeType(type: string): string {
	const text = type.replace(/[/-]/g, ' ');
	return `${text[0].toUpperCase()}${text.slice(1)}`;
}
