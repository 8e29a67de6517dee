import type { IDataObject } from 'n8n-workflow';
import { getRecords, isRecord } from '../utils/isRecord';
import { toTitle } from '../utils/toTitle';

/*
 * How a list names an object, so that a person recognizes it: by what it has of a name, its status and
 * its day. Each function takes a simplified object.
 */

/** Formats a simplified object for a list. */
export type FormatName = (object: IDataObject) => string;

/** How much of a name or another part is shown: more than a line of the list takes. */
const MAX_PART_LENGTH = 80;

/** Cuts a long text between two characters; an emoji is one. Blanks alone are nothing. */
function shorten(part: unknown): string {
	const text = String(part || '').trim();
	const characters = Array.from(text);
	if (characters.length <= MAX_PART_LENGTH) return text;
	return `${characters.slice(0, MAX_PART_LENGTH).join('')}…`;
}

/** Joins the parts that there are. */
const joinParts = (...parts: unknown[]) => parts.flatMap((part) => shorten(part) || []).join(' · ');

const formatDay = (time: unknown) => (typeof time === 'string' ? time.slice(0, 10) : undefined);

const formatFullName = (...names: unknown[]) =>
	names.flatMap((name) => String(name || '').trim() || []).join(' ') || undefined;

/** Omits `active`, since that is what a user expects. */
const formatStatus = (status: unknown) => (status === 'active' ? undefined : status);

/** Converts `report/adverse-media` to `Adverse Media`. */
const formatKind = (type: unknown) => toTitle(String(type).replace(/^.*\//, ''));

/** Names an inquiry by its person and reference ID, or else by its ID. */
export const formatInquiry: FormatName = ({ id, referenceId, status, createdAt, fields }) => {
	const { 'name-first': first, 'name-last': last } = isRecord(fields) ? fields : {};
	const name = joinParts(formatFullName(first, last), referenceId) || id;
	return joinParts(name, status, formatDay(createdAt));
};

/** Names an account by its person and reference ID, or else by its ID. */
export const formatAccount: FormatName = ({ id, fields, ...account }) => {
	const { name } = isRecord(fields) ? fields : {};
	const { first, last } = isRecord(name) ? name : {};
	const { referenceId, accountTypeName, accountStatus, createdAt } = account;
	const title = joinParts(formatFullName(first, last), referenceId) || id;
	const status = accountStatus === 'Default' ? undefined : accountStatus;
	return joinParts(title, accountTypeName, status, formatDay(createdAt));
};

/** The name or the term that a report is about. Most types have it in their query. */
function formatSubject(report: IDataObject): unknown {
	const { nameFirst, nameMiddle, nameLast, term, query } = report;
	return (
		formatFullName(nameFirst, nameMiddle, nameLast) ??
		term ??
		report.businessName ??
		report.name ??
		report.emailAddress ??
		report.phoneNumber ??
		(isRecord(query) ? formatSubject(query) : undefined)
	);
}

/** Whether a report has found something. Without an answer, nothing is said. */
const formatMatch = ({ hasMatch, status }: IDataObject) =>
	hasMatch === true ? 'match' : hasMatch === false && status === 'ready' ? 'no match' : undefined;

/** Names a report by whom it is about, its kind, status and result. */
export const formatReport: FormatName = (report) => {
	const { id, type, status, createdAt } = report;
	const subject = formatSubject(report);
	const about = joinParts(subject, formatKind(type), status, formatMatch(report));
	return joinParts(about, formatDay(createdAt), !subject && id);
};

/** Names what has a name, or else by its ID. */
export const formatNamed: FormatName = ({ id, name, status, createdAt }) =>
	joinParts(shorten(name) || id, formatStatus(status), formatDay(createdAt));

/** The same without the day, for what is set up once. */
export const formatSetting: FormatName = ({ id, name, status }) =>
	joinParts(shorten(name) || id, formatStatus(status));

/** Names a transaction by its reference ID, or else by its ID. */
export const formatTransaction: FormatName = ({ id, referenceId, status, createdAt }) =>
	joinParts(shorten(referenceId) || id, status, formatDay(createdAt));

/** Names a list by its name and its type. */
export const formatList: FormatName = ({ id, name, type, status }) =>
	joinParts(shorten(name) || id, String(type).replace('list/', ''), formatStatus(status));

/** Names a webhook by its name, or else by its address. */
export const formatWebhook: FormatName = ({ id, name, url, status }) =>
	joinParts(shorten(name) || shorten(url) || id, status);

/** Names a connection by its two organizations. */
export const formatConnection: FormatName = (connection) => {
	const {
		id,
		sourceOrganizationId: source,
		destinationOrganizationId: target,
		status,
	} = connection;
	return joinParts([source, target].filter(Boolean).join(' → ') || id, status);
};

/** Names what has no name of its own by its status, its day and its ID. */
export const formatUnnamed: FormatName = ({ id, direction, status, createdAt }) =>
	joinParts(direction, status, formatDay(createdAt), id);

/** What a Screening report says of a record, for a person who has to recognize it. */
export function formatRecord({
	token,
	names,
	listings,
	articles,
	reviewStatus,
}: IDataObject): string {
	const [name] = getRecords(names);
	const sources = [...getRecords(listings), ...getRecords(articles)].map(
		(source) => source.name ?? source.title,
	);
	return joinParts(name?.name ?? token, sources[0], reviewStatus);
}

/**
 * The attributes that the functions above need, by type, as Persona's `fields` takes them: whole objects
 * would be many times as large, and have personal data that no list shows.
 */
export const SHOWN_FIELDS = {
	account: 'reference-id,account-type-name,account-status,created-at,fields.name',
	case: 'name,status,created-at',
	inquiry: 'reference-id,status,created-at,fields.name-first,fields.name-last',
	'inquiry-template': 'name,status',
	report:
		'status,has-match,created-at,name-first,name-middle,name-last,term,email-address,phone-number,query',
	'theme-set': 'name,status',
	transaction: 'reference-id,status,created-at',
};
