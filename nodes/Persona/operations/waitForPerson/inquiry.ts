import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { ItemContext } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import { toOutput } from '../../transport/simplify';

/** Statuses in which the person can still go on. Persona may add others, which end an inquiry. */
const OPEN_STATUSES = ['created', 'pending'];

/** An inquiry as it is waited for, and in which shape it is put out. */
export interface InquiryRef {
	id: string;
	query: IDataObject;
	simplify: boolean;
}

/** Include and Fields to Return of an item, with the status, without which nobody could tell. */
export function readQuery(session: ItemContext): IDataObject {
	const { include, fields } = session.readSelection();
	const asked = fields as Record<string, string>;
	const { type } = session.run.resource;
	const wanted = asked[type] ? { ...asked, [type]: `${asked[type]},status` } : asked;
	return { include, fields: wanted };
}

/** The request that reads an inquiry. */
export const buildGetRequest = ({ id, query }: Omit<InquiryRef, 'simplify'>): ApiRequest => ({
	method: 'GET',
	path: `/inquiries/${id}`,
	query,
});

/** The request that sets where the person goes after the flow; null leaves that to Persona. */
export const buildRedirectRequest = (id: string, address: string | null): ApiRequest => ({
	method: 'PATCH',
	path: `/inquiries/${id}`,
	body: { data: { attributes: { 'redirect-uri': address } } },
});

const getStatus = ({ data }: JsonApiDocument) => String((data as PersonaObject).attributes?.status);

/** Whether the person of an inquiry can still go on with it. */
export const isOpen = (document: JsonApiDocument) => OPEN_STATUSES.includes(getStatus(document));

/**
 * The inquiry as an item, with `finished`: false while it is open and where it has expired, which
 * leaves nobody to wait for, but nothing to decide on either.
 */
export function toWaitItem(document: JsonApiDocument, simplify: boolean): INodeExecutionData {
	const inquiry = toOutput(document, document.data as PersonaObject, simplify);
	const finished = !isOpen(document) && getStatus(document) !== 'expired';
	return { json: { ...inquiry, finished } };
}
