import type { IDataObject, INode } from 'n8n-workflow';
import { explainMissingPostgres } from '../tools/findProgram.mts';
import type { WorkflowFile } from '../tools/n8n/n8nClient.mts';
import { buildPostgresCredential, startPostgres, type Server } from '../tools/servers.mts';
import type { ProxyAccess } from '../tools/services/proxyEnvironment.mts';
import { startServices, type Services } from '../tools/services/services.mts';
import { improvise } from './improvise.mts';

/** The stand-ins for the services that the workflows use besides Persona. */
export interface StandIns extends Services {
	/** A real database, where this machine has PostgreSQL. */
	postgres?: Server;
	/** Why some are missing, by the type of their credential. */
	missing: Record<string, string>;
}

/** Those who call the help desk. The sandbox's ID is Jane's, so John cannot prove who he is. */
const employees = ['Jane', 'John'].map((firstName, index) => {
	const login = `${firstName.toLowerCase()}@example.com`;
	return {
		id: `00u${index + 1}`,
		status: 'ACTIVE',
		profile: {
			...{ login, email: login, secondEmail: null },
			...{ firstName, lastName: 'Doe', birthdate: '1990-01-01' },
		},
	};
});

/**
 * Starts the stand-ins as somebody has set them up who has read the notes of these workflows. The
 * caller closes them. `passOn` is what happens to connections to other hosts, as for `startServices`.
 */
export async function startStandIns(
	access: ProxyAccess,
	workflows: WorkflowFile[],
	passOn?: boolean | string,
): Promise<StandIns> {
	const missingPostgres = explainMissingPostgres();
	const services = await startServices(access, passOn);
	try {
		const nodes = workflows.flatMap((workflow) => workflow.nodes);
		services.slack.channels.push(...new Set(nodes.flatMap(listChannels)));
		services.hubspot.properties.push(...new Set(nodes.flatMap(listProperties)));
		services.model.improvise = improvise;
		services.okta.users.push(...employees);
		const postgres = missingPostgres ? undefined : await startPostgres();
		return {
			...services,
			postgres,
			missing: missingPostgres ? { postgres: missingPostgres } : {},
			credentials: {
				...services.credentials,
				...(postgres && { postgres: buildPostgresCredential(postgres.url) }),
			},
			async close() {
				await Promise.all([services.close(), postgres?.stop()]);
			},
		};
	} catch (error) {
		await services.close();
		throw error;
	}
}

/** The channels that a node of Slack names. */
function listChannels({ type, parameters }: INode): string[] {
	const { mode, value } = Object(parameters.channelId) as IDataObject;
	const isName = type === 'n8n-nodes-base.slack' && mode === 'name' && !/^=/.test(String(value));
	return isName ? [String(value).replace(/^#/, '')] : [];
}

/** The properties of contacts that a node of HubSpot fills in, besides those that HubSpot has itself. */
function listProperties({ parameters }: INode): string[] {
	const { customPropertiesUi } = Object(parameters.additionalFields) as IDataObject;
	const { customPropertiesValues = [] } = Object(customPropertiesUi) as {
		customPropertiesValues?: { property: string }[];
	};
	return customPropertiesValues.map(({ property }) => property);
}
