import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { Client } from '../../transport/client';
import { MANUAL_POLL_RETRY_POLICY } from '../../transport/retryPolicies';
import { isSubscribed, readSelection } from '../../events/parameters';
import { createEventList, paginateEvents } from '../../events/eventList';
import { toItems } from './toItems';

/** Events that a manual run shows at most. */
const MAX_SAMPLES = 10;

/** Pages that a manual run looks through, since somebody waits for it. */
const MAX_PAGES = 3;

/**
 * The last events that the node would have passed on, oldest first. Nothing is remembered of them.
 * Throws what the user can do when there are none.
 */
export async function pollManually(
	node: IPollFunctions,
	names: string[],
): Promise<INodeExecutionData[][]> {
	const client = await Client.create(node, MANUAL_POLL_RETRY_POLICY);
	const selection = readSelection(node);
	const items: IDataObject[] = [];
	let pages = 0;
	for await (const { events } of paginateEvents(createEventList(node, client, names))) {
		const wanted = events.filter(({ event }) => isSubscribed(names, event.attributes.name));
		for (let at = 0; at < wanted.length && items.length < MAX_SAMPLES; at += MAX_SAMPLES) {
			const some = wanted.slice(at, at + MAX_SAMPLES);
			items.push(...(await toItems(node, client, some, selection, Infinity)).items);
		}
		if (items.length >= MAX_SAMPLES || ++pages === MAX_PAGES) break;
	}
	if (items.length > 0)
		return [
			items
				.slice(0, MAX_SAMPLES)
				.reverse()
				.map((json) => ({ json })),
		];
	throw new NodeOperationError(node.getNode(), 'Persona has no recent event like this', {
		description:
			"Let one happen, such as a completed inquiry, and run again; or choose others in 'Trigger On' and 'Only When'.",
		level: 'info',
	});
}
