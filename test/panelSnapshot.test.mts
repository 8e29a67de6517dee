import type { ICredentialType, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { PersonaApi } from '../credentials/PersonaApi.credentials.ts';
import { Persona } from '../nodes/Persona/Persona.node.ts';
import { PersonaPollingTrigger } from '../nodes/Persona/PersonaPollingTrigger.node.ts';
import { PersonaTrigger } from '../nodes/Persona/PersonaTrigger.node.ts';

const credential: ICredentialType = new PersonaApi();

const panels: [name: string, properties: INodeProperties[]][] = [
	['Persona', new Persona().description.properties],
	['Persona Trigger', new PersonaTrigger().description.properties],
	['Persona Polling Trigger', new PersonaPollingTrigger().description.properties],
	['Persona API', credential.properties],
];

type Member = Record<string, unknown>;

/** What a person reads; everything else is stored, or decides what is shown. */
const TEXT_KEYS = [
	'action',
	'addOptionalFieldButtonText',
	'description',
	'displayName',
	'errorMessage',
	'hint',
	'infoUrl',
	'multipleValueButtonText',
	'noDataExpression',
	'placeholder',
	'plural',
	'singular',
];

const isMember = (value: unknown): value is Member =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The name of an entry of `options` is its label, and so a text, unless it is a property itself. */
const isLabel = (key: string, { value }: Member) => key === 'name' && value !== undefined;

function withoutTexts(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutTexts);
	if (!isMember(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => !TEXT_KEYS.includes(key) && !isLabel(key, value))
			.map(([key, member]) => [key, withoutTexts(member)]),
	);
}

function listTexts(value: unknown, owner = ''): string[] {
	if (Array.isArray(value)) return value.flatMap((member) => listTexts(member, owner));
	if (!isMember(value)) return [];
	const here = String((value as unknown as INodePropertyOptions).value ?? value.name ?? owner);
	return Object.entries(value).flatMap(([key, member]) =>
		(TEXT_KEYS.includes(key) || isLabel(key, value)) && typeof member === 'string'
			? [`${here}, ${key}: ${member}`]
			: listTexts(member, here),
	);
}

describe.each(panels)('the panel of %s', (_, properties) => {
	it('keeps its keys, values, types, defaults and display rules', () => {
		expect(properties.map((one) => JSON.stringify(withoutTexts(one)))).toMatchSnapshot();
	});

	it('has only texts that somebody has read', () => {
		expect([...new Set(listTexts(properties))]).toMatchSnapshot();
	});
});
