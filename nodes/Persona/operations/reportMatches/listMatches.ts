import type { IDataObject } from 'n8n-workflow';
import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import { getRecords, isRecord } from '../../utils/isRecord';

/** One record that a report has found, in the form that all types of reports share. */
export interface ReportMatch {
	/** With it, Review Matches reviews the record; null where the type has no reviews. */
	token: string | null;
	/** With it, Dismiss Matches dismisses the record; null where Persona has none. */
	entityId: string | null;
	name: string | null;
	/** The lists that the record is on. */
	listings: string[];
	/** What kind of list or record it is, in Persona's words. */
	types: string[];
	positions: string[];
	/** Titles of the articles about it. */
	articles: string[];
	reviewStatus: string | null;
	riskLevel: string | null;
	/** The record as Persona has sent it. */
	record: IDataObject;
}

/** Reads the records in the attributes of a report; undefined where Persona has not sent the list. */
type ReadMatches = (attributes: IDataObject) => ReportMatch[] | undefined;

const toText = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

const getTexts = (values: unknown): string[] =>
	Array.isArray(values) ? [...new Set(values.flatMap((value) => toText(value) ?? []))] : [];

const pluck = (list: unknown, name: string) => getTexts(getRecords(list).map((each) => each[name]));

/** Creates a match; what a type of report does not have is empty. */
const createMatch = (record: IDataObject, facts: Partial<ReportMatch>): ReportMatch => ({
	token: null,
	entityId: null,
	name: toText(record.name),
	listings: [],
	types: [],
	positions: [],
	articles: [],
	reviewStatus: null,
	riskLevel: null,
	...facts,
	record,
});

const isRecordList = (list: unknown): list is IDataObject[] =>
	Array.isArray(list) && list.every(isRecord);

/** A list with an entry that is no object is not known: leaving the entry out could hide a match. */
const toMatches = (list: unknown, convert: (record: IDataObject) => ReportMatch[]) =>
	isRecordList(list) ? list.flatMap(convert) : undefined;

/** Whether one of several lists has been sent in a form that cannot be read, so that the others are not all. */
const isUnreadable = (...lists: unknown[]) =>
	lists.some((list) => list !== undefined && list !== null && !isRecordList(list));

const readScreening: ReadMatches = (attributes) =>
	toMatches(attributes['matched-records'], (record) => [
		createMatch(record, {
			token: toText(record.token),
			name: pluck(record.names, 'name')[0] ?? null,
			listings: pluck(record.listings, 'name'),
			types: pluck(record.listings, 'type'),
			positions: pluck(record.positions, 'name'),
			articles: pluck(record.articles, 'title'),
			reviewStatus: toText(record['review-status']),
			riskLevel: toText(record['risk-level']),
		}),
	]);

/** One match for each entity of a list, and one for a list without entities. */
const readLists = (lists: unknown) => {
	if (isUnreadable(...getRecords(lists).map(({ entities }) => entities))) return undefined;
	return toMatches(lists, (list) => {
		const entities = getRecords(list.entities);
		const found = entities.length > 0 ? entities : [undefined];
		return found.map((entity) =>
			createMatch(entity ? { ...list, entities: [entity] } : list, {
				name: toText(entity?.name),
				listings: getTexts([list.name]),
				types: getTexts([list['list-type'], ...getTexts(list['list-types'])]),
			}),
		);
	});
};

const BUSINESS_LISTS = ['sanction', 'fitness-probity', 'warning'];

const readBusinessWatchlist: ReadMatches = (attributes) => {
	if (isUnreadable(...BUSINESS_LISTS.map((type) => attributes[`${type}-list`]))) return undefined;
	const lists = BUSINESS_LISTS.map((type) =>
		toMatches(attributes[`${type}-list`], (list) => [
			createMatch(list, { name: null, listings: getTexts([list.name]), types: [type] }),
		]),
	);
	const matches = lists.flatMap((list) => list ?? []);
	const isListed = (name: string) => matches.some(({ listings }) => listings.includes(name));
	// Some lists have no type of their own.
	const others = getTexts(attributes['matched-lists']).filter((name) => !isListed(name));
	const isKnown = lists.some((list) => list) || Array.isArray(attributes['matched-lists']);
	return isKnown
		? [...matches, ...others.map((name) => createMatch({ name }, { name: null, listings: [name] }))]
		: undefined;
};

const readMedia = (list: unknown) =>
	toMatches(list, (record) => [
		createMatch(record, {
			entityId: toText(record['entity-id'] ?? record.id),
			listings: pluck(record.sources, 'name'),
			types: getTexts(getRecords(record.sources).flatMap(({ types }) => getTexts(types))),
			articles: pluck(record.media, 'title'),
		}),
	]);

const readBusinessMedia: ReadMatches = (attributes) => {
	const { result, 'related-sources': sources } = attributes;
	const media = isRecord(result) ? result['adverse-media'] : undefined;
	if (isUnreadable(sources, media)) return undefined;
	const related = readMedia(sources);
	const articles = toMatches(media, (article) => [
		createMatch(article, { articles: getTexts([article.title]) }),
	]);
	return related || articles ? [...(related ?? []), ...(articles ?? [])] : undefined;
};

const readPoliticians: ReadMatches = ({ result }) =>
	toMatches(result, (record) => [
		createMatch(record, {
			entityId: toText(record['entity-id']),
			types: getTexts([record['pep-type']]),
			positions: pluck(record.positions, 'name'),
		}),
	]);

/** The businesses that may be the one that was searched for. */
const readCandidates: ReadMatches = ({ result }) =>
	toMatches(isRecord(result) ? result.businesses : undefined, (business) => [
		createMatch(business, {
			name: toText(business['business-name']),
			types: getTexts([business['entity-type']]),
		}),
	]);

/** The types of reports that list what they have found, without `report/`. */
const MATCH_READERS: Record<string, ReadMatches> = {
	'adverse-media': (attributes) => readMedia(attributes['related-sources']),
	'business-adverse-media': readBusinessMedia,
	'business-search': readCandidates,
	'business-watchlist': readBusinessWatchlist,
	'crypto-address-watchlist': ({ result }) => readLists(result),
	'politically-exposed-person': readPoliticians,
	screening: readScreening,
	watchlist: (attributes) => readLists(attributes['matched-lists']),
};

/** Whether reports of a type, such as `report/watchlist`, list what they have found. */
export const hasMatchList = (type: string) =>
	Object.hasOwn(MATCH_READERS, type.replace('report/', ''));

/** Whether the records of a report are candidates to choose from, rather than findings against somebody. */
export const hasCandidates = (type: string) => type === 'report/business-search';

/**
 * Lists the records that a report has found, in Persona's order; undefined where its type has no such
 * list, and where Persona has not sent it. Only an empty list says that there are none.
 */
export const listMatches = (report: PersonaObject): ReportMatch[] | undefined =>
	hasMatchList(report.type)
		? MATCH_READERS[report.type.replace('report/', '')](getAttributes(report))
		: undefined;
