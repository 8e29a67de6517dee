import type { IDataObject } from 'n8n-workflow';
import { fixtures } from '../../sandbox/sandbox.mts';
import { buildIdLocator, buildNode, selectCredential } from '../e2e/buildNode.mts';
import type { LoadEnvironment } from '../load/loadEnvironment.mts';
import { LAST, TRIGGER } from './activity.mts';
import { publishRow } from './jobs.mts';

/** The events that are delivered, and those that are polled. */
export const DELIVERED = 'case.created';
export const POLLED = 'transaction.created';

/** Every five seconds. n8n rejects a cron expression with several seconds, but accepts several expressions. */
const POLL_TIMES = {
	item: Array.from({ length: 12 }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${index * 5} * * * * *`,
	})),
};

/** Publishes a workflow that creates an inquiry for each event, with the event's ID as its note. */
async function publishTrigger(
	environment: LoadEnvironment,
	name: string,
	parameters: IDataObject,
	more: object = {},
) {
	const credential = selectCredential(environment);
	return await publishRow(environment, name, [
		buildNode(`n8n-nodes-persona.${name}`, TRIGGER, parameters, { ...credential, ...more }),
		buildNode(
			'n8n-nodes-persona.persona',
			LAST,
			{
				resource: 'inquiry',
				operation: 'create',
				inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
				additionalFields: { note: '={{ $json.eventId }}' },
				options: { idempotencyKey: '={{ $json.eventId }}-create' },
			},
			credential,
		),
	]);
}

/** Publishes the workflow that deliveries start. */
export const publishDelivered = async (environment: LoadEnvironment) =>
	await publishTrigger(
		environment,
		'personaTrigger',
		{ events: [DELIVERED] },
		{ webhookId: 'persona-killed' },
	);

/** Publishes the workflow that polls. */
export const publishPolled = async (environment: LoadEnvironment) =>
	await publishTrigger(environment, 'personaPollingTrigger', {
		events: [POLLED],
		pollTimes: POLL_TIMES,
	});
