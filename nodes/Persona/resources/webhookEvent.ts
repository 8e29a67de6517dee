import type { Resource } from '../engine/types';
import { buildSearch } from '../operations/search/buildSearch';

/** Webhook events: the deliveries of events to webhooks, with the result of the last attempt. */
export const webhookEvents: Resource = {
	name: 'Webhook Event',
	value: 'webhookEvent',
	node: 'Persona Admin',
	operations: {
		search: {
			name: 'Search',
			description:
				'Find deliveries to webhooks by status (pending, completed, failed, skipped), webhook, event, event name, related object or time of the last attempt. Persona keeps them for a limited time only: 30 days, according to its guide.',
			route: 'POST /webhook-events/search',
			...buildSearch(
				{
					updated_at: 'Last Attempt At',
					event_id: 'Event ID',
					event_name: 'Event Name',
					related_object_ids: 'Related Object ID',
					status: 'Status',
					webhook_event_id: 'Webhook Event ID',
					webhook_id: 'Webhook ID',
				},
				'failed',
				{
					onlyOrdered: 'updated_at',
					values: { status: ['pending', 'completed', 'failed', 'skipped'] },
				},
			),
			returns: 'list',
			hasOpaqueCursors: true,
		},
	},
};
