import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { Client } from '../../transport/client';
import { MANUAL_POLL_RETRY_POLICY } from '../../transport/retryPolicies';
import { isAmong, selectionOf } from '../../events/parameters';
import { eventList, pagesBelow } from '../../events/eventList';
import { passOn } from './toItems';

/** Events that a manual run shows at most. */
const SAMPLES = 10;

/** Pages that a manual run looks through, since somebody waits for it. */
const PAGES = 3;

/**
 * The last events that the node would have passed on, oldest first. Nothing is remembered of them.
 * Throws what the user can do when there are none.
 */
export async function samples(
	node: IPollFunctions,
	names: string[],
): Promise<INodeExecutionData[][]> {
	const client = await Client.of(node, MANUAL_POLL_RETRY_POLICY);
	const selection = selectionOf(node);
	const items: IDataObject[] = [];
	let pages = 0;
	for await (const { events } of pagesBelow(eventList(node, client, names))) {
		const wanted = events.filter(({ event }) => isAmong(names, event.attributes.name));
		for (let at = 0; at < wanted.length && items.length < SAMPLES; at += SAMPLES) {
			const some = wanted.slice(at, at + SAMPLES);
			items.push(...(await passOn(node, client, some, selection, Infinity)).items);
		}
		if (items.length >= SAMPLES || ++pages === PAGES) break;
	}
	if (items.length > 0)
		return [
			items
				.slice(0, SAMPLES)
				.reverse()
				.map((json) => ({ json })),
		];
	throw new NodeOperationError(node.getNode(), 'Persona has no recent event like this', {
		description:
			"Let one happen, such as a completed inquiry, and run again; or choose others in 'Trigger On' and 'Only When'.",
		level: 'info',
	});
}
