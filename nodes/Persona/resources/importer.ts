import { file, required } from '../engine/fields';
import type { Kind, Resource } from '../engine/types';
import { waiting } from '../operations/waitForResult';
import { itemKinds, listId } from './shared/listTypes';

const csv = (columns: string, note = '') => ({
	file: required(
		file(
			'Input Data Field Name',
			`CSV file, whose first line names its columns (${columns}${note}), in this binary field`,
			{ default: 'data', hint: `A CSV file; its first line names its columns: ${columns}` },
		),
	),
});

const items = ({ name, sends }: Kind, columns: string, note?: string): Kind => ({
	name: `${name} List Items`,
	sends: `list-item/${sends}`,
	attributes: { 'list-id': listId, ...csv(columns, note) },
});

/** What can be imported; the names are stored in workflows. */
const kinds: Record<string, Kind> = {
	account: {
		name: 'Accounts',
		sends: 'accounts',
		attributes: csv(
			'reference_id, name_first, name_middle, name_last, birthdate, social_security_number, tags',
			'; birthdate is written as YYYY-MM-DD',
		),
	},
	emailAddress: items(
		itemKinds.emailAddress,
		'value, match_type',
		'; match_type is email_address or domain',
	),
	geolocation: items(itemKinds.geolocation, 'latitude, longitude, radius_meters'),
	governmentIdNumber: items(
		itemKinds.governmentIdNumber,
		'id_number, id_class',
		'; id_class is pp for a passport or dl for a driver license',
	),
	ipAddress: items(itemKinds.ipAddress, 'value'),
	name: items(itemKinds.name, 'name_first, name_last'),
	phoneNumber: items(itemKinds.phoneNumber, 'value'),
};

/** Importers: files that become many accounts or list items at once. */
export const importers: Resource = {
	name: 'Importer',
	value: 'importer',
	type: 'importer',
	operations: {
		import: {
			name: 'Import',
			action: 'Import a file with an importer',
			description:
				'Make many accounts or list items from a CSV file, and wait for the counts of what it has made',
			route: 'POST /importer/{kind}',
			...waiting('GET /importers/{importer-id}'),
			kinds: { label: 'Import Type', name: 'importType', options: kinds },
			returns: 'item',
		},
		get: {
			name: 'Get',
			action: 'Get an importer',
			description: 'Read whether an import is done, and how many rows were good, known or wrong',
			route: 'GET /importers/{importer-id}',
			returns: 'item',
		},
		getAll: {
			name: 'Get Many',
			action: 'Get many importers',
			description: 'List imports, newest first, with their counts',
			route: 'GET /importers',
			returns: 'list',
		},
	},
};
