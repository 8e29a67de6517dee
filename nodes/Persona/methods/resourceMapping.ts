import type {
	FieldType,
	ILoadOptionsFunctions,
	INodePropertyOptions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { toParameterName, unwrapLocator } from '../engine/values';
import { getAttributes, getIncluded, type PersonaObject } from '../transport/jsonApi';
import { isRecord } from '../utils/isRecord';
import { createEditorReader, EDITOR_PAGE_SIZE, type EditorPermission } from './editorReader';

/** Persona's description of a field that the customer has defined. */
interface FieldSchema {
	type: string;
	key: string;
	label?: string | null;
	config?: {
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
interface MappedType extends EditorPermission {
	/** Persona's name of the object. */
	object: string;
	path: string;
	/** Persona's name of its template or type, which is also the name of the relationship. */
	template: string;
	/** What the user has to choose first, as the panel calls it. */
	choice: string;
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

const EMPTY_FIELDS_NOTICE =
	"Persona returned no fields. Choose 'Using JSON' to enter values anyway.";

const toOptions = ({ config }: FieldSchema): INodePropertyOptions[] =>
	(config?.options ?? []).map((value, index) => ({
		name: config?.['option-labels']?.[index] ?? value,
		value,
	}));

function toColumn(schema: FieldSchema): ResourceMapperField {
	const { key, type, label } = schema;
	const name = label || key;
	return {
		id: key,
		displayName: type === 'date' ? `${name} (YYYY-MM-DD)` : name,
		required: false,
		defaultMatch: false,
		display: true,
		type: COLUMN_TYPES[type] ?? 'string',
		...(type === 'choices' && { options: toOptions(schema) }),
	};
}

/** The entries of a list that are objects; none if Persona sent no list. */
const getRecords = <T>(list: unknown): T[] =>
	Array.isArray(list) ? (list.filter(isRecord) as T[]) : [];

function toColumns(template?: PersonaObject): ResourceMapperFields {
	const { 'field-schemas': schemas } = template ? getAttributes(template) : {};
	const inUse = getRecords<FieldSchema>(schemas).filter(
		({ config }) => !config?.['archived-at'] && !config?.['deactivated-at'],
	);
	return { fields: inUse.map(toColumn), emptyFieldsNotice: EMPTY_FIELDS_NOTICE };
}

/**
 * Reads an ID that the user chose; undefined for an expression, whose value the editor does not
 * know.
 */
function readChosenId(context: ILoadOptionsFunctions, parameter: string): string | undefined {
	const value = unwrapLocator(context.getCurrentNodeParameter(parameter));
	return typeof value === 'string' && /^[\w-]+$/.test(value) ? value : undefined;
}

function failWithoutChoice(context: ILoadOptionsFunctions, choice: string): never {
	throw new NodeOperationError(
		context.getNode(),
		`Choose ${choice} first, as a fixed value. With an expression, choose 'Using JSON'.`,
	);
}

/**
 * Creates a method that reads the columns of an object, whether it is to be updated or created.
 */
const createColumnReader = (mapped: MappedType) =>
	async function (this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
		const { object, path, template, choice } = mapped;
		const { fetchObject } = await createEditorReader(this, mapped);
		const objectId = readChosenId(this, toParameterName(`${object}-id`));
		if (objectId) {
			const request = { path: `${path}/${objectId}`, query: { include: template } };
			const document = await fetchObject(request);
			const included = document ? getIncluded(document) : [];
			return toColumns(included.find(({ type }) => type === template));
		}
		const templateId =
			readChosenId(this, toParameterName(`${template}-id`)) ?? failWithoutChoice(this, choice);
		const document = await fetchObject({ path: `/${template}s/${templateId}` });
		return toColumns(document?.data);
	};

const inquiryFields = createColumnReader({
	object: 'inquiry',
	path: '/inquiries',
	template: 'inquiry-template',
	choice: 'an inquiry or a template',
	permission: 'inquiry',
	deniedMessage:
		"This API key cannot read the fields of a template: choose 'Using JSON' and enter the values by field key",
});

const accountFields = createColumnReader({
	object: 'account',
	path: '/accounts',
	template: 'account-type',
	choice: 'an account or an account type',
	permission: 'account_type',
});

const caseFields = createColumnReader({
	object: 'case',
	path: '/cases',
	template: 'case-template',
	choice: 'a case or a case template',
	permission: 'case_template',
});

const transactionFields = createColumnReader({
	object: 'transaction',
	path: '/transactions',
	template: 'transaction-type',
	choice: 'a transaction or a transaction type',
	permission: 'txn',
});

/** Reads the inputs of the version of a workflow that is live, or else of its newest version. */
async function readWorkflowColumns(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const { fetchList } = await createEditorReader(this);
	const workflowId = readChosenId(this, 'workflowId') ?? failWithoutChoice(this, 'a workflow');
	const query = { filter: { 'workflow-id': workflowId }, page: { size: EDITOR_PAGE_SIZE } };
	const { data: versions } = await fetchList({ path: '/workflow-versions', query });
	const version = versions.find((candidate) => getAttributes(candidate).live) ?? versions[0];
	const inputs = getRecords<WorkflowInput>(version && getAttributes(version).inputs);
	return {
		fields: inputs.map(({ type, name, required }) => ({
			...toColumn({ type: type ?? 'string', key: name }),
			required,
		})),
		emptyFieldsNotice: EMPTY_FIELDS_NOTICE,
	};
}

/** n8n's methods for maps that are entered column by column, by the names that the table uses. */
export const resourceMapping = {
	accountFields,
	caseFields,
	inquiryFields,
	transactionFields,
	workflowFields: readWorkflowColumns,
};
