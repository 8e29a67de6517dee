import { randomUUID } from 'crypto';
import type { IDataObject, IWebhookDescription, NodeApiError } from 'n8n-workflow';
import type { Operation } from '../../engine/types';
import type { Session } from '../../engine/itemContext';
import type { Request } from '../../transport/client';
import { isTool } from '../../transport/errors';
import type { Document, PersonaObject } from '../../transport/jsonApi';
import { isOpen, itemOf, queryOf, reading, redirecting } from './inquiry';
import { hasSlept, memoryOf, release, type Wait } from './executionState';
import { addressOf, fallAsleep, isOver } from './suspend';
import { lengthOf, redirectUrlOf, terms } from './parameters';

/** Where n8n takes the person who comes back from Persona. */
export const returnWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'GET',
		responseMode: 'onReceived',
		responseData: '',
		path: '={{ $nodeId }}',
		isFullPath: true,
		restartWebhook: true,
		ndvHideUrl: true,
	},
];

/** The request that gives the inquiry to wait for, with this query. */
type Begin = (session: Session, query: IDataObject) => Request | Promise<Request>;

/** What an item waits for, all of it checked before anything is asked of Persona. */
async function begun(session: Session, begin: Begin) {
	const { node } = session.run;
	if (isTool(node.getNode())) {
		session.refuse(
			'A tool of an AI agent cannot wait for a person',
			'Put this operation into the workflow itself, outside the agent.',
		);
	}
	const length = lengthOf(session);
	const redirectUrl = redirectUrlOf(session);
	const query = queryOf(session);
	const document = await session.send(await begin(session, query));
	const { id } = document.data as PersonaObject;
	const simplify = session.setting<boolean>('simplify');
	const mark = randomUUID();
	const wait: Wait = { id, query, simplify, mark, redirectUrl, open: true };
	if (isOpen(document)) await bringBack(session, wait);
	return { document, wait, until: isOpen(document) ? Date.now() + length : 0 };
}

/**
 * Has Persona send the person to this execution. Not with the creation, which Persona answers from
 * its memory where a key comes again: the person would be sent to the execution before.
 */
async function bringBack(session: Session, { id, mark }: Wait) {
	try {
		await session.send(redirecting(id, addressOf(session.run.node, mark)));
	} catch (error) {
		const { message, description } = error as NodeApiError;
		session.refuse(
			`Inquiry ${id} is there, but its person cannot be sent back to n8n: ${message}`,
			description ?? '',
		);
	}
}

/**
 * Makes an operation wait for the persons of the inquiries that `begin` gives. One sleep is for all
 * items: it ends when nobody is waited for any more, at the latest with the longest of their times.
 */
const waiting = (begin: Begin): Pick<Operation, 'own' | 'execute' | 'after'> => ({
	own: terms,

	async execute(session) {
		const { run, itemIndex } = session;
		const memory = memoryOf(run);
		if (hasSlept(run) && memory.failed[itemIndex]) return memory.failed[itemIndex];
		let wait = memory.waits[itemIndex];
		let document: Document;
		if (wait) {
			document = await session.send(reading(wait));
			if (isOpen(document) && isOver(memory)) await run.client.answer(release(wait));
		} else {
			const beginning = await begun(session, begin);
			({ document, wait } = beginning);
			memory.waits[itemIndex] = wait;
			memory.until = Math.max(memory.until, beginning.until);
		}
		wait.open = isOpen(document);
		return [itemOf(document, wait.simplify)];
	},

	async after({ run, itemIndex }, sent) {
		const memory = memoryOf(run);
		const wait = memory.waits[itemIndex];
		if (!wait) memory.failed[itemIndex] = sent;
		else if (wait.open && !isOver(memory)) await fallAsleep(run, memory);
		return sent;
	},
});

/** Lets an execution sleep until the person of an inquiry that exists comes back. */
export const waitForPerson: Operation = {
	name: 'Wait for Person',
	action: 'Wait for the person of an inquiry',
	description:
		'Let the execution sleep until the person comes back from the flow whose link you have sent, or until a deadline. Where you use Allowed Domains in Persona, add that of n8n.',
	route: 'GET /inquiries/{inquiry-id}',
	...waiting((session, query) => reading({ id: session.id('inquiry-id'), query })),
	returns: 'item',
};

/** The same for new inquiries, with the fields of the operation that creates them. */
export const createAndWait = (creation: Partial<Operation>): Operation => ({
	name: 'Create and Wait',
	action: 'Create an inquiry and wait for the person',
	description:
		'Start a verification whose link Persona itself sends, and let the execution sleep until the person is done. To send the link from n8n, use Create, a node that sends it, and Wait for Person. Where you use Allowed Domains in Persona, add that of n8n.',
	route: 'POST /inquiries',
	...creation,
	...waiting(async (session, query) => ({ ...(await session.request()), query })),
	returns: 'item',
});
