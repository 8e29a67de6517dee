import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { getObjectType } from '../../engine/operationRules';
import type { ItemContext } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import { getAttributes, type ObjectDocument } from '../../transport/jsonApi';
import { toOutput, type Output } from '../../transport/output';

/** Statuses in which the person can still continue. A status that Persona adds ends an inquiry. */
const OPEN_STATUSES = ['created', 'pending'];

/** An inquiry to wait for, and how to return it. Stored with the execution. */
export interface InquiryRef {
	id: string;
	query: IDataObject;
	output: Output;
}

/** Reads Include and Fields to Return. The status is added to the fields, since it is needed here. */
export function readQuery(context: ItemContext): IDataObject {
	const { include, fields = {} } = context.readIncludeAndFields();
	const type = getObjectType(context.run.resource);
	return {
		include,
		fields: fields[type] ? { ...fields, [type]: `${fields[type]},status` } : fields,
	};
}

/** Builds the request that reads an inquiry. */
export const buildGetRequest = ({ id, query }: Omit<InquiryRef, 'output'>): ApiRequest => ({
	method: 'GET',
	path: `/inquiries/${id}`,
	query,
});

/** Builds the request that sets where Persona sends the person after the flow; null resets it. */
export const buildRedirectRequest = (id: string, url: string | null): ApiRequest => ({
	method: 'PATCH',
	path: `/inquiries/${id}`,
	body: { data: { attributes: { 'redirect-uri': url } } },
});

const getStatus = ({ data }: ObjectDocument) => String(getAttributes(data).status);

/** Whether the person can still continue the inquiry. */
export const isOpen = (document: ObjectDocument) => OPEN_STATUSES.includes(getStatus(document));

/**
 * Converts an inquiry to the output, with `finished`. That is false for an open inquiry, and also for
 * an expired one: nobody will return, but there is nothing to decide on either.
 */
export function toWaitItem(document: ObjectDocument, output: Output): INodeExecutionData {
	const inquiry = toOutput(document, document.data, output);
	const finished = !isOpen(document) && getStatus(document) !== 'expired';
	return {
		json: output.mode === 'simplified' ? { finished, ...inquiry } : { ...inquiry, finished },
	};
}
