import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Session } from '../../engine/itemContext';
import type { Request } from '../../transport/client';
import type { Document, PersonaObject } from '../../transport/jsonApi';
import { outputOf } from '../../transport/simplify';

/** Statuses in which the person can still go on. Persona may add others, which end an inquiry. */
const OPEN = ['created', 'pending'];

/** An inquiry as it is waited for, and in which shape it is put out. */
export interface Sought {
	id: string;
	query: IDataObject;
	simplify: boolean;
}

/** Include and Fields to Return of an item, with the status, without which nobody could tell. */
export function queryOf(session: Session): IDataObject {
	const { include, fields } = session.selection();
	const asked = fields as Record<string, string>;
	const { type } = session.run.resource;
	const wanted = asked[type] ? { ...asked, [type]: `${asked[type]},status` } : asked;
	return { include, fields: wanted };
}

/** The request that reads an inquiry. */
export const reading = ({ id, query }: Omit<Sought, 'simplify'>): Request => ({
	method: 'GET',
	path: `/inquiries/${id}`,
	query,
});

/** The request that sets where the person goes after the flow; null leaves that to Persona. */
export const redirecting = (id: string, address: string | null): Request => ({
	method: 'PATCH',
	path: `/inquiries/${id}`,
	body: { data: { attributes: { 'redirect-uri': address } } },
});

const statusOf = ({ data }: Document) => String((data as PersonaObject).attributes?.status);

/** Whether the person of an inquiry can still go on with it. */
export const isOpen = (document: Document) => OPEN.includes(statusOf(document));

/**
 * The inquiry as an item, with `finished`: false while it is open and where it has expired, which
 * leaves nobody to wait for, but nothing to decide on either.
 */
export function itemOf(document: Document, simplify: boolean): INodeExecutionData {
	const inquiry = outputOf(document, document.data as PersonaObject, simplify);
	const finished = !isOpen(document) && statusOf(document) !== 'expired';
	return { json: { ...inquiry, finished } };
}
