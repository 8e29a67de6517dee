import type {
	FieldType,
	ILoadOptionsFunctions,
	INodePropertyOptions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';
import {
	DAY_LABEL_SUFFIX,
	FILE_LABEL_SUFFIX,
	FILE_OR_JSON_LABEL_SUFFIX,
} from '../fields/convertCell';
import type { IdPrefix } from '../values/idKinds';
import type { ColumnSource, ReadColumns } from '../engine/types';
import { toParameterName } from '../fields/encodeValue';
import { getAttributes, getIncluded, type PersonaObject } from '../transport/jsonApi';
import { getRecords } from '../utils/isRecord';
import {
	createEditorReader,
	EDITOR_PAGE_SIZE,
	DENIED,
	isSandboxKey,
	readChosenId,
	readUnlessDenied,
} from './editorReader';

/** Persona's description of a field that the customer has defined. */
interface FieldSchema {
	type: string;
	key: string;
	label?: string | null;
	'default-value'?: unknown;
	config?: {
		required?: boolean;
		'archived-at'?: string | null;
		'deactivated-at'?: string | null;
		options?: string[];
		'option-labels'?: string[];
	};
}

/** Persona's description of an input with which a workflow is run. */
interface WorkflowInput {
	name: string;
	/** A type of JSON. */
	type: string | null;
	required: boolean;
}

/** An object with a map of fields, and the template or type that describes those. */
interface MappedType {
	/** Persona's name of the object. */
	object: string;
	path: string;
	prefix: IdPrefix;
	/** Persona's name of its template or type, which is also the name of the relationship. */
	template: string;
	templatePrefix: IdPrefix;
	/** A field of the type file takes the name of a binary field. */
	takesFiles?: true;
	/** Who is verified may still enter a required value, so creating the object does not need it. */
	isCompletedLater?: true;
}

/** What the panel says where it has no columns. */
interface MappingTexts {
	/** What the user chooses first, as the panel calls it. */
	choice: string;
	/** What cannot be read with a key that is refused. */
	source: string;
	/** What an API key needs, without `.read`, if Persona documents it. */
	permission?: string;
}

/**
 * n8n's types by Persona's; any other is text. A date is text too, because n8n would add a time,
 * which Persona rejects.
 */
const COLUMN_TYPES: Record<string, FieldType> = {
	array: 'array',
	boolean: 'boolean',
	choices: 'options',
	datetime: 'dateTime',
	file: 'object',
	hash: 'object',
	integer: 'number',
	json: 'object',
	'multi-choices': 'array',
	number: 'number',
	object: 'object',
};

const USE_JSON = 'choose <b>Using JSON</b> above and enter the values by field key';

const toOptions = ({ config }: FieldSchema): INodePropertyOptions[] =>
	(config?.options ?? []).map((value, index) => ({
		name: config?.['option-labels']?.[index] ?? value,
		value,
	}));

/** Whether an object cannot be created without a value of this field. */
const isRequired = ({ config, 'default-value': value }: FieldSchema) =>
	config?.required === true && (value ?? null) === null;

/** What a column may be, depending on the object and on what is done with it. */
interface ColumnRules {
	takesFiles?: boolean;
	canBeRequired?: boolean;
}

function toColumn(
	schema: FieldSchema,
	{ takesFiles = false, canBeRequired = false }: ColumnRules = {},
): ResourceMapperField {
	const { key, type, label } = schema;
	const isFile = takesFiles && type === 'file';
	const suffix = isFile ? FILE_LABEL_SUFFIX : type === 'date' ? DAY_LABEL_SUFFIX : '';
	return {
		id: key,
		displayName: (label || key) + suffix,
		required: canBeRequired && isRequired(schema),
		defaultMatch: false,
		display: true,
		type: isFile ? 'string' : (COLUMN_TYPES[type] ?? 'string'),
		...(type.endsWith('choices') && { options: toOptions(schema) }),
	};
}

function toColumns(template?: PersonaObject, rules?: ColumnRules): ResourceMapperField[] {
	const { 'field-schemas': schemas } = template ? getAttributes(template) : {};
	return getRecords<FieldSchema>(schemas)
		.filter(({ config }) => !config?.['archived-at'] && !config?.['deactivated-at'])
		.map((schema) => toColumn(schema, rules));
}

/** Creates what reads the columns of an object, whether it is to be updated or created. */
const createColumnReader =
	({ object, path, template, takesFiles, isCompletedLater, ...kinds }: MappedType): ReadColumns =>
	async ({ readId, fetchObject }) => {
		const objectId = readId(toParameterName(`${object}-id`), kinds.prefix);
		if (objectId) {
			const request = { path: `${path}/${objectId}`, query: { include: template } };
			const document = await fetchObject(request);
			const included = document ? getIncluded(document) : [];
			return toColumns(
				included.find(({ type }) => type === template),
				{ takesFiles },
			);
		}
		const templateId = readId(toParameterName(`${template}-id`), kinds.templatePrefix);
		if (!templateId) return undefined;
		const document = await fetchObject({ path: `/${template}s/${templateId}` });
		// An update, Create or Update, or a batch job, may leave out what the object already has.
		const mayExist = readId('operation') !== 'create' || readId('jobType') !== undefined;
		const canBeRequired = !mayExist && !isCompletedLater;
		return toColumns(document?.data, { takesFiles, canBeRequired });
	};

/** Reads the inputs of the version of a workflow that is live, or else of its newest version. */
const readWorkflowColumns: ReadColumns = async ({ readId, fetchList }) => {
	const workflowId = readId('workflowId', 'wfl');
	if (!workflowId) return undefined;
	const query = { filter: { 'workflow-id': workflowId }, page: { size: EDITOR_PAGE_SIZE } };
	const { data: versions } = await fetchList({ path: '/workflow-versions', query });
	const version = versions.find((candidate) => getAttributes(candidate).live) ?? versions[0];
	const inputs = getRecords<WorkflowInput>(version && getAttributes(version).inputs);
	return inputs.map(({ type, name, required }) => ({
		...toColumn({ type: type ?? 'string', key: name }, {}),
		...(type === 'object' && { displayName: name + FILE_OR_JSON_LABEL_SUFFIX, type: 'string' }),
		required,
	}));
};

/** What reads the columns of each map, by the names that the table uses. */
export const columnReaders = {
	accountFields: createColumnReader({
		object: 'account',
		path: '/accounts',
		template: 'account-type',
		prefix: 'act',
		templatePrefix: 'acttp',
	}),
	caseFields: createColumnReader({
		object: 'case',
		path: '/cases',
		template: 'case-template',
		prefix: 'case',
		templatePrefix: 'ctmpl',
	}),
	inquiryFields: createColumnReader({
		object: 'inquiry',
		path: '/inquiries',
		template: 'inquiry-template',
		prefix: 'inq',
		templatePrefix: 'itmpl',
		isCompletedLater: true,
	}),
	transactionFields: createColumnReader({
		object: 'transaction',
		path: '/transactions',
		template: 'transaction-type',
		prefix: 'txn',
		templatePrefix: 'txntp',
		takesFiles: true,
	}),
	workflowFields: readWorkflowColumns,
} satisfies Record<string, ReadColumns>;

/** Names the fields for the automatic mapping, which hides them. n8n shows the notice as HTML. */
function listFields(fields: ResourceMapperField[]): string {
	const names = fields.map(({ id }) => id.replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`));
	return `Persona has these fields here: ${names.join(', ')}`;
}

/**
 * Creates n8n's method for a map, with which the editor reads its columns. Where there are none to read,
 * the panel says why, and what to do: an error would only be "No fields found".
 */
const createMethod = (readColumns: ReadColumns, { choice, source, permission }: MappingTexts) =>
	async function (this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
		const reader = await createEditorReader(this, permission);
		const readId: ColumnSource['readId'] = (...chosen) => readChosenId(this, ...chosen);
		const buildNotice = (emptyFieldsNotice: string) => ({ fields: [], emptyFieldsNotice });
		let isMissing = false;
		const fetchObject: ColumnSource['fetchObject'] = async (request) => {
			const document = await reader.fetchObject(request);
			isMissing ||= document === undefined;
			return document;
		};
		const fields = await readUnlessDenied(readColumns({ ...reader, readId, fetchObject }));
		if (fields === DENIED) {
			const key = (await isSandboxKey(this)) ? 'A sandbox key' : 'This API key';
			return buildNotice(`${key} cannot read ${source}: ${USE_JSON}.`);
		}
		if (fields === undefined) {
			return buildNotice(
				`Choose ${choice} to see its fields here. If an expression chooses it, they are not known yet: ${USE_JSON}.`,
			);
		}
		if (isMissing) {
			return buildNotice(
				`Persona does not have what is chosen: it was deleted, or belongs to another environment than the API key. Choose ${choice} again.`,
			);
		}
		if (fields.length === 0) return buildNotice(`Persona has no fields here: ${USE_JSON}.`);
		// n8n keeps an earlier notice until it gets another, and shows it with Map Automatically.
		return { fields, emptyFieldsNotice: listFields(fields) };
	};

/** n8n's methods for maps that are entered column by column, by the names that the table uses. */
export const resourceMapping = {
	accountFields: createMethod(columnReaders.accountFields, {
		choice: 'an account or an account type',
		source: 'the fields of an account type',
		permission: 'account_type',
	}),
	caseFields: createMethod(columnReaders.caseFields, {
		choice: 'a case or a case template',
		source: 'the fields of a case template',
		permission: 'case_template',
	}),
	inquiryFields: createMethod(columnReaders.inquiryFields, {
		choice: 'an inquiry or a template',
		source: 'the fields of a template',
		permission: 'inquiry',
	}),
	transactionFields: createMethod(columnReaders.transactionFields, {
		choice: 'a transaction or a transaction type',
		source: 'the fields of a transaction type',
		permission: 'txn',
	}),
	workflowFields: createMethod(columnReaders.workflowFields, {
		choice: 'a workflow',
		source: 'the inputs of a workflow',
	}),
};
