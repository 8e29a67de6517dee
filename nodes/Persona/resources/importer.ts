import { file, required } from '../fields/kinds';
import type { Variant, Resource } from '../engine/types';
import { waitForResult } from '../operations/waitForResult';
import { listTypes, listIdField } from './shared/listTypes';

const buildCsvField = (columns: string, note = '') => ({
	file: required(
		file(
			'Input Data Field Name',
			`Binary field that contains a CSV file with these columns in its first line (${columns}${note})`,
			{ default: 'data', hint: `A CSV file with these columns in its first line: ${columns}` },
		),
	),
});

const buildListItemImport = (
	{ name, apiName }: Variant,
	columns: string,
	note?: string,
): Variant => ({
	name: `${name} List Items`,
	apiName: `list-item/${apiName}`,
	attributes: { 'list-id': listIdField, ...buildCsvField(columns, note) },
});

/** All types of imports. The names are stored in workflows. */
const importTypes: Record<string, Variant> = {
	account: {
		name: 'Accounts',
		apiName: 'accounts',
		permission: 'importer.write and account.write',
		attributes: buildCsvField(
			'reference_id, name_first, name_middle, name_last, birthdate, social_security_number, tags',
			'; birthdate is written as YYYY-MM-DD',
		),
	},
	emailAddress: buildListItemImport(
		listTypes.emailAddress,
		'value, match_type',
		'; match_type is email_address or domain',
	),
	geolocation: buildListItemImport(listTypes.geolocation, 'latitude, longitude, radius_meters'),
	governmentIdNumber: buildListItemImport(
		listTypes.governmentIdNumber,
		'id_number, id_class',
		'; id_class is pp for a passport or dl for a driver license',
	),
	ipAddress: buildListItemImport(listTypes.ipAddress, 'value'),
	name: buildListItemImport(listTypes.name, 'name_first, name_last'),
	phoneNumber: buildListItemImport(listTypes.phoneNumber, 'value'),
};

/** Importers: files from which Persona creates many accounts or list items. */
export const importers: Resource = {
	name: 'Importer',
	value: 'importer',
	operations: {
		import: {
			name: 'Import',
			action: 'Import CSV file with importer',
			description: 'Create many accounts or list items from a CSV file, and wait for the counts',
			route: 'POST /importer/{variant}',
			guarded: true,
			...waitForResult('GET /importers/{importer-id}'),
			permission: 'importer.write',
			acceptsForm: true,
			variants: { label: 'Import Type', name: 'importType', options: importTypes },
		},
		get: {
			name: 'Get',
			description:
				'Read whether an import has finished, and how many rows were successful, duplicates or errors',
			route: 'GET /importers/{importer-id}',
		},
		getAll: {
			name: 'Get Many',
			description: 'List imports, newest first, with their counts',
			route: 'GET /importers',
			returns: 'list',
		},
	},
};
